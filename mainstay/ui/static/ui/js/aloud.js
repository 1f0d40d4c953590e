// Tells a notice beyond the page: by a notification of the system while nobody looks at the page, and by a short sound. One's
// quiet hours were respected before the event `aloud` came; see notices.js.
//
//   <div data-background data-word-denied data-word-on hidden> with [data-turn=on|off] buttons and a <p>: asks this browser, only
//   when one presses it

const WANTED = "mainstay-background";
const place = document.querySelector("[data-background]");

// A browser that is sent notices by push shows them by itself.
async function isPushed() {
  const registrations = (await navigator.serviceWorker?.getRegistrations()) ?? [];
  const subscriptions = await Promise.all(registrations.map(({ pushManager }) => pushManager?.getSubscription()));
  return subscriptions.some(Boolean);
}

async function notify(words, tag, url) {
  if (!localStorage.getItem(WANTED) || globalThis.Notification?.permission !== "granted" || (await isPushed())) return;
  const shown = new Notification(words, { tag: tag || undefined });
  shown.onclick = () => {
    focus();
    shown.close();
    location.assign(url);
  };
}

// Two soft tones, a fifth apart; nothing is loaded.
function sound() {
  const audio = new AudioContext();
  for (const [hertz, start] of [[660, 0], [990, 0.12]]) {
    const tone = audio.createOscillator();
    const volume = audio.createGain();
    tone.frequency.value = hertz;
    volume.gain.setValueAtTime(0.0001, audio.currentTime + start);
    volume.gain.exponentialRampToValueAtTime(0.08, audio.currentTime + start + 0.02);
    volume.gain.exponentialRampToValueAtTime(0.0001, audio.currentTime + start + 0.3);
    tone.connect(volume).connect(audio.destination);
    tone.start(audio.currentTime + start);
    tone.stop(audio.currentTime + start + 0.32);
  }
  setTimeout(() => audio.close(), 1000);
}

document.addEventListener("aloud", ({ detail: { words, tag, url, hasSound } }) => {
  if (document.hidden) notify(words, tag, url);
  if (hasSound) sound();
});

// --- asking, on the page of one's settings ----------------------------------------------------------------------------

function show() {
  const isOn = Boolean(localStorage.getItem(WANTED)) && Notification.permission === "granted";
  place.hidden = false;
  place.querySelector("[data-turn=on]").hidden = isOn;
  place.querySelector("[data-turn=off]").hidden = !isOn;
  place.querySelector("p").textContent = isOn ? place.dataset.wordOn : "";
}

place?.addEventListener("click", async ({ target }) => {
  const turn = target.closest("[data-turn]")?.dataset.turn;
  if (turn === "off") localStorage.removeItem(WANTED);
  if (turn === "on" && (await Notification.requestPermission()) === "granted") localStorage.setItem(WANTED, "1");
  show();
  if (turn === "on" && Notification.permission !== "granted") place.querySelector("p").textContent = place.dataset.wordDenied;
});

if (place && "Notification" in globalThis && globalThis.isSecureContext) show();
