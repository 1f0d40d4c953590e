// The page's end of the live stream: passes on what is heard as the event `live`, and says when the page is cut off or old.
//
//   <body data-live-hub data-live-shared data-live-url data-live-renew data-live-topics data-live-position data-live-visits
//         data-version data-login-url>
//   `live` on document   what the hub says; see live_hub.js     `live:say`     something for the hub
//   `notice`             {words, link, url} for the foot of the window

const { dataset: data } = document.body;
const notice = document.getElementById("notice");
const madeAt = Date.now();
const OLD_SECONDS = 600; // away for longer, and what is no part of the page that is read again may be old
let port, downTimer;

function say(words = "", link = "", url = "") {
  notice.replaceChildren(words, ...(link ? [" ", Object.assign(document.createElement("a"), { href: url, textContent: link })] : []));
  notice.dataset.about = "";
}

function sayAbout(about, ...words) {
  say(...words);
  notice.dataset.about = about;
}

const isAbout = (about) => notice.dataset.about === about;
const sayOld = (words) => sayAbout("old", words, data.wordLoad, location.href);
const here = () => encodeURIComponent(location.pathname + location.search);

function hear({ version, isDown, signedOut, resync, position, again }) {
  if (position) data.livePosition = position;
  if (again) greet();
  if (version) {
    clearTimeout(downTimer);
    downTimer = undefined;
    if (isAbout("down") || isAbout("sign-in")) say();
    if (version !== data.version) sayOld(data.wordUpdated);
  }
  if (resync > OLD_SECONDS) sayOld(data.wordAway);
  if (isDown && !isAbout("old")) downTimer ??= setTimeout(() => sayAbout("down", data.wordDown), 3000);
  if (signedOut) sayAbout("sign-in", data.wordSignedOut, data.wordSignIn, `${data.loginUrl}?next=${here()}`);
}

function greet() {
  const headers = { ...JSON.parse(document.body.getAttribute("hx-headers") ?? "{}"), "X-By-Itself": "1" };
  const page = { topics: data.liveTopics.split(" "), position: data.livePosition, url: data.liveUrl, madeAt, renew: data.liveRenew, visits: data.liveVisits, headers };
  port.postMessage({ page });
  document.dispatchEvent(new CustomEvent("live", { detail: { beat: true } }));
}

async function ownHub() {
  const { Hub } = await import(data.liveHub);
  const { port1, port2 } = new MessageChannel();
  new Hub().join(port1);
  return port2;
}

function sharedHub() {
  return new Promise((found, missing) => {
    const worker = new SharedWorker(data.liveHub, { type: "module", name: `mainstay ${data.liveShared}` });
    worker.onerror = missing;
    worker.port.onmessage = (event) => (found(worker.port), hearMessage(event));
  });
}

function hearMessage({ data: detail }) {
  hear(detail);
  document.dispatchEvent(new CustomEvent("live", { detail }));
}

async function connect() {
  port = data.liveShared && globalThis.SharedWorker ? await sharedHub().catch(ownHub) : await ownHub();
  port.onmessage = hearMessage;
  document.addEventListener("live:say", ({ detail }) => port.postMessage(detail));
  greet();
}

document.addEventListener("travelled", greet);
document.addEventListener("notice", ({ detail: { words, link, url } }) => say(words, link, url));
addEventListener("pagehide", () => port?.postMessage({ bye: true }));
addEventListener("pageshow", ({ persisted }) => persisted && port && greet());
if (data.liveUrl) connect();
