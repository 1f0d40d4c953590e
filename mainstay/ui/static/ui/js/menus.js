// Menus made of <details data-menu> close as people expect: by Escape, by a click elsewhere, by opening another.

const open = () => document.querySelectorAll("details[data-menu][open]");

document.addEventListener("click", (event) => {
  for (const menu of open()) if (!menu.contains(event.target)) menu.open = false;
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of open()) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

document.body.addEventListener("htmx:beforeRequest", ({ detail }) => {
  const menu = detail.elt.closest("details[data-menu]");
  if (menu && detail.requestConfig.verb !== "get") menu.open = false; // what is only looked up stays open
});
