// From ticket to ticket of the list one came from, without going back to it.
//
//   <nav data-travel> on a ticket with [data-to="list|previous|next"] links and [data-of] for “3 of 40”; shown when they lead somewhere
//   The next ticket is fetched ahead and takes the place of this one in the same window; event `travelled` when it stands there.
//   The list itself: see lists.js.

const KEPT = "mainstay-list";
const NEAR = 5; // so many tickets before its end the list is read on
const { body } = document;
const pathOf = (url) => new URL(url, location).pathname;
const nav = () => document.querySelector("[data-travel]");
let list = {};
let place = -1;
let step = 1;
let reading;
let going = Promise.resolve();

const keep = () => sessionStorage.setItem(KEPT, JSON.stringify(list));

function ahead(url, isWanted) {
  const detail = { url, isWanted };
  if (url) document.dispatchEvent(new CustomEvent("ahead", { detail }));
  return detail.page;
}

function lead(to, url) {
  const link = nav().querySelector(`[data-to="${to}"]`);
  if (url) link.href = url;
  else link.removeAttribute("href");
}

const next = () => ahead(list.tickets?.[place + step]); // the way one went last

// The list goes on where its page ended; read some tickets before, so that no press meets its end.
async function readOn() {
  const page = new DOMParser().parseFromString(await (await fetch(list.older)).text(), "text/html");
  const detail = { root: page };
  document.dispatchEvent(new CustomEvent("list", { detail }));
  list = { ...list, tickets: [...list.tickets, ...detail.tickets], older: detail.older };
  keep();
}

function say() {
  lead("list", list.url);
  lead("previous", list.tickets[place - 1]);
  lead("next", list.tickets[place + 1]);
  nav().querySelector("[data-title]").textContent = list.title;
  nav().querySelector("[data-of]").textContent = nav().dataset.wordOf.replace("%(n)s", place + 1).replace("%(all)s", list.tickets.length + (list.older ? "+" : ""));
  nav().hidden = false;
}

async function show() {
  list = JSON.parse(sessionStorage.getItem(KEPT) ?? "{}");
  place = list.tickets?.findIndex((one) => pathOf(one) === location.pathname) ?? -1;
  if (place < 0) return;
  list.at = location.pathname;
  keep();
  say();
  (globalThis.requestIdleCallback ?? setTimeout)(next);
  if (!list.older || place < list.tickets.length - NEAR) return;
  reading ??= readOn().catch(() => {}).finally(() => (reading = undefined)); // without a network the list ends here
  await reading;
  if (nav()) say();
}

// --- going on ---------------------------------------------------------------------------------------------------------

// What is half written stays with its page until that has kept it; a page of another version is loaded as a whole.
const isFree = (page) => page.body.dataset.version === body.dataset.version && !document.querySelector("[data-composer] :is(textarea, [contenteditable]):focus");

function put(page, url) {
  document.dispatchEvent(new CustomEvent("leaving")); // what is half written here is kept
  for (const { name, value } of page.body.attributes) if (name.startsWith("data-live-") || name === "hx-headers") body.setAttribute(name, value);
  document.querySelector("#rail .rail-list").replaceWith(page.querySelector("#rail .rail-list"));
  document.title = page.title;
  history.replaceState(null, "", url);
  // Not by htmx.swap: that says of each of a thousand elements that it goes, which takes longer than all else.
  const main = document.getElementById("main");
  main.replaceChildren(...page.getElementById("main").childNodes);
  htmx.process(main);
  htmx.trigger(main, "htmx:afterSettle", { elt: main, target: main });
  document.getElementById(new URL(url, location).hash.slice(1))?.scrollIntoView();
  main.focus({ preventScroll: true });
  document.getElementById("news").textContent = page.title;
  document.dispatchEvent(new CustomEvent("travelled"));
}

// This ticket's place in the history is taken, so that Back leads to the list.
async function travel(url) {
  const page = await ahead(url, true);
  if (page && isFree(page)) put(page, url);
  else location.replace(url);
}

// Two quick presses lead two tickets on.
function goOn(direction) {
  going = going.then(() => {
    step = direction;
    const url = list.tickets[place + step];
    return url && travel(url);
  });
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-travel] a[href]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  if (link.dataset.to !== "list") return goOn(link.dataset.to === "next" ? 1 : -1);
  sessionStorage.setItem(`${KEPT}-back`, "1");
  location.assign(link.href);
});

document.addEventListener("pointerover", ({ target }) => target.closest("[data-travel] a[href]") && ahead(target.closest("a").href), { passive: true });
for (const kind of ["keydown", "pointerdown", "wheel"]) addEventListener(kind, next, { passive: true });
document.addEventListener("travelled", show);
if (nav()) show();
