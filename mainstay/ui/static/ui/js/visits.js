// Says what this page shows and how closely somebody is at it: so that colleagues see who looks, and who writes.
//
//   <… data-visit="ticket:42">   <form data-composer> where one writes
//   open: in a tab that is not looked at, or that nobody touched for a while; writing: typed in the composer just now

const WRITING_MS = 30000;
const IDLE_MS = 180000;
const { liveVisits } = document.body.dataset;
const headers = { ...JSON.parse(document.body.getAttribute("hx-headers") ?? "{}"), "X-By-Itself": "1" };
let touchedAt = Date.now();
let wroteAt = -Infinity;
let browser, told;

const subject = () => document.querySelector("[data-visit]")?.dataset.visit;

function attention() {
  if (document.hidden || Date.now() - touchedAt > IDLE_MS) return "open";
  return Date.now() - wroteAt < WRITING_MS ? "writing" : "looking";
}

function say(always) {
  const place = subject() && { subject: subject(), attention: attention() };
  const words = JSON.stringify(place ?? "");
  if (!always && words === told) return;
  told = words;
  document.dispatchEvent(new CustomEvent("live:say", { detail: { place } }));
}

function touch() {
  touchedAt = Date.now();
  say();
}

document.addEventListener("live", ({ detail }) => {
  browser = detail.browser ?? browser;
  if (detail.beat) say(true);
});

document.addEventListener("input", ({ target }) => {
  if (!target.closest("[data-composer]")) return;
  const text = target.value ?? target.textContent;
  wroteAt = text.trim() ? Date.now() : -Infinity;
  touch();
});

// What was sent is no longer being written.
document.body.addEventListener("htmx:afterRequest", ({ detail }) => {
  if (!detail.successful || detail.requestConfig.verb !== "post" || !detail.elt.closest("[data-composer]")) return;
  wroteAt = -Infinity;
  say();
});

for (const kind of ["pointerdown", "keydown", "wheel"]) addEventListener(kind, touch, { passive: true });
document.addEventListener("visibilitychange", touch);
document.addEventListener("travelled", () => {
  wroteAt = -Infinity;
  touch();
});

// The last page takes the hub with it, so the page itself says that it goes.
addEventListener("pagehide", () => {
  if (!subject() || !browser || !liveVisits) return;
  const body = new URLSearchParams({ browser, left: subject() });
  fetch(liveVisits, { method: "POST", headers, body, keepalive: true }).catch(() => {});
});
