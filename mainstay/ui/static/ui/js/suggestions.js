// A list at the cursor: behind `/` canned answers, macros and what the page itself offers, behind `@` colleagues.
// Typing filters, arrows choose, Enter or Tab takes; Escape closes the list and leaves what was typed.
//
//   <form data-composer data-suggestions-url data-filling-url> with a textarea and <div class="suggestions" id hidden>
//   <button data-slash>   begins with a `/` at the cursor
//   options: data-fills="answer" · data-opens="address" (into #macro) · data-writes="text" · data-does="deed"

const { post, put, told } = await import(`./field.js${new URL(import.meta.url).search}`);
const TRIGGER = /(?:^|[\s(])([/@])([\p{L}\p{N}._-]*(?: [\p{L}\p{N}._-]+)?)$/u;
const GAP = /⟦[^⟧\n]*⟧/;
let asked = 0; // the newest question to the desk; answers to older ones come too late
let shown = 0; // the question that the list answers
let meant = 0; // the question whose first answer was taken before it came
let closedAt = -1; // where somebody closed the list: it stays closed there

const fieldNow = () => document.querySelector("[data-composer] textarea");
const listNow = () => document.querySelector("[data-composer] .suggestions");
const options = () => [...listNow().querySelectorAll("[role=option]")];

function trigger(field) {
  const found = field.selectionStart === field.selectionEnd && TRIGGER.exec(field.value.slice(0, field.selectionStart));
  if (!found) return;
  const [, mark, typed] = found;
  return { mark, typed, start: field.selectionStart - typed.length - 1 };
}

function close() {
  asked += 1;
  const [field, list] = [fieldNow(), listNow()];
  if (!list || list.hidden) return;
  list.hidden = true;
  list.replaceChildren();
  field.removeAttribute("aria-activedescendant");
  field.removeAttribute("aria-controls");
}

function choose(option) {
  for (const one of options()) one.setAttribute("aria-selected", String(one === option));
  fieldNow().setAttribute("aria-activedescendant", option.id);
  option.scrollIntoView({ block: "nearest" });
}

// Deeds of the page are offered where they can be done now.
function leaveOutWhatIsNotHere() {
  for (const option of listNow().querySelectorAll("[data-does]")) {
    const detail = { name: option.dataset.does, ask: true };
    document.dispatchEvent(new CustomEvent("deed", { detail }));
    if (!detail.found) option.remove();
  }
}

async function offer() {
  const field = fieldNow();
  const found = field && trigger(field);
  const isNote = field?.form.querySelector('[name="mode"]:checked')?.value === "note";
  if (!found || found.start === closedAt || (found.mark === "@" && !isNote)) return close();
  closedAt = -1;
  const question = ++asked;
  const of = found.mark === "@" ? "colleagues" : "ready";
  const url = `${field.form.dataset.suggestionsUrl}?${new URLSearchParams({ of, typed: found.typed })}`;
  const answer = await fetch(url, { headers: { "X-By-Itself": "1", "HX-Request": "true" } }).catch(() => undefined);
  if (question !== asked) return;
  if (!answer?.ok || answer.redirected) return close();
  const list = listNow();
  list.innerHTML = await answer.text(); // made by the desk
  leaveOutWhatIsNotHere();
  list.setAttribute("role", "listbox");
  list.hidden = !options().length;
  if (list.hidden) return close();
  field.setAttribute("aria-controls", list.id);
  choose(options()[0]);
  shown = question;
  if (meant === question) take(options()[0]);
}

async function take(option) {
  const field = fieldNow();
  const { start } = trigger(field) ?? { start: field.selectionStart };
  const { fills, opens, writes, does } = option.dataset;
  close();
  put(field, writes ?? "", start, field.selectionStart);
  if (fills) await fill(field, fills);
  else if (opens) await htmx.ajax("GET", opens, { target: "#macro", swap: "outerHTML" });
  else if (does) document.dispatchEvent(new CustomEvent("deed", { cancelable: true, detail: { name: does } }));
  if (opens) document.querySelector("#macro [autofocus], #macro textarea")?.focus();
}

async function fill(field, answer) {
  const said = await post(field.form.dataset.fillingUrl, new URLSearchParams({ answer })).catch(() => undefined);
  const { text = "", told: words = "", problem } = (await said?.json()) ?? {};
  const start = field.selectionStart;
  put(field, text);
  told(field.form, problem ?? words);
  const gap = GAP.exec(text);
  if (gap) field.setSelectionRange(start + gap.index, start + gap.index + gap[0].length);
}

document.addEventListener("input", ({ target }) => target === fieldNow() && offer());
document.addEventListener("focusout", ({ target }) => target === fieldNow() && setTimeout(() => document.activeElement !== fieldNow() && close(), 200));
document.addEventListener("pointerdown", (event) => {
  const option = event.target.closest?.("[data-composer] .suggestions [role=option]");
  if (!option) return;
  event.preventDefault();
  take(option);
});

document.addEventListener("click", (event) => {
  const field = event.target.closest?.("[data-slash]") && fieldNow();
  if (!field) return;
  event.preventDefault();
  const before = field.value.slice(0, field.selectionStart);
  put(field, !before || /[\s(]$/.test(before) ? "/" : " /");
});

document.addEventListener("keydown", (event) => {
  if (event.target !== fieldNow() || listNow().hidden || event.isComposing) return;
  const now = options().findIndex((one) => one.getAttribute("aria-selected") === "true");
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) choose(options().at((now + step) % options().length));
  else if ((event.key === "Enter" && !event.ctrlKey && !event.metaKey) || event.key === "Tab") {
    if (shown === asked) take(options()[now]);
    else meant = asked; // what stands there was found for fewer letters
  } else if (event.key === "Escape") (closedAt = trigger(event.target)?.start ?? -1), close();
  else return;
  event.preventDefault();
  event.stopPropagation();
}, true);
