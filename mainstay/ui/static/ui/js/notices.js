// Shows a notice that came while the page was open, for a while, and says it politely; the bell brought it, hidden.
//
//   #bell … <p data-toast="123" hidden>   #toasts: the live region
//   data-aloud="ticket:42"   it may be told beyond the page: once for all tabs, event `aloud` on document

const SHOWN_MS = 12000;
const FIRST_MS = 400; // a tab that is looked at goes first
const TOLD = "mainstay-told-aloud";
const region = document.getElementById("toasts");
let newest = +(document.querySelector("[data-toast]")?.dataset.toast ?? 0);
let timer;

function putAway() {
  // Not from under somebody's pointer or keys.
  if (region.matches(":hover, :focus-within")) timer = setTimeout(putAway, 2000);
  else region.replaceChildren();
}

function show(found) {
  const shown = found.cloneNode(true);
  shown.hidden = false;
  delete shown.dataset.toast;
  shown.querySelector("button").addEventListener("click", () => region.replaceChildren());
  region.replaceChildren(shown);
  clearTimeout(timer);
  timer = setTimeout(putAway, SHOWN_MS);
}

// Of all tabs only the first one says it, and one that somebody sees before those that nobody sees.
function tellAloud({ dataset: { toast, aloud, sound }, textContent }, url) {
  if (aloud === undefined) return;
  const wait = document.hidden ? FIRST_MS * (1 + Math.random()) : 0;
  setTimeout(() => {
    if (+localStorage.getItem(TOLD) >= +toast) return;
    localStorage.setItem(TOLD, toast);
    document.dispatchEvent(new CustomEvent("aloud", { detail: { words: textContent, tag: aloud, hasSound: sound !== undefined, url } }));
  }, wait);
}

document.body.addEventListener("htmx:afterSettle", ({ detail }) => {
  const found = detail.elt.id === "bell" && detail.elt.querySelector("[data-toast]");
  if (!found || +found.dataset.toast <= newest) return;
  newest = +found.dataset.toast;
  show(found);
  const link = found.querySelector("a");
  tellAloud({ dataset: found.dataset, textContent: link.textContent.trim() }, link.href);
});
