// A bar for each emotion.

import { find, make } from "./dom.js";
import { emotionName, percent } from "./texts.js";

const rows = new Map();
let spokenAt = 0;

/** Shows these emotions, in this order. */
export function build(emotions) {
  rows.clear();
  find("bars").replaceChildren(...emotions.map((emotion) => {
    const fill = make("div", { class: "fill" });
    fill.style.background = `var(--${emotion}-bar, var(--${emotion}))`;
    const value = make("span", { class: "value", "aria-hidden": "true" }, percent(0));
    const track = make("div", {
      class: "track", role: "meter", "aria-label": emotionName(emotion), "aria-valuemin": "0", "aria-valuemax": "100", "aria-valuenow": "0",
    }, fill);
    const row = make("div", { class: "bar-row" }, make("span", { "aria-hidden": "true" }, emotionName(emotion)), track, value);
    rows.set(emotion, { row, fill, value, track });
    return row;
  }));
}

export function show(mood) {
  const probabilities = mood?.probabilities ?? {};
  // Screen readers need not hear of every frame.
  const speaks = performance.now() - spokenAt > 1000;
  if (speaks) spokenAt = performance.now();
  const side = document.documentElement.dir === "rtl" ? -1 : 1;
  for (const [emotion, { row, fill, value, track }] of rows) {
    const share = probabilities[emotion] ?? 0;
    fill.style.transform = `translateX(${((share - 1) * side * 100).toFixed(1)}%)`;
    value.textContent = percent(share);
    row.classList.toggle("top", emotion === mood?.emotion);
    if (speaks) track.setAttribute("aria-valuenow", Math.round(share * 100));
  }
}
