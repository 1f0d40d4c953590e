// Keeps what is being written in this browser until it is sent, so that a lost session loses nothing.
//
//   <textarea data-draft="person:ticket">   <form data-forgets-drafts> (sign-out)   <… data-saved> says that it is kept

const PREFIX = "mainstay-draft:";
const DAYS = 14;

function kept(key) {
  try {
    return JSON.parse(localStorage.getItem(PREFIX + key)) ?? {};
  } catch {
    return {};
  }
}

function restore() {
  for (const field of document.querySelectorAll("textarea[data-draft]")) {
    const { text } = kept(field.dataset.draft);
    // What the server put there, such as a reply that was taken back, is kept like what one types.
    if (field.value && !text) field.dispatchEvent(new Event("input", { bubbles: true }));
    if (!text || field.value) continue;
    field.value = text;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

document.addEventListener("input", ({ target }) => {
  const key = target.dataset?.draft;
  if (!key) return;
  if (target.value.trim()) localStorage.setItem(PREFIX + key, JSON.stringify({ text: target.value, at: Date.now() }));
  else localStorage.removeItem(PREFIX + key);
  const saved = target.form?.querySelector("[data-saved]");
  if (saved) saved.textContent = target.value.trim() ? document.body.dataset.wordDraft : "";
});

// Before htmx puts the empty composer in its place, the draft of what was accepted goes.
document.body.addEventListener("htmx:beforeSwap", ({ detail }) => {
  const sent = detail.requestConfig.verb === "post" && detail.xhr.status < 300 && detail.requestConfig.elt.querySelector?.("[data-draft]");
  if (sent && detail.shouldSwap) localStorage.removeItem(PREFIX + sent.dataset.draft);
});

document.addEventListener("submit", ({ target }) => {
  if (target.matches("[data-forgets-drafts]")) forget(() => true);
});

function forget(wanted) {
  for (const name of Object.keys(localStorage)) {
    if (name.startsWith(PREFIX) && wanted(kept(name.slice(PREFIX.length)))) localStorage.removeItem(name);
  }
}

forget(({ at }) => !(at > Date.now() - DAYS * 864e5));
restore();
document.body.addEventListener("htmx:afterSettle", restore);
