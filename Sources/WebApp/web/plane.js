// The map of moods: pleasant to the right, energetic upwards; where the mood is, where it was, what songs aim at.

import { calm, draw, find } from "./dom.js";
import { emotionName, t } from "./texts.js";
import { places } from "./moods.js";

const WIDTH = 300, HEIGHT = 200, EDGE = 18, TRAIL = 40;
const across = (valence) => EDGE + valence * (WIDTH - 2 * EDGE);
const up = (energy) => HEIGHT - EDGE - energy * (HEIGHT - 2 * EDGE);

/** Where names stand that would lie on each other: across, down, anchor. */
const LABELS = { angry: [7, 3.5, "start"], fear: [-7, 3.5, "end"], disgust: [-7, 3.5, "end"], surprise: [0, -8, "middle"], contempt: [-7, 3.5, "end"] };

let dot, trail, target, onPlace = null;
let shown = null, wanted = null, past = [];

/** Draws the map, in the page's language. */
export function build() {
  const svg = draw("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-labelledby": "plane-title" });
  const text = (x, y, words, anchor = "middle") => draw("text", { x, y, "text-anchor": anchor }, words);
  svg.append(
    draw("path", { class: "axis", d: `M${EDGE} ${HEIGHT / 2}H${WIDTH - EDGE}M${WIDTH / 2} ${EDGE}V${HEIGHT - EDGE}` }),
    text(WIDTH / 2, 13, t("plane-up")), text(WIDTH / 2, HEIGHT - 6, t("plane-down")),
    draw("g", { transform: `rotate(-90 12 ${HEIGHT / 2})` }, text(12, HEIGHT / 2, t("plane-left"))),
    draw("g", { transform: `rotate(90 ${WIDTH - 12} ${HEIGHT / 2})` }, text(WIDTH - 12, HEIGHT / 2, t("plane-right"))));
  for (const [emotion, place] of places) {
    const x = across(place.valence), y = up(place.energy);
    const point = draw("circle", { class: "emotion", cx: x, cy: y, r: 3.2 });
    point.style.fill = `var(--${emotion})`;
    const [dx, dy, anchor] = LABELS[emotion] ?? [0, 14, "middle"];
    svg.append(point, text(x + dx, y + dy, emotionName(emotion), anchor));
  }
  target = draw("circle", { class: "target", r: 9, visibility: "hidden" });
  trail = draw("polyline", { class: "trail" });
  dot = draw("circle", { class: "now", r: 7, visibility: "hidden" });
  svg.append(target, trail, dot);
  svg.addEventListener("click", (event) => {
    if (!onPlace) return;
    const box = svg.getBoundingClientRect();
    const clamp = (value) => Math.min(1, Math.max(0, value));
    onPlace(clamp(((event.clientX - box.left) / box.width * WIDTH - EDGE) / (WIDTH - 2 * EDGE)),
      clamp((HEIGHT - EDGE - (event.clientY - box.top) / box.height * HEIGHT) / (HEIGHT - 2 * EDGE)));
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
  const isNew = wanted === null;
  wanted = mood.mood;
  if (isNew || calm.matches) {
    shown = { ...wanted };
    move();
  } else {
    wake();
  }
}

/** Goes towards the mood a little with every frame of the screen, and rests when it is there or nobody sees it. */
let isGliding = false;
export function wake() {
  if (isGliding || !wanted) return;
  isGliding = true;
  requestAnimationFrame(glide);
}

function glide() {
  isGliding = false;
  if (!wanted || !find("plane").offsetParent) return;
  const step = (axis) => (shown[axis] += (wanted[axis] - shown[axis]) * 0.12);
  if (Math.hypot(wanted.valence - shown.valence, wanted.energy - shown.energy) <= 0.0005) return;
  step("valence");
  step("energy");
  move();
  wake();
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
