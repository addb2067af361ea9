// The last minutes: what share each emotion had, from the left (then) to the right (now).

import { find } from "./dom.js";
import { emotionName, percent, t } from "./texts.js";

/** Seconds that are shown, and between two samples. */
const SPAN = 180, STEP = 1;
let samples = [], emotions = [];
let newest = 0;

export function build(names) {
  emotions = names;
  paint();
}

export function add(mood) {
  const time = performance.now() / 1000;
  if (time - newest < STEP * 0.8) return;
  newest = time;
  samples.push({ time, probabilities: mood?.probabilities ?? null });
  samples = samples.filter((sample) => time - sample.time < SPAN + 5);
  paint();
}

export function paint() {
  const canvas = find("timeline");
  const { width, height } = canvas.getBoundingClientRect();
  if (!width) return describe();
  const ratio = devicePixelRatio || 1;
  if (canvas.width !== Math.round(width * ratio)) canvas.width = Math.round(width * ratio);
  if (canvas.height !== Math.round(height * ratio)) canvas.height = Math.round(height * ratio);
  const context = canvas.getContext("2d");
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  const style = getComputedStyle(document.documentElement);
  const edge = 10, inner = height - 2 * edge;
  const x = (time) => width - edge - ((newest - time) / SPAN) * (width - 2 * edge);
  const column = ((width - 2 * edge) / SPAN) * STEP + 0.6;
  for (const { time, probabilities } of samples) {
    if (!probabilities || x(time) < edge) continue;
    let y = edge;
    for (const emotion of emotions) {
      const part = (probabilities[emotion] ?? 0) * inner;
      context.fillStyle = style.getPropertyValue(`--${emotion}`);
      context.fillRect(x(time) - column, y, column, part + 0.3);
      y += part;
    }
  }
  context.fillStyle = style.getPropertyValue("--line");
  for (let minute = 1; minute < SPAN / 60; minute += 1) context.fillRect(x(newest - 60 * minute), edge, 1, inner);
  describe();
}

/** The same in words, for those who cannot see it. */
let describedAt = 0;
function describe() {
  if (newest - describedAt < 10 && describedAt) return;
  describedAt = newest;
  const seen = samples.filter((sample) => sample.probabilities);
  if (!seen.length) return;
  const share = (emotion) => seen.reduce((sum, sample) => sum + (sample.probabilities[emotion] ?? 0), 0) / seen.length;
  const top = [...emotions].sort((a, b) => share(b) - share(a)).slice(0, 3);
  find("timeline-text").textContent = t("timeline-words", { list: top.map((emotion) => `${emotionName(emotion)} ${percent(share(emotion))}`).join(", ") });
}

addEventListener("resize", () => paint());
