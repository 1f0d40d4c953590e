// Something that was opened in place of something else, and is put away again: by Escape, or by what bears `data-closes`.
//
//   <section id="macro" data-closes-by-escape data-returns="composer-text"> … <a href data-closes="macro">

function close(aside) {
  const { returns } = aside.dataset;
  aside.replaceWith(Object.assign(document.createElement("div"), { id: aside.id }));
  document.getElementById(returns)?.focus();
}

document.addEventListener("keydown", (event) => {
  const aside = event.key === "Escape" && !event.isComposing && event.target.closest?.("[data-closes-by-escape]");
  if (!aside) return;
  event.stopPropagation();
  close(aside);
}, true);

document.addEventListener("click", (event) => {
  const aside = document.getElementById(event.target.closest?.("[data-closes]")?.dataset.closes);
  if (!aside?.matches("[data-closes-by-escape]")) return;
  event.preventDefault();
  close(aside);
});
