// What one can press on this page beside the deeds of the registry, by its own words: so that the palette knows everything.
// What stands here several times (a button of each row) is left out: its words do not say which one is meant.

const { isUsable } = await import(`./deeds.js${new URL(import.meta.url).search}`);
const PRESSED = "#main :is(button, a.button, a.tab, a.menu-item, summary:is(.button, .menu-item))";

function wordsOf(element) {
  const copy = element.cloneNode(true);
  for (const part of copy.querySelectorAll("kbd, svg, .count, [aria-hidden=true]")) part.remove();
  return copy.textContent.replace(/\s+/g, " ").trim() || element.title || element.ariaLabel || "";
}

// A form in a closed menu is opened by its menu, not ended.
const endsWhatIsClosed = (element) => element.closest("details:not([open])") && element.form?.querySelector("input:not([type=hidden]), select, textarea");

export function here() {
  const found = new Map();
  for (const element of document.querySelectorAll(PRESSED)) {
    if (element.matches("[data-deed], [aria-current]") || !isUsable(element) || endsWhatIsClosed(element)) continue;
    const menu = (element.matches("summary") ? element.parentElement.parentElement : element).closest("details:not([open])"); // “Assign: Marta”, not “Marta”
    const words = [...(menu ? [menu.querySelector("summary")] : []), element].map(wordsOf).join(": ");
    found.set(words, found.has(words) ? null : element);
  }
  found.delete("");
  return [...found].filter(([, element]) => element).map(([words, element]) => ({ words, element }));
}
