// The map of moods: pleasant to the right, energetic upwards; where the mood is, where it was, what songs aim at.

import { calm, draw, find } from "./dom.js";
import { emotionName, t } from "./texts.js";
import { places } from "./moods.js";

const SIZE = 200, EDGE = 16, TRAIL = 40;
const across = (valence) => EDGE + valence * (SIZE - 2 * EDGE);
const up = (energy) => SIZE - EDGE - energy * (SIZE - 2 * EDGE);

let dot, trail, target, onPlace = null;
let shown = null, wanted = null, past = [];

/** Draws the map, in the page's language. */
export function build() {
  const svg = draw("svg", { viewBox: `0 0 ${SIZE} ${SIZE}`, role: "img", "aria-labelledby": "plane-title" });
  const text = (x, y, words, anchor = "middle") => draw("text", { x, y, "text-anchor": anchor }, words);
  svg.append(
    draw("path", { class: "axis", d: `M${EDGE} ${SIZE / 2}H${SIZE - EDGE}M${SIZE / 2} ${EDGE}V${SIZE - EDGE}` }),
    text(SIZE / 2, 10, t("plane-up")), text(SIZE / 2, SIZE - 4, t("plane-down")),
    draw("g", { transform: `rotate(-90 8 ${SIZE / 2})` }, text(8, SIZE / 2, t("plane-left"))),
    draw("g", { transform: `rotate(90 ${SIZE - 8} ${SIZE / 2})` }, text(SIZE - 8, SIZE / 2, t("plane-right"))));
  for (const [emotion, place] of places) {
    const x = across(place.valence), y = up(place.energy);
    const point = draw("circle", { class: "emotion", cx: x, cy: y, r: 3.2 });
    point.style.fill = `var(--${emotion})`;
    svg.append(point, text(x, y + (emotion === "disgust" ? 11 : emotion === "fear" ? -6 : emotion === "angry" ? 3 : 11),
      emotionName(emotion), emotion === "angry" ? "start" : "middle"));
    if (emotion === "angry") svg.lastChild.setAttribute("x", x + 6);
  }
  target = draw("circle", { class: "target", r: 9, visibility: "hidden" });
  trail = draw("polyline", { class: "trail" });
  dot = draw("circle", { class: "now", r: 7, visibility: "hidden" });
  svg.append(target, trail, dot);
  svg.addEventListener("click", (event) => {
    if (!onPlace) return;
    const box = svg.getBoundingClientRect();
    const clamp = (value) => Math.min(1, Math.max(0, value));
    onPlace(clamp(((event.clientX - box.left) / box.width * SIZE - EDGE) / (SIZE - 2 * EDGE)),
      clamp((SIZE - EDGE - (event.clientY - box.top) / box.height * SIZE) / (SIZE - 2 * EDGE)));
  });
  find("plane").replaceChildren(svg);
  if (wanted) move();
}

/** Lets visitors choose a place, or not (null). */
export function choosePlaces(callback) {
  onPlace = callback;
  find("plane").classList.toggle("hand-on", Boolean(callback));
}

export function show(mood) {
  if (!mood) {
    dot?.setAttribute("visibility", "hidden");
    trail?.setAttribute("points", "");
    wanted = shown = null;
    past = [];
    return;
  }
  const isMoving = wanted !== null;
  wanted = mood.mood;
  if (!isMoving || calm.matches) {
    shown = { ...wanted };
    move();
  }
  if (!isMoving && !calm.matches) requestAnimationFrame(glide);
}

/** Goes towards the mood a little with every frame of the screen. */
function glide() {
  if (!wanted) return;
  const step = (axis) => (shown[axis] += (wanted[axis] - shown[axis]) * 0.12);
  if (Math.hypot(wanted.valence - shown.valence, wanted.energy - shown.energy) > 0.0005) {
    step("valence");
    step("energy");
    move();
  }
  requestAnimationFrame(glide);
}

function move() {
  const x = across(shown.valence), y = up(shown.energy);
  dot.setAttribute("cx", x.toFixed(1));
  dot.setAttribute("cy", y.toFixed(1));
  dot.setAttribute("visibility", "visible");
  const last = past.at(-1);
  if (!last || Math.hypot(last[0] - x, last[1] - y) > 1.5) past.push([x, y]);
  if (past.length > TRAIL) past.shift();
  trail.setAttribute("points", past.map((p) => `${p[0].toFixed(1)},${p[1].toFixed(1)}`).join(" "));
}

/** What the songs on the page aim at. */
export function aim(point) {
  target.setAttribute("visibility", point ? "visible" : "hidden");
  if (!point) return;
  target.setAttribute("cx", across(point.valence));
  target.setAttribute("cy", up(point.energy));
}
