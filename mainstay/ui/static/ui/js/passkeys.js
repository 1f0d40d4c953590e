// Passkeys: asks the browser for one, and sends its answer as an ordinary form.
//
//   <form data-passkey="create | get" data-passkey-options="id of JSON, or an address that answers with it"
//         data-word-failed data-word-impossible hidden>
//     <input type="hidden" name="credential"> <button> <p role="alert" hidden>
//
// Shown only where the browser knows passkeys; where the desk has no name but a number for an address, it can't use them.

const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
const named = (list) => list?.map((one) => ({ ...one, id: bytes(one.id) }));

async function optionsOf(form) {
  const place = form.dataset.passkeyOptions;
  const written = document.getElementById(place);
  const found = written
    ? JSON.parse(written.textContent)
    : await (await fetch(place, { headers: { Accept: "application/json" } })).json();
  return (found.creation_options ?? found.request_options).publicKey;
}

function create(options) {
  const publicKey = { ...options, challenge: bytes(options.challenge), user: { ...options.user, id: bytes(options.user.id) } };
  publicKey.excludeCredentials = named(options.excludeCredentials);
  // One that can sign in alone where the device can keep it; else one for the second step.
  publicKey.authenticatorSelection = { ...options.authenticatorSelection, residentKey: "preferred", requireResidentKey: false };
  return navigator.credentials.create({ publicKey });
}

function get(options) {
  const publicKey = { ...options, challenge: bytes(options.challenge), allowCredentials: named(options.allowCredentials) };
  return navigator.credentials.get({ publicKey });
}

function asJson({ id, rawId, type, response, authenticatorAttachment }, results) {
  const answer = { clientDataJSON: text(response.clientDataJSON) };
  if (response.attestationObject) {
    answer.attestationObject = text(response.attestationObject);
    answer.transports = response.getTransports?.() ?? [];
  } else {
    answer.authenticatorData = text(response.authenticatorData);
    answer.signature = text(response.signature);
    answer.userHandle = response.userHandle ? text(response.userHandle) : null;
  }
  const { credProps } = results;
  return { id, rawId: text(rawId), type, authenticatorAttachment, response: answer, clientExtensionResults: credProps ? { credProps } : {} };
}

async function ask(form) {
  const { passkey, wordFailed, wordImpossible } = form.dataset;
  const words = form.querySelector("[role=alert]");
  words.hidden = true;
  try {
    const made = await (passkey === "create" ? create : get)(await optionsOf(form));
    form.elements.credential.value = JSON.stringify(asJson(made, made.getClientExtensionResults()));
    form.submit();
  } catch (problem) {
    words.textContent = problem.name === "SecurityError" ? wordImpossible : wordFailed;
    words.hidden = false;
  }
}

for (const form of document.querySelectorAll("[data-passkey]")) {
  form.hidden = !window.PublicKeyCredential;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    ask(form);
  });
}
