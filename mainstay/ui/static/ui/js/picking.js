// Pick one of a list that is found while one types: down and up go through it, Enter takes the first.
//
//   [data-pick] with [data-pick-words] (the field) and [data-pick-option] links

document.addEventListener("keydown", (event) => {
  const frame = event.target.closest?.("[data-pick]");
  if (!frame || event.isComposing) return;
  const words = frame.querySelector("[data-pick-words]");
  const options = [...frame.querySelectorAll("[data-pick-option]")];
  const now = options.indexOf(event.target);
  const isInList = event.target === words || now >= 0;
  if (event.key === "Enter" && event.target === words) {
    if (words.value && options.length) event.preventDefault(), options[0].click();
  } else if (isInList && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
    event.preventDefault();
    (options[now + (event.key === "ArrowDown" ? 1 : -1)] ?? words).focus();
  } else if (now >= 0 && event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey) {
    words.focus(); // the letter goes on there
  }
});
