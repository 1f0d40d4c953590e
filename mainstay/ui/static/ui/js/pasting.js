// Pasting and dropping: what was copied elsewhere keeps its form, screenshots stand where they were put, files go along.
//
//   <form data-composer data-paste-url data-files-url data-word-uploading data-word-not-added> with a textarea,
//   <input type="file" data-attach>, <… id="draft-files"> and <… data-told>

const { post, put, told } = await import(`./field.js${new URL(import.meta.url).search}`);
const FORMED = /<(table|tr|li|ul|ol|b|strong|i|em|h[1-6]|a|pre|code|blockquote)\b|mso-list|font-weight:\s*(bold|[6-9]00)/i;
const BLOCK = /\n|^([-|>#]|\d+\. )/;

const composer = (element) => element.closest?.("[data-composer]");
const fieldOf = (form) => form.querySelector("textarea");
const hasWords = (html) => Boolean(new DOMParser().parseFromString(html, "text/html").body.textContent.trim());

// The plain words stand there at once, and become Markdown when the desk has read their form; who typed on keeps both.
async function pasteFormed(form, html, plain) {
  const field = fieldOf(form);
  const start = field.selectionStart;
  put(field, plain);
  const answer = await post(form.dataset.pasteUrl, new URLSearchParams({ html })).catch(() => undefined);
  if (!answer) return;
  const { text: read, problem } = await answer.json();
  if (problem) told(form, problem);
  const at = field.selectionStart;
  if (!read || read === plain || field.value.slice(start, start + plain.length) !== plain) return;
  const text = BLOCK.test(read) ? onLine(field, start, "\n\n") + read : read;
  put(field, text, start, start + plain.length);
  const moved = at < start + plain.length ? start + text.length : at + text.length - plain.length;
  field.setSelectionRange(moved, moved);
}

// What must stand on a line of its own begins one.
const onLine = (field, at, breaks) => (at && field.value[at - 1] !== "\n" ? breaks : "");

async function add(form, files, inText) {
  const body = new FormData();
  for (const file of files) body.append("files", file, file.name);
  if (inText) body.append("in_text", "1");
  told(form, form.dataset.wordUploading);
  const answer = await post(form.dataset.filesUrl, body).catch(() => undefined);
  const said = await answer?.json().catch(() => undefined);
  if (!said) return told(form, form.dataset.wordNotAdded);
  told(form, said.problem);
  document.dispatchEvent(new CustomEvent("draft:base", { detail: said.base }));
  const list = document.getElementById("draft-files");
  list.innerHTML = said.files; // made by the desk
  htmx.process(list);
  if (said.text) put(fieldOf(form), onLine(fieldOf(form), fieldOf(form).selectionStart, "\n") + said.text);
}

document.addEventListener("paste", (event) => {
  const form = event.target.matches?.("[data-composer] textarea") && composer(event.target);
  if (!form) return;
  const { clipboardData: given } = event;
  const html = given.getData("text/html");
  const files = [...given.files];
  if (files.length && !hasWords(html)) {
    event.preventDefault();
    add(form, files, true);
  } else if (html && FORMED.test(html)) {
    event.preventDefault();
    pasteFormed(form, html, given.getData("text/plain").replaceAll("\r\n", "\n"));
  }
});

const holdsFiles = (event) => event.dataTransfer?.types.includes("Files") && composer(event.target);

document.addEventListener("dragover", (event) => {
  const form = holdsFiles(event);
  if (form) event.preventDefault();
  for (const one of document.querySelectorAll("[data-composer]")) one.classList.toggle("is-dropped-on", one === form);
});
document.addEventListener("dragleave", (event) => composer(event.target)?.classList.remove("is-dropped-on"));

document.addEventListener("drop", (event) => {
  const form = holdsFiles(event);
  if (!form) return;
  event.preventDefault();
  form.classList.remove("is-dropped-on");
  add(form, [...event.dataTransfer.files], event.target.matches("textarea"));
});

document.addEventListener("change", async ({ target }) => {
  if (!target.matches?.("[data-attach]") || !target.files.length) return;
  const files = [...target.files];
  target.value = ""; // they lie beside the draft now, and need not go with the form
  await add(composer(target), files, false);
});
