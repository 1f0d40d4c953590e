// Keeps the parts of a page true: reads those again of which the live stream names a topic, never under somebody's hands.
//
//   <… id data-topic="ticket:42 queue" data-part-url>   a part; `data-news` is said aloud when it changes
//   data-part-swap="keyed"   how it is put in place (see merging.js), else as a whole
//   data-part-pause="5000"   not more often than that      data-part-hidden   also while the page is not looked at

const body = document.body;
const asked = new Map(); // part id → timer
const later = new Set(); // ids of parts that somebody writes in, or that nobody sees
const pauses = new Map(); // part id → not before this moment
const WAIT = 15; // for further events
const AGAIN = 3000; // after a part could not be read
const SHARE = 3; // at most a quarter of the time is spent reading: a busy desk is asked less often

const parts = (topic) => document.querySelectorAll(topic ? `[data-part-url][data-topic~="${CSS.escape(topic)}"]` : "[data-part-url]");
function isAsItCame(field) {
  if (field.options) return field.selectedIndex === Math.max(0, [...field.options].findIndex((option) => option.defaultSelected));
  return /^(checkbox|radio)$/.test(field.type) ? field.checked === field.defaultChecked : field.value === field.defaultValue;
}
const isWrittenIn = (part) => [...part.querySelectorAll("input:not([type=hidden], [type=submit]), textarea, select")].some((field) => field.checkVisibility() && !isAsItCame(field));
// What is put in place keyed keeps what stands in its fields; a part that comes as a whole would not.
const isBusy = (part) =>
  part.querySelector("details[data-menu][open], dialog[open]") || (!part.dataset.partSwap && isWrittenIn(part)) || (part.contains(document.activeElement) && document.activeElement.matches("input, textarea, select, [contenteditable]"));

function ask(part) {
  if (asked.has(part.id)) return; // a steady stream of events must not put it off
  const wait = Math.max(WAIT, (pauses.get(part.id) ?? 0) - Date.now());
  asked.set(part.id, setTimeout(() => read(part.id), wait));
}

async function read(id) {
  asked.delete(id);
  const part = document.getElementById(id);
  if (!part) return;
  if (isBusy(part) || (document.hidden && !("partHidden" in part.dataset))) return later.add(id);
  const { partUrl, partSwap = "outerHTML", partPause = 0 } = part.dataset;
  const began = Date.now();
  const isThere = await htmx.ajax("GET", partUrl, { target: part, source: part, swap: partSwap }).then(() => true, () => false);
  if (!isThere) { // cut off: what was announced will not be announced again
    later.add(id);
    setTimeout(readWaiting, AGAIN);
  }
  pauses.set(id, Date.now() + Math.max(+partPause, SHARE * (Date.now() - began)));
}

function readWaiting() {
  const ids = [...later];
  later.clear();
  ids.forEach(read);
}

document.addEventListener("focusout", () => setTimeout(readWaiting, 200));
document.addEventListener("toggle", () => setTimeout(readWaiting, 200), true);
document.addEventListener("visibilitychange", () => document.hidden || readWaiting());
document.addEventListener("live", ({ detail: { heard = [], resync } }) => {
  for (const topic of heard) parts(topic).forEach(ask);
  if (resync !== undefined) parts().forEach(ask);
});

// --- what a swap must not lose: folds that are open, and the news for those who listen ---------------------------

const opened = new Set(); // of several parts that are swapped at the same time, each finds its own
const tell = (words, link, url) => document.dispatchEvent(new CustomEvent("notice", { detail: { words, link, url } }));
let told = "";

body.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr, target, requestConfig } = event.detail;
  if (new URL(xhr.responseURL, location).pathname === body.dataset.loginUrl) {
    event.detail.shouldSwap = false;
    return tell(body.dataset.wordSignedOut, body.dataset.wordSignIn, `${body.dataset.loginUrl}?next=${encodeURIComponent(location.pathname + location.search)}`);
  }
  const isReading = requestConfig?.verb === "get" && requestConfig.path === target.dataset.partUrl;
  if (isReading && isBusy(target)) { // somebody put a hand on it while it was on its way
    event.detail.shouldSwap = false;
    return later.add(target.id);
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
  } else if (event.detail.xhr.status !== 422) tell(body.dataset.wordFailed);
});
