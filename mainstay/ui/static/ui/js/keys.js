// Single keys, read from the page: `data-key` on what they press, `data-list` with `data-item` rows for j and k.
// The help (`?`) lists what it finds. One's own switch turns single keys off (WCAG 2.1.4).

const SWITCH = "mainstay-keys-off";
const dialog = document.getElementById("keys");
const helper = document.querySelector('[data-dialog="keys"]');
const isTyping = (element) => element?.matches?.('textarea, select, input:not([type="radio"], [type="checkbox"]), [contenteditable]');
const isShown = (element) => element.closest("label, summary, a, button")?.checkVisibility() ?? element.checkVisibility();
const keyed = () => [...document.querySelectorAll("[data-key]")].filter(isShown);

function press(element) {
  element.click();
  const focused = document.getElementById(element.dataset.focuses) ?? element;
  focused.focus();
  if (focused.setSelectionRange) focused.scrollIntoView({ block: "nearest" });
}

function move(step) {
  const items = [...document.querySelectorAll("[data-list] [data-item]")];
  const now = items.findIndex((item) => item.contains(document.activeElement));
  const next = items[Math.max(0, Math.min(items.length - 1, now + step))];
  next?.querySelector("a[href]")?.focus();
  next?.scrollIntoView({ block: "nearest" });
  return Boolean(next);
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && isTyping(event.target) && !event.isComposing) return event.target.blur();
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || isTyping(event.target)) return;
  if (localStorage.getItem(SWITCH) || document.querySelector("dialog[open]")) return;
  if (event.key === "j" || event.key === "k") return move(event.key === "j" ? 1 : -1) && event.preventDefault();
  const element = keyed().find((one) => one.dataset.key === event.key);
  if (!element) return;
  event.preventDefault();
  press(element);
});

// --- the help ------------------------------------------------------------------------------------------------------

function row(element) {
  const line = document.createElement("div");
  const word = Object.assign(document.createElement("dt"), { textContent: element.dataset.keyLabel ?? element.textContent.trim() });
  const key = document.createElement("dd");
  key.append(Object.assign(document.createElement("kbd"), { textContent: element.dataset.key }));
  line.dataset.found = "";
  line.append(word, key);
  return line;
}

function show() {
  const list = dialog.querySelector("[data-keys-list]");
  list.querySelectorAll("[data-found]").forEach((line) => line.remove());
  list.querySelectorAll("[data-for-list]").forEach((line) => (line.hidden = !document.querySelector("[data-list]")));
  list.append(...keyed().map(row));
  dialog.querySelector("[data-keys-switch]").checked = !localStorage.getItem(SWITCH);
  dialog.showModal();
}

helper.hidden = false;
helper.addEventListener("click", show);
dialog.querySelector("[data-keys-switch]").addEventListener("change", (event) => {
  if (event.target.checked) localStorage.removeItem(SWITCH);
  else localStorage.setItem(SWITCH, "1");
});
