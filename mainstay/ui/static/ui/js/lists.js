// Remembers the list of tickets one comes from, for this tab; and brings back to the same row of it.
//
//   [data-list] with [data-item] whose links lead to tickets; `rel=next` is its next page
//   event `list` on document, {root}: sets `tickets` and `older` to what that page lists (for travel.js)

const KEPT = "mainstay-list";
const isTicket = (link) => /^\/tickets\/\d+$/.test(link.pathname);
const pathOf = (url) => new URL(url, location).pathname;
const here = () => location.pathname + location.search;
const kept = () => JSON.parse(sessionStorage.getItem(KEPT) ?? "{}");

function read(root) {
  const links = [...root.querySelectorAll("[data-list] [data-item]")].map((item) => [...item.querySelectorAll("a[href]")].find(isTicket));
  const tickets = links.filter(Boolean).map((link) => link.getAttribute("href"));
  return { tickets, older: root.querySelector("a[rel=next]")?.getAttribute("href") ?? "" };
}

function remember() {
  if (document.querySelector("[data-travel]")) return; // a ticket, which is in a list itself
  const found = read(document);
  const title = document.querySelector("h1")?.textContent.trim();
  if (found.tickets.length) sessionStorage.setItem(KEPT, JSON.stringify({ ...found, url: here(), title, scroll: scrollY, at: kept().at }));
}

// The row of the ticket one was on last; when that is no longer here, the one that stood behind it.
function comeBack() {
  const { url, at, scroll, tickets = [] } = kept();
  if (url !== here() || !at) return;
  const wanted = tickets.slice(Math.max(0, tickets.findIndex((one) => pathOf(one) === at))).map(pathOf);
  const links = new Map([...document.querySelectorAll("[data-list] [data-item] a[href]")].map((link) => [link.pathname, link]));
  const link = links.get(wanted.find((path) => links.has(path)));
  scrollTo(0, scroll);
  link?.focus({ preventScroll: true });
  const show = () => link?.closest("[data-item]").scrollIntoView({ block: "nearest" });
  show();
  addEventListener("scroll", show); // browsers put back the place of before a little later, where the row may not be
  setTimeout(() => removeEventListener("scroll", show), 300);
}

const isBack = () => performance.getEntriesByType("navigation")[0]?.type === "back_forward" || sessionStorage.getItem(`${KEPT}-back`);

document.addEventListener("list", ({ detail }) => Object.assign(detail, read(detail.root)));
addEventListener("pagehide", remember);
addEventListener("pageshow", () => {
  if (isBack()) comeBack();
  sessionStorage.removeItem(`${KEPT}-back`);
});
