// Shows a notice that came while the page was open, for a while, and says it politely; the bell brought it, hidden.
//
//   #bell … <p data-toast="123" hidden>   #toasts: the live region

const SHOWN_MS = 12000;
const region = document.getElementById("toasts");
let newest = +(document.querySelector("[data-toast]")?.dataset.toast ?? 0);
let timer;

function putAway() {
  // Not from under somebody's pointer or keys.
  if (region.matches(":hover, :focus-within")) timer = setTimeout(putAway, 2000);
  else region.replaceChildren();
}

document.body.addEventListener("htmx:afterSettle", ({ detail }) => {
  const found = detail.elt.id === "bell" && detail.elt.querySelector("[data-toast]");
  if (!found || +found.dataset.toast <= newest) return;
  newest = +found.dataset.toast;
  const shown = found.cloneNode(true);
  shown.hidden = false;
  delete shown.dataset.toast;
  shown.querySelector("button").addEventListener("click", () => region.replaceChildren());
  region.replaceChildren(shown);
  clearTimeout(timer);
  timer = setTimeout(putAway, SHOWN_MS);
});
