// Keeps what is being written: in this browser with every letter, on the desk soon after, so that nothing is ever lost.
//
//   <textarea data-draft="person:ticket" data-draft-url data-word-kept data-word-other data-word-take data-word-mine>
//   its form has `mode`, `seen`, `base` (the draft it goes on from), <… data-told> and <… data-saved>
//   <form data-forgets-drafts>   sign-out: what is not on the desk yet goes there first, then this browser forgets

const { post, told } = await import(`./field.js${new URL(import.meta.url).search}`);
const PREFIX = "mainstay-draft:";
const DAYS = 14;
const REST_MS = 900; // after the last letter
const LATEST_MS = 4000; // while somebody types on and on
const WHILE_LEAVING = 60000; // letters that a browser still sends when its page is gone
let timer, since, sending;

const fieldNow = () => document.querySelector("textarea[data-draft]");

function kept(key) {
  try {
    return JSON.parse(localStorage.getItem(PREFIX + key)) ?? {};
  } catch {
    return {};
  }
}

function keep(field) {
  const { draft } = field.dataset;
  if (!field.value.trim()) return localStorage.removeItem(PREFIX + draft);
  localStorage.setItem(PREFIX + draft, JSON.stringify({ text: field.value, base: field.form.base.value, at: Date.now() }));
}

const say = (field, words) => (field.form.querySelector("[data-saved]").textContent = words);

// --- on the desk ----------------------------------------------------------------------------------------------------

function plan() {
  since ??= Date.now();
  clearTimeout(timer);
  timer = setTimeout(send, Math.max(0, Math.min(REST_MS, since + LATEST_MS - Date.now())));
}

function rest() {
  clearTimeout(timer);
  timer = since = undefined;
}

async function send({ anew = false } = {}) {
  const field = fieldNow();
  if (sending || !field) return field && plan();
  rest();
  sending = tell(field, anew).finally(() => (sending = undefined));
  return sending;
}

async function tell(field, anew) {
  const { form, value: text } = field;
  const mode = form.querySelector('[name="mode"]:checked')?.value ?? "";
  const body = new URLSearchParams({ text, mode, base: form.base.value, seen: anew ? "" : form.seen.value });
  const answer = await post(field.dataset.draftUrl, body, { keepalive: text.length < WHILE_LEAVING }).catch(() => undefined);
  if (!field.isConnected) return;
  if (answer?.status === 409) return disagree(field, await answer.json());
  if (!answer?.ok) return say(field, field.value.trim() ? document.body.dataset.wordDraft : "");
  form.base.value = (await answer.json()).base;
  keep(field);
  say(field, field.value.trim() ? field.dataset.wordKept : "");
}

// Another window went on with it: whoever sits here says which text it is to be.
function disagree(field, { problem, text, base }) {
  const { wordTake, wordMine } = field.dataset;
  const take = () => (set(field, text, base), told(field.form));
  const stay = () => ((field.form.base.value = base), told(field.form), send({ anew: true }));
  told(field.form, problem, ...(text ? [[wordTake, take]] : []), [wordMine, stay]);
}

function set(field, text, base = field.form.base.value) {
  field.form.base.value = base;
  field.value = text;
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

// --- what this browser still has ------------------------------------------------------------------------------------

function restore() {
  const field = fieldNow();
  if (!field) return;
  const { draft, wordOther, wordTake } = field.dataset;
  const { text, base = "" } = kept(draft);
  if (!text || text === field.value) return;
  if (base === field.form.base.value) return set(field, text); // typed after the desk heard of it last
  if (!field.value) return localStorage.removeItem(PREFIX + draft); // sent or thrown away elsewhere
  told(field.form, wordOther, [wordTake, () => (set(field, text), told(field.form))]);
}

function forget(wanted) {
  for (const name of Object.keys(localStorage)) {
    if (name.startsWith(PREFIX) && wanted(kept(name.slice(PREFIX.length)))) localStorage.removeItem(name);
  }
}

document.addEventListener("input", ({ target }) => {
  if (!target.dataset?.draft) return;
  keep(target);
  plan();
});
document.addEventListener("change", ({ target }) => target.name === "mode" && fieldNow()?.value.trim() && plan());
document.addEventListener("draft:base", ({ detail }) => fieldNow() && ((fieldNow().form.base.value = detail), keep(fieldNow())));

// What is sent says which draft it goes on from: an answer of the desk that is under way tells that first.
document.body.addEventListener("htmx:confirm", async (event) => {
  if (!sending || !event.detail.elt.querySelector?.("[data-draft]")) return;
  event.preventDefault();
  await sending;
  event.detail.issueRequest(true);
});

// Before htmx puts the empty composer in its place, the draft of what was accepted goes.
document.body.addEventListener("htmx:beforeRequest", ({ detail }) => detail.elt.querySelector?.("[data-draft]") && rest());
document.body.addEventListener("htmx:beforeSwap", ({ detail }) => {
  const sent = detail.requestConfig.verb === "post" && detail.xhr.status < 300 && detail.requestConfig.elt.querySelector?.("[data-draft]");
  if (sent && detail.shouldSwap) localStorage.removeItem(PREFIX + sent.dataset.draft);
});

document.addEventListener("submit", async (event) => {
  if (!event.target.matches("[data-forgets-drafts]")) return;
  if (since || sending) {
    event.preventDefault();
    await sending;
    if (since) await send();
    event.target.submit();
  }
  forget(() => true);
});
addEventListener("pagehide", () => since && send());

forget(({ at }) => !(at > Date.now() - DAYS * 864e5));
restore();
document.body.addEventListener("htmx:afterSettle", ({ detail }) => detail.elt.id === "composer" && restore());
document.addEventListener("leaving", () => since && send()); // from ticket to ticket in the same window
document.addEventListener("travelled", restore);
