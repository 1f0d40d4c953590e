// Lets waiting times count on, in business time: from what the server counted, for as long as the desk is open.
//
//   <… data-seconds data-target data-runs data-level><svg class="dial"> two circles </svg><span data-text></span></…>
//   `data-runs` is for how many seconds it counts on; 0 where the clock stands.

const words = document.body.dataset;
const seen = new WeakMap(); // when this page first saw an element: no clock but the server's is asked for the time

function duration(seconds) {
  const minutes = Math.floor(seconds / 60);
  const fill = (text, values) => text.replace(/%\((\w+)\)(0?\d*)d/g, (_, name, width) => String(values[name]).padStart(+width || 0, "0"));
  if (minutes < 1) return fill(words.wordSeconds, { seconds });
  if (minutes < 60) return fill(words.wordMinutes, { minutes });
  const parts = { hours: Math.floor(minutes / 60), minutes: minutes % 60 };
  return fill(parts.minutes ? words.wordHoursMinutes : words.wordHours, parts);
}

function count(element) {
  if (!seen.has(element)) seen.set(element, performance.now());
  const since = Math.floor((performance.now() - seen.get(element)) / 1000);
  const passed = +element.dataset.seconds + Math.min(since, +element.dataset.runs);
  const text = element.querySelector("[data-text]");
  const shown = duration(passed);
  if (text.textContent !== shown) text.textContent = shown;
  const target = +element.dataset.target;
  if (!target) return;
  element.dataset.level = passed <= target ? "calm" : passed <= 3 * target ? "over" : "far";
  element.querySelector(".dial").lastElementChild.setAttribute("stroke-dasharray", `${Math.min(100, Math.round((100 * passed) / target))} 100`);
}

const countAll = () => document.hidden || document.querySelectorAll("[data-seconds]").forEach(count);
countAll();
setInterval(countAll, 1000);
