// Does a deed by its name: presses what bears it on this page, else goes to its page or sends its empty form.
//
//   <… data-deed="reply" [data-focuses="id"]>   what is pressed; data-key-label when it says more than the registry
//   event `deed` on document, {name}: cancelled when it was done · with {ask}: `found` is set to what would be pressed

const { dataset } = document.body;
let listed;

const shownPart = (element) => element.closest("label, summary, a, button") ?? element;
const isShown = (element) => shownPart(element).checkVisibility();

// Also what lies in a menu that is closed, as long as the menu itself is there.
export function isUsable(element) {
  if (element.matches(":disabled, [aria-disabled=true]") || element.closest("[inert]")) return false;
  if (isShown(element)) return true;
  const menu = element.closest("details:not([open])");
  if (!menu || !isShown(menu.querySelector("summary"))) return false;
  for (let one = element; one !== menu; one = one.parentElement) if (getComputedStyle(one).display === "none") return false;
  return true;
}

const find = (name) => [...document.querySelectorAll(`[data-deed~="${CSS.escape(name)}"]`)].find(isUsable);

export function press(element) {
  const menu = element.closest("details:not([open])");
  if (menu && element.matches("input, select, textarea")) menu.open = true;
  element.click();
  const focused = document.getElementById(element.dataset.focuses) ?? element;
  if (!focused.checkVisibility()) return;
  focused.focus();
  if (focused.setSelectionRange) focused.scrollIntoView({ block: "nearest" });
}

// The same list as the palette's; the browser keeps it.
async function doElsewhere(name) {
  listed ??= fetch(dataset.deeds).then((answer) => answer.text()).then((text) => new DOMParser().parseFromString(text, "text/html"));
  const { how, url } = (await listed).getElementById(`option-${name}`)?.dataset ?? {};
  if (how === "go") location.assign(url);
  if (how === "post") post(url);
}

function post(url) {
  const form = Object.assign(document.createElement("form"), { method: "post", action: url, hidden: true });
  const token = JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];
  form.append(Object.assign(document.createElement("input"), { name: "csrfmiddlewaretoken", value: token }));
  document.body.append(form);
  form.submit();
}

document.addEventListener("deed", (event) => {
  const { name, ask, isElsewhere } = event.detail;
  const element = find(name);
  if (ask) event.detail.found = element;
  else if (element || isElsewhere) {
    event.preventDefault();
    if (element) press(element);
    else doElsewhere(name);
  }
});
