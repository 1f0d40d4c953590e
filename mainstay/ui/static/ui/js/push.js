// Sets this browser up for notices: asks it, and tells the desk where to send.
//
//   <div data-push="worker's address" data-push-url data-push-key data-word-denied data-word-failed hidden><button><p>

const place = document.querySelector("[data-push]");
const { push: worker, pushUrl, pushKey, wordDenied, wordFailed } = place.dataset;
const say = (words) => (place.querySelector("p").textContent = words);
place.hidden = !("serviceWorker" in navigator && "PushManager" in window && "Notification" in window);

async function ready() {
  const registration = await navigator.serviceWorker.register(worker);
  const starting = registration.installing ?? registration.waiting;
  if (!registration.active) await new Promise((done) => starting.addEventListener("statechange", () => starting.state === "activated" && done()));
  return registration;
}

async function setUp() {
  if ((await Notification.requestPermission()) !== "granted") return say(wordDenied);
  const { pushManager } = await ready();
  await (await pushManager.getSubscription())?.unsubscribe(); // it may be bound to another key
  const made = await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: pushKey });
  const { endpoint, keys } = made.toJSON();
  const answer = await fetch(pushUrl, {
    method: "POST",
    headers: JSON.parse(document.body.getAttribute("hx-headers")),
    body: new URLSearchParams({ endpoint, public_key: keys.p256dh, secret: keys.auth }),
  });
  if (answer.ok) return location.reload();
  say((await answer.json()).problem);
}

place.querySelector("button").addEventListener("click", () => setUp().catch(() => say(wordFailed)));
