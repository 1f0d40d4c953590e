// Choose rows to do something to many: x, shift and click, J and K; what is chosen stays chosen when the list is read again.
//
//   <form data-many> shown by the style sheet while something is chosen; it contains [data-many-count data-word="%(n)s chosen"],
//   [data-choose-all], and until it has been replaced by what can be done a button that waits for the event `chosen`
//   [data-list] with [data-item], in each of them a checkbox of that form
//   deeds: choose-row, choose-down, choose-up (see keys.js); what is pressed by `data-submits="id"` on Enter

const form = document.querySelector("[data-many]");
const chosen = new Set(); // values
let last; // where shift and click begin
let number;

const boxes = () => [...document.querySelectorAll(`[data-item] input[form="${form.id}"]`)];
const boxOf = (item) => item?.querySelector(`input[form="${form.id}"]`);
const here = () => boxOf(document.activeElement?.closest("[data-item]"));
const all = form?.querySelector("[data-choose-all]");

function tell() {
  const count = form.querySelector("[data-many-count]");
  number = all.checked ? all.parentElement.textContent.trim() : count.dataset.word.replace("%(n)s", chosen.size);
  if (count.textContent !== number) count.textContent = number;
  const asks = form.querySelector("[hx-trigger~=chosen]");
  if (asks && (chosen.size || all.checked)) htmx.trigger(asks, "chosen");
}

function choose(box, isChosen) {
  box.checked = isChosen;
  if (isChosen) chosen.add(box.value);
  else chosen.delete(box.value);
  box.closest("[data-item]").classList.toggle("is-chosen", isChosen);
}

// What is no longer in the list is no longer chosen.
function renew() {
  const found = boxes();
  const there = new Set(found.map((box) => box.value));
  for (const value of chosen) if (!there.has(value)) chosen.delete(value);
  for (const box of found) choose(box, chosen.has(box.value));
  tell();
}

function extend(step) {
  const list = boxes();
  const now = list.indexOf(here());
  if (now >= 0) choose(list[now], true);
  const next = list[Math.max(0, Math.min(list.length - 1, now + step))];
  if (!next) return;
  choose(next, true);
  const link = next.closest("[data-item]").querySelector("a[href]");
  link.focus();
  link.scrollIntoView({ block: "nearest" });
}

function click(box, isRange) {
  const list = boxes();
  const from = isRange && last ? list.findIndex((one) => one.value === last) : -1;
  const [start, end] = [from < 0 ? list.indexOf(box) : from, list.indexOf(box)].sort((one, other) => one - other);
  for (const one of list.slice(start, end + 1)) choose(one, box.checked);
  last = box.value;
  box.closest("[data-item]").querySelector("a[href]").focus({ preventScroll: true }); // a field that is held would stop the list
}

const DEEDS = {
  "choose-row": () => here() && choose(here(), !here().checked),
  "choose-down": () => extend(1),
  "choose-up": () => extend(-1),
};

if (form) {
  document.addEventListener("deed", (event) => {
    const deed = DEEDS[event.detail.name];
    if (!deed || !boxes().length) return;
    if (event.detail.ask) return (event.detail.found = form);
    event.preventDefault();
    deed();
    tell();
  });
  document.addEventListener("click", (event) => {
    const box = event.target.closest?.(`[data-item] input[form="${form.id}"]`);
    if (!box) return;
    click(box, event.shiftKey);
    tell();
  });
  form.addEventListener("change", ({ target }) => target === all && tell());
  form.addEventListener("reset", () => setTimeout(() => (chosen.clear(), renew())));
  document.addEventListener("keydown", (event) => {
    const button = event.key === "Enter" && document.getElementById(event.target.dataset?.submits);
    if (button) event.preventDefault(), button.click();
  });
  document.body.addEventListener("htmx:afterSettle", renew);
  addEventListener("pageshow", renew);
}
