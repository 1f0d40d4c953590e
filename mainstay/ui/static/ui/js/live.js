// Keeps the page true: hears names of what changed and reads those parts again, never under somebody's hands.
//
//   <body data-live-url data-live-renew data-login-url>   the stream, a fresh address for it, the sign-in page
//   <… data-topic="ticket:42 queue" data-part-url id>     a part; `data-news` is said aloud when it changes

const body = document.body;
const asked = new Map(); // part id → timer
const later = new Set(); // ids of parts that somebody is writing in

const parts = (topic) => document.querySelectorAll(topic ? `[data-part-url][data-topic~="${CSS.escape(topic)}"]` : "[data-part-url]");
const isBusy = (part) =>
  part.querySelector("details[data-menu][open], dialog[open]") || (part.contains(document.activeElement) && document.activeElement.matches("input, textarea, select"));

function ask(part) {
  if (asked.has(part.id)) return; // a steady stream of events must not put it off
  asked.set(part.id, setTimeout(() => read(part.id), 15));
}

function read(id) {
  asked.delete(id);
  const part = document.getElementById(id);
  if (!part) return;
  if (isBusy(part)) return later.add(id);
  htmx.ajax("GET", part.dataset.partUrl, { target: part, source: part, swap: "outerHTML" });
}

function readWaiting() {
  const ids = [...later];
  later.clear();
  ids.forEach(read);
}

document.addEventListener("focusout", () => setTimeout(readWaiting, 200));
document.addEventListener("toggle", () => setTimeout(readWaiting, 200), true);

// --- what a swap must not lose: folds that are open, and the news for those who listen ---------------------------

const opened = new Set(); // of several parts that are swapped at the same time, each finds its own
let told = "";

body.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr, target } = event.detail;
  if (new URL(xhr.responseURL, location).pathname === body.dataset.loginUrl) {
    event.detail.shouldSwap = false;
    return sayLink(body.dataset.wordSignedOut, body.dataset.wordSignIn, body.dataset.loginUrl + "?next=" + encodeURIComponent(location.pathname + location.search));
  }
  for (const details of target.querySelectorAll("details[id][open]")) opened.add(details.id);
  told = target.dataset.news ?? told;
});

body.addEventListener("htmx:afterSettle", (event) => {
  for (const id of opened) {
    const details = document.getElementById(id);
    if (event.detail.elt.contains(details)) details.open = opened.delete(id);
  }
  const news = event.detail.elt.dataset?.news;
  if (news && news !== told) document.getElementById("news").textContent = news;
  told = news ?? told;
});

body.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.requestConfig?.verb === "get") return;
  if (event.detail.successful) {
    for (const part of parts()) if (part.id !== event.detail.target?.id) ask(part);
  } else if (event.detail.xhr.status !== 422) say(body.dataset.wordFailed);
});

// --- words at the foot of the window ----------------------------------------------------------------------------

const notice = document.getElementById("notice");
const say = (words) => (notice.textContent = words);

function sayLink(words, link, url) {
  const anchor = Object.assign(document.createElement("a"), { href: url, textContent: link });
  notice.replaceChildren(words + " ", anchor);
}

// --- the stream ---------------------------------------------------------------------------------------------------

let source, downTimer, tries = 0;

function open(url) {
  source = new EventSource(url);
  source.onopen = () => {
    clearTimeout(downTimer);
    downTimer = undefined;
    if (notice.textContent === body.dataset.wordDown) say("");
    if (tries) parts().forEach(ask);
    tries = 0;
  };
  source.onmessage = (event) => {
    if (event.data === "resync") parts().forEach(ask);
    else if (event.data === "bye") source.onerror();
    else parts(event.data).forEach(ask);
  };
  source.onerror = () => {
    source.close();
    downTimer ??= setTimeout(() => say(body.dataset.wordDown), 3000);
    setTimeout(renew, Math.min(500 * 2 ** tries++, 15000) * (0.75 + Math.random() / 2));
  };
}

async function renew() {
  try {
    const answer = await fetch(body.dataset.liveRenew, { headers: { Accept: "application/json" } });
    if (answer.redirected) return sayLink(body.dataset.wordSignedOut, body.dataset.wordSignIn, answer.url);
    open((await answer.json()).url);
  } catch {
    setTimeout(renew, Math.min(500 * 2 ** tries++, 15000));
  }
}

if (body.dataset.liveUrl) open(body.dataset.liveUrl);
addEventListener("pagehide", () => source?.close());
addEventListener("pageshow", (event) => event.persisted && body.dataset.liveUrl && renew());
