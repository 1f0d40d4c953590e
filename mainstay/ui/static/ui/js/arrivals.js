// Says what came below while one reads above: a pill that leads to it, and a number in the title of a tab that is not looked at.
//
//   <button data-arrivals data-word-one data-word-many hidden>, where messages come into a `data-keyed` (event `arrived`)
//   <article class="message" data-author="person's key">   one's own are no news

const { person } = document.body.dataset;
const unseen = new Set();
let { title } = document;
const pill = () => document.querySelector("[data-arrivals]");

const seeing = new IntersectionObserver((entries) => {
  for (const { isIntersecting, target } of entries) if (isIntersecting && !document.hidden) seen(target);
}, { rootMargin: "-100px 0px -160px" }); // what lies behind the head or the composer is not seen

function seen(message) {
  unseen.delete(message);
  seeing.unobserve(message);
  show();
}

function show() {
  for (const message of unseen) if (!message.isConnected) unseen.delete(message);
  const button = pill();
  if (!button) return;
  button.hidden = !unseen.size;
  const words = unseen.size === 1 ? button.dataset.wordOne : button.dataset.wordMany;
  button.querySelector("[data-text]").textContent = words.replace("%(n)s", unseen.size);
  document.title = document.hidden && unseen.size ? `(${unseen.size}) ${title}` : title;
}

document.addEventListener("arrived", ({ detail }) => {
  for (const message of detail) {
    if (!message.matches(".message")) continue;
    if (message.dataset.author === person) message.scrollIntoView({ block: "nearest" });
    else {
      unseen.add(message);
      seeing.observe(message);
    }
  }
  show();
});

document.addEventListener("travelled", () => {
  ({ title } = document);
  seeing.disconnect();
  unseen.clear();
});

document.addEventListener("visibilitychange", () => {
  show();
  // Asks again which of them are in sight now.
  for (const message of document.hidden ? [] : [...unseen]) (seeing.unobserve(message), seeing.observe(message));
});

document.addEventListener("click", ({ target }) => {
  if (!target.closest("[data-arrivals]")) return;
  const first = [...unseen].sort((one, other) => (one.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1))[0];
  first?.scrollIntoView({ block: "start", behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
  first?.setAttribute("tabindex", "-1");
  first?.focus({ preventScroll: true });
});
