// Fetches ahead what one is likely to open next: the ticket of a row one rests on, or the next of a list. Such a question marks
// nothing as read (X-By-Itself: ahead); the browser keeps the answer for a minute, and what changed since is heard when it is shown.
//
//   event `ahead` on document, {url}: fetch it; `detail.page` is then the promise of it (null when it can't be had)

const KEPT_MS = 50000;
const REST_MS = 80; // so long one stays on a row before its page is fetched
const pages = new Map(); // path → {at, page}
const isTicket = (link) => /^\/tickets\/\d+$/.test(link.pathname);
let rest;

async function ask(path, priority) {
  const answer = await fetch(path, { priority, headers: { "X-By-Itself": "ahead", Accept: "text/html" } });
  if (!answer.ok || answer.redirected) return null;
  return new DOMParser().parseFromString(await answer.text(), "text/html");
}

function pageAt(path, priority) {
  const known = pages.get(path);
  if (known && Date.now() - known.at < KEPT_MS) return known.page;
  const page = ask(path, priority).catch(() => null);
  pages.set(path, { at: Date.now(), page });
  for (const [old, { at }] of pages) if (Date.now() - at > KEPT_MS) pages.delete(old);
  return page;
}

document.addEventListener("ahead", ({ detail }) => {
  if (detail.isWanted || !navigator.connection?.saveData) detail.page = pageAt(new URL(detail.url, location).pathname, detail.isWanted ? "high" : "low");
});

function soon({ target }) {
  const link = target.closest?.("[data-item]")?.querySelector("a[href]");
  clearTimeout(rest);
  if (link && isTicket(link)) rest = setTimeout(() => document.dispatchEvent(new CustomEvent("ahead", { detail: { url: link.href } })), REST_MS);
}

document.addEventListener("pointerover", soon, { passive: true });
document.addEventListener("focusin", soon);
