// A drawn face that shows a mood: for the mark of the page and for choosing by hand.

import { draw } from "./dom.js";

/** Mouth (-1 down to 1 up), its opening, eyes, brows (-1 angry to 1 worried) and their height, for each emotion. */
const LOOKS = {
  angry: [-0.6, 0, 0.8, -1, -0.4],
  disgust: [-0.45, 0.12, 0.55, -0.6, 0],
  fear: [-0.35, 0.55, 1.3, 1, 0.7],
  happy: [1, 0.35, 0.75, 0, 0.3],
  sad: [-0.8, 0, 0.8, 0.9, 0.2],
  surprise: [0, 1, 1.5, 0.15, 1.9],
  neutral: [0.05, 0, 1, 0, 0],
  contempt: [0.3, 0, 0.6, -0.2, 0.25],
};

/** The look of a mixture of emotions. */
function mix(probabilities) {
  const look = [0, 0, 0, 0, 0];
  let sum = 0;
  for (const [emotion, share] of Object.entries(probabilities)) {
    if (!LOOKS[emotion]) continue;
    sum += share;
    LOOKS[emotion].forEach((value, i) => (look[i] += share * value));
  }
  return sum > 0 ? look.map((value) => value / sum) : LOOKS.neutral;
}

/** An SVG element of a face; `show` changes its look. */
export class DrawnFace {
  constructor(probabilities = { neutral: 1 }) {
    this.mouth = draw("path");
    this.eyes = [draw("ellipse", { cx: 17, cy: 22 }), draw("ellipse", { cx: 31, cy: 22 })];
    this.brows = [draw("path"), draw("path")];
    for (const eye of this.eyes) eye.setAttribute("fill", "currentColor");
    this.element = draw("svg", { viewBox: "0 0 48 48", "aria-hidden": "true" },
      draw("circle", { cx: 24, cy: 24, r: 19 }), ...this.eyes, ...this.brows, this.mouth);
    this.show(probabilities);
  }

  show(probabilities) {
    const [mouth, opening, eyes, slant, height] = mix(probabilities);
    const corner = 31.5 - mouth * 2.2, middle = corner + mouth * 5;
    // A mouth that is wide open and neither glad nor sad is round.
    const round = Math.max(0, opening - 0.7) * Math.max(0, 1 - 2 * Math.abs(mouth)) / 0.3;
    if (round > 0.35) {
      const wide = 6.5 - 3 * round, tall = 3.2 + 1.6 * round;
      this.mouth.setAttribute("d", `M${24 - wide} 33a${wide} ${tall} 0 1 0 ${2 * wide} 0a${wide} ${tall} 0 1 0 ${-2 * wide} 0Z`);
    } else this.mouth.setAttribute("d", opening > 0.15
      ? `M17.500 ${corner} Q24 ${middle - opening * 4} 30.500 ${corner} Q24 ${middle + opening * 6} 17.500 ${corner}Z`
      : `M17 ${corner} Q24 ${middle} 31 ${corner}`);
    for (const eye of this.eyes) {
      eye.setAttribute("rx", 1.5);
      eye.setAttribute("ry", 1.9 * eyes);
    }
    const y = 16.5 - height * 2;
    const path = (from, to, side) => `M${from} ${y - side * slant * -1.8} L${to} ${y - side * slant * 1.8}`;
    this.brows[0].setAttribute("d", path(14, 20, 1));
    this.brows[1].setAttribute("d", path(28, 34, -1));
  }
}
