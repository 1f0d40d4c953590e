// Writing: Ctrl+Enter presses the main button that is shown, the field grows with its text, a mode brings its field.
//
//   <form data-composer> with radios `name="mode"`, one textarea, and `.is-main` buttons that send
//   <form data-chord-sends>   Ctrl+Enter alone, for other forms in which one writes
//   <button data-enter-for="id">   pressed by Enter in that field, which would else send the form

const composer = (element) => element.closest?.("[data-composer]");

document.addEventListener("keydown", (event) => {
  const form = event.key === "Enter" && event.target.closest?.("[data-composer], [data-chord-sends]");
  if (!form) return;
  const beside = event.target.id && document.querySelector(`[data-enter-for="${CSS.escape(event.target.id)}"]`);
  const isToSend = event.ctrlKey || event.metaKey;
  if (!isToSend && !beside) return;
  event.preventDefault();
  (beside || [...form.querySelectorAll("button.is-main")].find((one) => one.checkVisibility()))?.click();
});

document.addEventListener("change", ({ target }) => {
  if (target.name === "mode" && composer(target)) composer(target).querySelector("textarea").focus();
});

// What was sent is gone: the single keys are at hand again, and those who listen stay where they were.
document.body.addEventListener("htmx:afterSettle", ({ detail }) => {
  if (detail.requestConfig?.verb !== "post" || detail.xhr.status >= 300) return;
  detail.elt.querySelector?.('[data-composer] [name="mode"]:checked')?.focus();
});

// Browsers without `field-sizing` get the same by measuring.
if (!CSS.supports("field-sizing", "content")) {
  document.addEventListener("input", ({ target }) => {
    if (!composer(target)) return;
    target.style.height = "auto";
    target.style.height = `${target.scrollHeight}px`;
  });
}
