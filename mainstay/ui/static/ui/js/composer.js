// Writing: Ctrl+Enter presses the first button that is shown, the field grows with its text, a mode brings its field.
//
//   <form data-composer> with radios `name="mode"` and one textarea

const composer = (element) => element.closest?.("[data-composer]");

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || !composer(event.target)) return;
  event.preventDefault();
  [...composer(event.target).querySelectorAll("button")].find((one) => one.checkVisibility())?.click();
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
