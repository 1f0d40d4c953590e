// The form of the text: buttons and keys write Markdown at the cursor, Enter goes on with a list, a preview shows it.
//
//   <form data-composer data-preview-url data-word-link> with a textarea and <button data-md="bold">, <button data-preview>

const { post, put } = await import(`./field.js${new URL(import.meta.url).search}`);
const AROUND = { bold: "**", italic: "*" };
const BEFORE = { list: "- ", quote: "> " };
const KEYS = { b: "bold", i: "italic", k: "link", e: "code" };
const SHIFTED = { Digit8: "list", Digit9: "quote" };
const ITEM = /^(\s*)(?:([-*+])|(\d+)([.)])) (.*)$/;

const composer = (element) => element.closest?.("[data-composer]");
const fieldOf = (form) => form.querySelector("textarea");

function surround(field, before, after = before) {
  const { selectionStart: start, selectionEnd: end, value } = field;
  const has = value.slice(start - before.length, start) === before && value.slice(end, end + after.length) === after;
  if (has) {
    put(field, value.slice(start, end), start - before.length, end + after.length);
    return field.setSelectionRange(start - before.length, end - before.length);
  }
  put(field, before + value.slice(start, end) + after);
  field.setSelectionRange(start + before.length, end + before.length);
}

function eachLine(field, mark) {
  const { selectionStart, selectionEnd, value } = field;
  const start = value.lastIndexOf("\n", selectionStart - 1) + 1;
  const end = value.indexOf("\n", selectionEnd) < 0 ? value.length : value.indexOf("\n", selectionEnd);
  const lines = value.slice(start, end).split("\n");
  const has = lines.every((line) => line.startsWith(mark));
  put(field, lines.map((line) => (has ? line.slice(mark.length) : mark + line)).join("\n"), start, end);
}

function link(field) {
  const { selectionStart: start, selectionEnd: end, value } = field;
  const chosen = value.slice(start, end);
  const isAddress = /^https?:\/\/\S+$/.test(chosen);
  const words = isAddress || !chosen ? composer(field).dataset.wordLink : chosen;
  put(field, `[${words}](${isAddress ? chosen : "https://"})`);
  const from = isAddress || !chosen ? start + 1 : start + words.length + 3;
  field.setSelectionRange(from, from + (isAddress || !chosen ? words.length : "https://".length));
}

function write(field, what) {
  const { selectionStart: start, selectionEnd: end, value } = field;
  if (what in AROUND) surround(field, AROUND[what]);
  else if (what in BEFORE) eachLine(field, BEFORE[what]);
  else if (what === "link") link(field);
  else if (value.slice(start, end).includes("\n")) surround(field, "```\n", "\n```");
  else surround(field, "`");
}

// Enter in a list begins its next item; in an empty one it ends the list.
function goOn(event, field) {
  const { selectionStart: at, selectionEnd, value } = field;
  const start = value.lastIndexOf("\n", at - 1) + 1;
  const found = at === selectionEnd && ITEM.exec(value.slice(start, at));
  if (!found) return;
  event.preventDefault();
  const [, blanks, bullet, number, after, words] = found;
  if (!words) put(field, "\n", start, at); // else the next words would belong to the last item
  else put(field, `\n${blanks}${bullet ?? `${+number + 1}${after}`} `);
}

async function preview(button) {
  const form = composer(button);
  const pane = document.getElementById(button.getAttribute("aria-controls"));
  const isShown = button.getAttribute("aria-pressed") === "true";
  button.setAttribute("aria-pressed", String(!isShown));
  pane.hidden = isShown;
  if (isShown) return fieldOf(form).focus();
  const answer = await post(form.dataset.previewUrl, new URLSearchParams({ text: fieldOf(form).value }));
  if (answer?.ok) pane.innerHTML = await answer.text(); // made and cleaned by the desk
}

document.addEventListener("click", ({ target }) => {
  const button = target.closest?.("[data-composer] [data-md], [data-composer] [data-preview]");
  if (!button) return;
  if ("preview" in button.dataset) preview(button);
  else write(fieldOf(composer(button)), button.dataset.md);
});

// The cursor stays where it is, also in browsers that take it away from a field for any button.
document.addEventListener("mousedown", (event) => event.target.closest?.("[data-composer] [data-md]") && event.preventDefault());

// Before anything else of the page hears the keys: with words chosen, Ctrl+K makes them a link; without, it is the palette's.
document.addEventListener("keydown", (event) => {
  const { target } = event;
  if (!target.matches?.("[data-composer] textarea, #macro textarea") || event.isComposing) return;
  const isChord = (event.ctrlKey || event.metaKey) && !event.altKey;
  const what = isChord && (event.shiftKey ? SHIFTED[event.code] : KEYS[event.key.toLowerCase()]);
  const isPalette = what === KEYS.k && target.selectionStart === target.selectionEnd;
  if (what && !isPalette && composer(target)) {
    event.preventDefault();
    event.stopPropagation();
    write(target, what);
  } else if (event.key === "Enter" && !isChord && !event.shiftKey && !event.defaultPrevented) goOn(event, target);
}, true);
