// Find and do anything: a field over a list. Typing filters the deeds that apply here, forgiving slips; a number leads to its
// ticket; people and tickets are asked for. Arrows, Enter, Escape, or a tap.
//
//   <dialog id="palette" data-deeds data-found data-ticket>   field and list as in the pattern of an editable combobox

const dialog = document.getElementById("palette");
const field = dialog.querySelector("[role=combobox]");
const list = dialog.querySelector("[role=listbox]");
const { dataset: words } = dialog;
const ASK_MS = 120;
let loading, asking, timer, chosen;

const own = (name) => import(`./${name}.js${new URL(import.meta.url).search}`);
const [{ wordsOf, score }, { here }, { press }] = await Promise.all([own("matching"), own("here"), own("deeds")]);

// --- the list -------------------------------------------------------------------------------------------------------

function element(option) {
  const detail = { name: option.dataset.name, ask: true };
  document.dispatchEvent(new CustomEvent("deed", { detail }));
  return detail.found;
}

async function load() {
  loading ??= fetch(words.deeds).then((answer) => answer.text());
  loading.catch(() => (loading = undefined)); // without a network: asked again the next time
  list.querySelector("[data-options]").innerHTML = await loading;
  const found = here();
  const group = list.querySelector("template").content.cloneNode(true).firstElementChild;
  group.append(...found.map(({ words: said, element: pressed }, place) => made(`here-${place}`, said, { pressed })));
  if (found.length) list.querySelector("[data-options]").append(group);
}

function made(id, said, { pressed, url }) {
  const option = Object.assign(document.createElement("div"), { id: `option-${id}`, className: "option", pressed });
  option.setAttribute("role", "option");
  option.append(Object.assign(document.createElement("span"), { textContent: said, dir: "auto" }));
  Object.assign(option.dataset, url ? { how: "go", url } : { how: "here" });
  return option;
}

function filter() {
  const typed = wordsOf(field.value);
  for (const group of list.querySelectorAll("[data-options] [role=group]")) {
    const scored = [...group.querySelectorAll("[role=option]")].map((option) => [option.isAway ? 0 : typed.length ? score(typed, option.querySelector("span").textContent, option.dataset.also ?? "") : 1, option]);
    for (const [value, option] of scored) option.hidden = !value;
    group.hidden = scored.every(([value]) => !value);
    group.value = Math.max(...scored.map(([value]) => value));
    if (typed.length) group.append(...scored.sort(([one], [other]) => other - one).map(([, option]) => option));
  }
  const groups = [...list.querySelectorAll("[data-options] [role=group]")];
  if (typed.length) list.querySelector("[data-options]").append(...groups.sort((one, other) => other.value - one.value));
  showNumber(/^\s*#?(\d{1,18})\s*$/.exec(field.value)?.[1]);
  choose(options()[0]);
  count();
}

function showNumber(number) {
  const place = list.querySelector("[data-number]");
  if (!number) return place.replaceChildren();
  place.replaceChildren(made("number", words.wordTicket.replace("%(number)s", number), { url: words.ticket.replace(/0$/, number) }));
}

const options = () => [...list.querySelectorAll("[role=option]")].filter((option) => !option.hidden && !option.closest("[hidden]"));

function choose(option) {
  chosen?.setAttribute("aria-selected", "false");
  chosen = option;
  option?.setAttribute("aria-selected", "true");
  option?.scrollIntoView({ block: "nearest" });
  if (option) field.setAttribute("aria-activedescendant", option.id);
  else field.removeAttribute("aria-activedescendant");
}

function count() {
  const number = options().length;
  dialog.querySelector(".palette-none").hidden = number > 0;
  dialog.querySelector("[data-count]").textContent = number === 0 ? words.wordNone : number === 1 ? words.wordOne : words.wordMany.replace("%(n)s", number);
}

async function ask() {
  asking?.abort();
  asking = new AbortController();
  const place = list.querySelector("[data-results]");
  const typed = field.value.trim();
  try {
    const html = typed.length > 1 ? await (await fetch(`${words.found}?q=${encodeURIComponent(typed)}`, { signal: asking.signal })).text() : "";
    const was = chosen?.closest("[data-results]") ? null : chosen;
    place.innerHTML = html;
    choose(was && !was.hidden ? was : options()[0]);
    count();
  } catch {
    // a later question took its place, or the desk cannot be reached: what is here still works
  }
}

// --- opening, choosing, doing ---------------------------------------------------------------------------------------

export async function fill() {
  list.querySelector("[data-results]").replaceChildren();
  await load().catch(() => {});
  for (const option of list.querySelectorAll("[data-options] [role=option]")) {
    const found = element(option);
    option.isAway = option.dataset.how === "press" && (!found || option.dataset.name === "palette");
    const own = found?.dataset.keyLabel;
    if (own) option.querySelector("span").textContent = own;
  }
  filter();
  if (field.value) ask();
}

function act(option) {
  if (!option) return;
  dialog.close();
  if (option.pressed) press(option.pressed);
  else if (option.dataset.name) document.dispatchEvent(new CustomEvent("deed", { cancelable: true, detail: { name: option.dataset.name, isElsewhere: true } }));
  else location.assign(option.dataset.url);
}

export const take = () => act(chosen);

const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 };
field.addEventListener("keydown", (event) => {
  if (event.isComposing) return;
  if (event.key === "Enter") take();
  else if (event.key === "Escape") dialog.close();
  else if (event.key in steps) {
    const shown = options();
    const next = shown.indexOf(chosen) + steps[event.key];
    choose(Math.abs(steps[event.key]) > 1 ? shown[Math.max(0, Math.min(shown.length - 1, next))] : shown.at(next % shown.length));
  } else return;
  event.preventDefault();
});
field.addEventListener("input", () => {
  filter();
  clearTimeout(timer);
  timer = setTimeout(ask, ASK_MS);
});
list.addEventListener("click", ({ target }) => act(target.closest("[role=option]")));
dialog.addEventListener("click", ({ target }) => target === dialog && dialog.close());
