// Shows for how many seconds something can still be taken back, and puts it away when that is over.
//
//   <form data-countdown="10"> with <span data-left>

const ends = new WeakMap();

function tick() {
  for (const form of document.querySelectorAll("[data-countdown]")) {
    if (!ends.has(form)) ends.set(form, Date.now() + form.dataset.countdown * 1000);
    const left = Math.ceil((ends.get(form) - Date.now()) / 1000);
    form.hidden = left <= 0;
    if (left > 0) form.querySelector("[data-left]").textContent = document.body.dataset.wordSeconds.replace("%(seconds)d", left);
  }
}

setInterval(tick, 250);
tick();
document.body.addEventListener("htmx:afterSettle", tick);
