// Puts a part in place without touching what did not change: who reads, selects or stands in it stays where they are.
//
//   data-part-swap="keyed" on a part; inside it, the children of `data-keyed` (with an id) are told apart by their ids.
//   data-part-swap="scatter": each element of the answer replaces the one with its id. `hx-ext="keyed"` on the body.
//   What is new in a `data-keyed` bears the class `is-new` and is told as the event `arrived` on it.

const made = new WeakMap(); // element → the HTML it was made of, without what differs each time
const bare = (element) => element.outerHTML.replace(/(name="csrfmiddlewaretoken" value=")[^"]*/g, "$1");
const madeOf = (element) => made.get(element) ?? bare(element);
const keyOf = (element) => element.id || madeOf(element);

function remember(root) {
  for (const list of root.querySelectorAll("[data-keyed]")) for (const child of list.children) made.set(child, bare(child));
}

function takeAttributes(old, fresh) {
  for (const { name } of [...old.attributes]) if (!fresh.hasAttribute(name)) old.removeAttribute(name);
  for (const { name, value } of fresh.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
}

// The old list becomes the fresh one; returns what was put in, and which of that was not there in any form.
function mergeList(old, fresh) {
  const known = new Map([...old.children].map((child) => [keyOf(child), child]));
  const stays = new Set();
  const put = [];
  const arrived = [];
  let place = old.firstElementChild;
  for (const child of [...fresh.children]) {
    const mine = known.get(keyOf(child));
    known.delete(keyOf(child));
    const isSame = mine && madeOf(mine) === madeOf(child);
    if (mine && mine === place) place = place.nextElementSibling;
    if (!isSame) put.push(child);
    if (!mine) arrived.push(child);
    else if (!isSame) mine.remove();
    const one = isSame ? mine : child;
    if (one.nextElementSibling !== place || one.parentElement !== old) old.insertBefore(one, place);
    stays.add(one);
  }
  for (const child of [...old.children]) if (!stays.has(child)) child.remove();
  return { put, arrived };
}

// What is around the lists is taken as it comes; the lists themselves stay.
function mergePart(old, fresh) {
  const focused = document.activeElement?.id;
  const lists = new Map([...old.querySelectorAll("[data-keyed]")].map((list) => [list.id, list]));
  const put = [];
  const arrivals = [];
  for (const list of fresh.querySelectorAll("[data-keyed]")) {
    const mine = lists.get(list.id);
    if (!mine) continue;
    const { put: ours, arrived } = mergeList(mine, list);
    takeAttributes(mine, list);
    put.push(...ours);
    if (arrived.length) arrivals.push([mine, arrived]);
    list.replaceWith(Object.assign(document.createElement("span"), { id: `stays-${list.id}` }));
  }
  takeAttributes(old, fresh);
  mergeAround(old, fresh, lists);
  if (focused && document.activeElement?.id !== focused) document.getElementById(focused)?.focus({ preventScroll: true });
  for (const [list, arrived] of arrivals) {
    for (const one of arrived) one.classList.add("is-new");
    list.dispatchEvent(new CustomEvent("arrived", { bubbles: true, detail: arrived }));
  }
  return put;
}

// Replaces the children of a part around the one that holds a list, which is not moved: a moved element loses its scroll.
function mergeAround(old, fresh, lists) {
  for (const child of [...fresh.children]) {
    const stays = child.id.startsWith("stays-") ? child : child.querySelector("[id^=stays-]");
    if (!stays) continue;
    const mine = [...old.children].find((one) => one.contains(lists.get(stays.id.slice(6))));
    while (old.firstChild !== mine && old.firstChild) old.firstChild.remove();
    while (fresh.firstChild !== child) old.insertBefore(fresh.firstChild, mine);
    child.remove();
    while (mine.nextSibling) mine.nextSibling.remove();
    old.append(...fresh.childNodes);
    return;
  }
  old.replaceChildren(...fresh.childNodes);
}

// Each element of the answer takes the place of the one with its id, wherever that stands.
function scatter(fragment) {
  const put = [];
  for (const fresh of [...fragment.children]) {
    const mine = document.getElementById(fresh.id);
    if (!mine || mine.outerHTML === fresh.outerHTML) continue;
    mine.replaceWith(fresh);
    put.push(fresh);
  }
  return put;
}

htmx.defineExtension("keyed", {
  isInlineSwap: (style) => style === "keyed" || style === "scatter",
  handleSwap(style, target, fragment) {
    if (style === "scatter") return scatter(fragment);
    if (style !== "keyed") return false;
    const fresh = fragment.firstElementChild;
    remember(fresh);
    return mergePart(target, fresh);
  },
});
document.addEventListener("travelled", () => remember(document));
remember(document);
