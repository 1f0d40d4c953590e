// One live stream for all pages of a browser: hears names of what changed, comes back after a gap without missing any, and
// tells the desk what is open here. It is a shared worker; where there is none, each page has one of its own.
//
//   page → hub  {page: {topics, position, url, madeAt, renew, visits, headers}} · {place: {subject, attention}} · {bye}
//   hub → page  {browser} · {heard: [topics], position} · {resync: seconds away, position} · {version} · {isDown} · {signedOut}
//               {beat}: say where you are · {again}: say your {page} again

const BEAT = 20000; // as BEAT_SECONDS on the server
const SILENT = 45000; // without a word for so long, the connection is dead, whatever it says of itself
const FRESH = 100000; // for so long a page's own address opens the stream
const CLOSENESS = ["open", "looking", "writing"];

export class Hub {
  browser = [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  #pages = new Map(); // port → what it said of itself
  #position = "";
  #heardAt = Date.now();
  #tries = 0;
  #opening = 0; // only the newest opening counts
  #told = "";
  #source;
  #timers = {};

  constructor() {
    setInterval(() => this.#beat(), BEAT);
    addEventListener("online", () => this.#open());
  }

  join(port) {
    port.onmessage = ({ data }) => this.#listen(port, data);
    port.postMessage({ browser: this.browser });
  }

  #listen(port, { page, place, bye }) {
    if (page) this.#pages.set(port, { ...page, unanswered: 0 });
    const known = this.#pages.get(port);
    if (!known) return bye || port.postMessage({ again: true });
    known.unanswered = 0;
    if (place) known.place = place;
    if (bye) this.#pages.delete(port);
    if (page || !this.#pages.size || this.#isSilent()) this.#open();
    this.#later("tell", 200, () => this.#places() === this.#told || this.#tell());
  }

  #later(name, after, act) {
    clearTimeout(this.#timers[name]);
    this.#timers[name] = setTimeout(act, after);
  }

  #sayToAll(words) {
    for (const port of this.#pages.keys()) port.postMessage(words);
  }

  // --- the stream ---------------------------------------------------------------------------------------------------

  #isSilent() {
    return Date.now() - this.#heardAt > SILENT;
  }

  async #open() {
    const opening = ++this.#opening;
    clearTimeout(this.#timers.again);
    const pages = [...this.#pages.values()];
    if (!pages.length) return this.#source?.close();
    try {
      const own = pages.length === 1 && Date.now() - pages[0].madeAt < FRESH && pages[0].url;
      pages[0].url = ""; // it serves once: a page that was fetched ahead may be older than it looks
      const url = own || (await this.#renewed(pages));
      if (opening === this.#opening && url) this.#stream(url, pages);
    } catch {
      if (opening === this.#opening) this.#lose();
    }
  }

  async #renewed(pages) {
    const topics = new Set(pages.flatMap((page) => page.topics));
    const answer = await fetch(`${pages.at(-1).renew}?topics=${[...topics].join("+")}`, { headers: { Accept: "application/json" } });
    if (!answer.redirected) return (await answer.json()).url;
    this.#sayToAll({ signedOut: answer.url });
  }

  #stream(url, pages) {
    this.#source?.close();
    // Where the stream stood, and the pages that came since: what any of them missed is said again.
    const stood = new Set(pages.filter((page) => !page.isWithUs).map((page) => page.position || "unknown"));
    if (this.#position) stood.add(this.#position);
    const source = new EventSource(url + [...stood].map((position) => `&after=${encodeURIComponent(position)}`).join(""));
    const moves = ({ lastEventId }) => {
      const away = (Date.now() - this.#heardAt) / 1000;
      this.#heardAt = Date.now();
      if (!lastEventId) return away;
      this.#position = lastEventId;
      for (const page of pages) page.isWithUs = true; // what they missed came before this
      return away;
    };
    source.addEventListener("hello", ({ data }) => {
      this.#tries = 0;
      this.#sayToAll({ version: data });
    });
    source.addEventListener("still", moves);
    source.onmessage = (event) => {
      if (event.data === "bye") return this.#lose();
      const away = moves(event);
      const heard = event.data === "resync" ? { resync: away } : { heard: event.data.split(" ") };
      this.#sayToAll({ ...heard, position: this.#position });
    };
    source.onerror = () => this.#lose();
    this.#source = source;
  }

  #lose() {
    this.#source?.close();
    this.#sayToAll({ isDown: true });
    this.#later("again", Math.min(500 * 2 ** this.#tries++, 15000) * (0.75 + Math.random() / 2), () => this.#open());
  }

  // --- what is open here --------------------------------------------------------------------------------------------

  #beat() {
    for (const [port, page] of this.#pages) {
      if (++page.unanswered > 2) this.#pages.delete(port); // it crashed, or sleeps
      else port.postMessage({ beat: true });
    }
    if (this.#isSilent()) this.#open();
    this.#later("tell", 300, () => (this.#places() || this.#told) && this.#tell());
  }

  #places() {
    const places = new Map();
    for (const { place } of this.#pages.values()) {
      if (place && CLOSENESS.indexOf(place.attention) >= CLOSENESS.indexOf(places.get(place.subject))) places.set(place.subject, place.attention);
    }
    return [...places].map((words) => words.join(" ")).sort().join("\n");
  }

  async #tell() {
    const page = [...this.#pages.values()].at(-1);
    const places = this.#places();
    if (!page?.visits) return;
    const said = [["browser", this.browser], ...places.split("\n").filter(Boolean).map((place) => ["at", place])];
    try {
      const answer = await fetch(page.visits, { method: "POST", headers: page.headers, body: new URLSearchParams(said) });
      if (answer.redirected) this.#sayToAll({ signedOut: answer.url });
      else if (answer.ok) this.#told = places;
    } catch {
      this.#later("tell", 3000, () => this.#tell());
    }
  }
}

if (globalThis.SharedWorkerGlobalScope) {
  const hub = new Hub();
  addEventListener("connect", ({ ports: [port] }) => hub.join(port));
}
