// Single keys and pairs of them: finds the deed of a key, and moves in lists by j and k. One's own switch turns them off
// (WCAG 2.1.4). Ctrl+K opens the palette.
//
//   <body data-keys="r=reply gq=go-queue*">   from the registry; `*`: also without anything on the page
//   <… data-key="x">                          a key of this element alone       data-list with data-item rows for j and k

const SWITCH = "mainstay-keys-off";
const PAIR_MS = 1500;
const { dataset } = document.body;
const table = dataset.keys.split(" ").map((word) => /^(.{1,2})=([^*]+)(\*?)$/.exec(word)).filter(Boolean);
let first = ""; // of a pair
let timer;

const isTyping = (element) => element?.matches?.('textarea, select, input:not([type="radio"], [type="checkbox"]), [contenteditable]');
const isShown = (element) => (element.closest("label, summary, a, button") ?? element).checkVisibility();

function act(keys) {
  for (const [, typed, name, mark] of table) {
    const deed = new CustomEvent("deed", { cancelable: true, detail: { name, isElsewhere: Boolean(mark) } });
    if (typed === keys && !document.dispatchEvent(deed)) return true;
  }
  const own = [...document.querySelectorAll("[data-key]")].find((element) => element.dataset.key === keys && isShown(element));
  own?.click();
  own?.focus();
  return Boolean(own);
}

function move(step) {
  const items = [...document.querySelectorAll("[data-list] [data-item]")];
  const now = items.findIndex((item) => item.contains(document.activeElement));
  const next = items[Math.max(0, Math.min(items.length - 1, now + step))];
  next?.querySelector("a[href]")?.focus();
  next?.scrollIntoView({ block: "nearest" });
  return Boolean(next);
}

function waitForSecond(key) {
  clearTimeout(timer);
  first = key;
  timer = setTimeout(() => (first = ""), PAIR_MS);
}

function press(key) {
  const keys = first + key;
  const isPair = Boolean(first);
  first = "";
  if (act(keys)) return true;
  if (isPair) return true; // the second of a pair that means nothing does nothing by itself
  if (table.some(([, typed]) => typed.length === 2 && typed[0] === key)) return waitForSecond(key), true;
  return key === "j" || key === "k" ? move(key === "j" ? 1 : -1) : false;
}

document.addEventListener("keydown", (event) => {
  if (event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey) {
    event.preventDefault();
    return document.querySelector("[data-palette]")?.click();
  }
  if (event.key === "Escape" && isTyping(event.target) && !event.isComposing && !document.querySelector("dialog[open]")) return event.target.blur();
  const isChord = (event.ctrlKey || event.metaKey || event.altKey) && !event.getModifierState("AltGraph");
  if (isChord || event.key.length !== 1 || event.isComposing || isTyping(event.target)) return;
  if (localStorage.getItem(SWITCH) || document.querySelector("dialog[open]")) return;
  if (press(event.key)) event.preventDefault();
});

// --- the help ------------------------------------------------------------------------------------------------------

const dialog = document.getElementById("keys");
const helper = document.querySelector('[data-dialog="keys"]');
const onOff = dialog.querySelector("[data-keys-switch]");

function isHere({ name, how }) {
  const detail = { name, ask: true };
  document.dispatchEvent(new CustomEvent("deed", { detail }));
  return how !== "press" || Boolean(detail.found);
}

async function show() {
  onOff.checked = !localStorage.getItem(SWITCH);
  dialog.showModal();
  const list = dialog.querySelector("[data-keys-list]");
  if (!list.childElementCount) list.innerHTML = await (await fetch(dialog.dataset.keysUrl, { headers: { "HX-Request": "true" } })).text();
  for (const row of list.querySelectorAll("[data-name]")) row.classList.toggle("is-away", !isHere(row.dataset));
}

helper.hidden = false;
helper.addEventListener("click", show);
onOff.addEventListener("change", () => (onOff.checked ? localStorage.removeItem(SWITCH) : localStorage.setItem(SWITCH, "1")));

// --- the palette: its behaviour is read when it is wanted first, but what is typed meanwhile goes into its field already, and
// an Enter that comes before the list does is done when the list is there ------------------------------------------------------

const palette = document.getElementById("palette");

for (const button of document.querySelectorAll("[data-palette]")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    if (palette.open) return palette.close();
    palette.querySelector("input").value = "";
    palette.showModal();
    let isMeant = false;
    const mean = (event) => {
      if (event.key !== "Enter" || event.isComposing) return;
      isMeant = true;
      event.preventDefault();
      event.stopPropagation();
    };
    palette.addEventListener("keydown", mean, true);
    const { fill, take } = await import(button.dataset.palette);
    await fill();
    palette.removeEventListener("keydown", mean, true);
    if (isMeant && palette.open) take();
  });
}
