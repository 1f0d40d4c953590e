// Search as one types. At the top: suggestions below the field, chosen by arrows, opened by Enter or a tap; without a choice,
// Enter leads to the page of all results. On that page: the results themselves, into which the arrows lead.
//
//   <form data-suggests="url"> with a combobox and its listbox          <form data-results="url"> beside #found

const ASK_MS = 120;
const asksFor = (form, more = {}) => new URLSearchParams({ ...Object.fromEntries([...new FormData(form)].filter(([, value]) => value)), ...more });

// The answer to the newest question only; nothing when a later one was asked, or the desk cannot be reached.
function asker(url) {
  let asking;
  return async (question) => {
    asking?.abort();
    const mine = (asking = new AbortController());
    const answer = await fetch(`${url}?${question}`, { signal: mine.signal, headers: { "X-By-Itself": "1" } }).catch(() => undefined);
    const text = answer?.ok && !answer.redirected ? await answer.text().catch(() => undefined) : undefined;
    return mine === asking ? text : undefined;
  };
}

// --- the box at the top -----------------------------------------------------------------------------------------------

function suggest(form) {
  const field = form.querySelector("[role=combobox]");
  const list = form.querySelector("[role=listbox]");
  const count = form.querySelector("[data-count]");
  const ask = asker(form.dataset.suggests);
  const options = () => [...list.querySelectorAll("[role=option]")];
  let timer, chosen;

  function choose(option) {
    chosen?.setAttribute("aria-selected", "false");
    chosen = option;
    option?.setAttribute("aria-selected", "true");
    option?.scrollIntoView({ block: "nearest" });
    if (option) field.setAttribute("aria-activedescendant", option.id);
    else field.removeAttribute("aria-activedescendant");
  }

  function show(isShown) {
    list.hidden = !isShown;
    field.setAttribute("aria-expanded", String(isShown));
    if (!isShown) choose();
  }

  async function offer() {
    const typed = field.value.trim();
    const html = typed.length > 1 ? await ask(asksFor(form)) : "";
    if (html === undefined || typed !== field.value.trim()) return;
    choose();
    list.innerHTML = html; // made by the desk
    const number = options().length;
    show(number > 0 && document.activeElement === field);
    count.textContent = number === 0 ? "" : number === 1 ? count.dataset.wordOne : count.dataset.wordMany.replace("%(n)s", number);
  }

  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(offer, ASK_MS);
  });
  field.addEventListener("focus", () => options().length && show(true));
  form.addEventListener("focusout", ({ relatedTarget }) => form.contains(relatedTarget) || show(false));
  list.addEventListener("pointerdown", (event) => event.preventDefault()); // the field keeps the focus, and the list is there to be clicked
  field.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.isComposing || list.hidden) return;
    const shown = options();
    if (step) choose(shown.at((shown.indexOf(chosen) + (chosen || step > 0 ? step : 0)) % shown.length));
    else if (event.key === "Enter" && chosen) chosen.click();
    else if (event.key === "Escape") show(false);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
}

// --- the page of results ----------------------------------------------------------------------------------------------

function search(form) {
  const field = form.querySelector("[type=search]");
  const ask = asker(form.dataset.results);
  const found = () => document.getElementById("found");
  const links = () => [...found().querySelectorAll("[data-item] a[href]")];
  let timer;

  async function read() {
    const question = asksFor(form);
    const html = await ask(question);
    if (html === undefined) return;
    found().outerHTML = html; // made by the desk
    history.replaceState(history.state, "", `${form.getAttribute("action")}?${question}`);
  }

  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(read, ASK_MS);
  });
  document.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const places = [field, ...links()];
    const now = places.indexOf(document.activeElement);
    if (!step || now < 0 || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    const next = places[now + step];
    next?.focus();
    next?.closest("[data-item]")?.scrollIntoView({ block: "nearest" });
    event.preventDefault();
  });
}

for (const form of document.querySelectorAll("form[data-suggests]")) suggest(form);
for (const form of document.querySelectorAll("form[data-results]")) search(form);
