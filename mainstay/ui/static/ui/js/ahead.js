// Fetches a page ahead that one is likely to open next, for the same window. Such a question marks nothing as read
// (X-By-Itself: ahead). What changed since is heard when it is shown, but not what one wrote there oneself meanwhile: so a page
// serves once, and no cache keeps it.
//
//   event `ahead` on document, {url}: fetch it; with {isWanted} `detail.page` is the promise of it (null when it can't be had)

const KEPT_MS = 50000;
const pages = new Map(); // path → {at, page}

async function ask(path, priority) {
  const answer = await fetch(path, { priority, headers: { "X-By-Itself": "ahead", Accept: "text/html" } });
  if (!answer.ok || answer.redirected) return null;
  return new DOMParser().parseFromString(await answer.text(), "text/html");
}

function pageAt(path, priority) {
  for (const [old, { at }] of pages) if (Date.now() - at > KEPT_MS) pages.delete(old);
  if (!pages.has(path)) pages.set(path, { at: Date.now(), page: ask(path, priority).catch(() => null) });
  return pages.get(path).page;
}

document.addEventListener("ahead", ({ detail }) => {
  const path = new URL(detail.url, location).pathname;
  if (!detail.isWanted) return navigator.connection?.saveData || pageAt(path, "low");
  detail.page = pageAt(path, "high");
  pages.delete(path);
});
