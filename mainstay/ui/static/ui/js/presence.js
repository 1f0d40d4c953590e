// Tells the desk at most once a minute that somebody is at this page: they type, press or scroll.

const { signUrl } = document.body.dataset;
const headers = JSON.parse(document.body.getAttribute("hx-headers"));
let told = Date.now(); // opening the page was a sign, too

function tell() {
  if (Date.now() - told < 60000) return;
  told = Date.now();
  fetch(signUrl, { method: "POST", headers, keepalive: true }).catch(() => {});
}

for (const kind of ["keydown", "pointerdown", "wheel"]) addEventListener(kind, tell, { passive: true, capture: true });
