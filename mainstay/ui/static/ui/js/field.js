// What the behaviours of the composer share: to write at a place so that Ctrl+Z takes it back, and to ask the desk.

// Keeps the field's own history of typing; a browser that doesn't know the command gets the text all the same.
export function put(field, text, start = field.selectionStart, end = field.selectionEnd) {
  field.focus();
  field.setSelectionRange(start, end);
  if (!text && start === end) return;
  if (document.execCommand(text ? "insertText" : "delete", false, text)) return;
  field.setRangeText(text, start, end, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

export const headers = () => ({ ...JSON.parse(document.body.getAttribute("hx-headers") ?? "{}"), Accept: "application/json" });

// The answer of the desk, or undefined when the session is over; then the page says so.
export async function post(url, body, more = {}) {
  const answer = await fetch(url, { method: "POST", headers: headers(), body, ...more });
  if (!answer.redirected) return answer;
  const { wordSignedOut, wordSignIn, loginUrl } = document.body.dataset;
  const here = encodeURIComponent(location.pathname + location.search);
  document.dispatchEvent(new CustomEvent("notice", { detail: { words: wordSignedOut, link: wordSignIn, url: `${loginUrl}?next=${here}` } }));
}

export function told(form, words = "", ...buttons) {
  const place = form.querySelector("[data-told]");
  place.replaceChildren(words, ...buttons.flatMap(([label, verb]) => [" ", button(label, verb)]));
}

function button(label, verb) {
  const made = Object.assign(document.createElement("button"), { type: "button", className: "button", textContent: label });
  made.addEventListener("click", verb);
  return made;
}
