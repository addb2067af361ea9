// A cover for a song without one: shapes and colours from its title and its mood. The same song always looks the same.

import { draw } from "./dom.js";

/** Numbers between 0 and 1 that follow from a text (xorshift after FNV-1a). */
function numbers(text) {
  let state = 2166136261;
  for (const letter of text) state = Math.imul(state ^ letter.codePointAt(0), 16777619) >>> 0;
  state = state || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state / 2 ** 32;
  };
}

/** Warm where a song is pleasant, blue where it is not, violet and red where it is dark and loud. */
function hue({ valence, energy }) {
  const dark = 215 + energy * 120;
  const bright = 40 + (1 - energy) * 110;
  return valence < 0.5 ? dark + (valence - 0.25) * 60 : bright - (valence - 0.5) * 40;
}

const SHAPES = [
  function rings(next, colour) {
    const x = 20 + next() * 60, y = 20 + next() * 60;
    return [10, 20, 31, 43, 56, 70].map((r, i) =>
      draw("circle", { cx: x, cy: y, r: r + next() * 3, fill: "none", stroke: colour(i / 6), "stroke-width": 3 + next() * 4 }));
  },
  function waves(next, colour) {
    return [0, 1, 2, 3, 4].map((i) => {
      const y = 34 + i * 14, a = 6 + next() * 10, b = 6 + next() * 10;
      return draw("path", { d: `M-5 ${y} C 20 ${y - a}, 35 ${y + b}, 52 ${y} S 85 ${y - a}, 105 ${y + 2} V105 H-5Z`, fill: colour(i / 5), opacity: 0.75 });
    });
  },
  function discs(next, colour) {
    return Array.from({ length: 9 }, (_, i) =>
      draw("circle", { cx: next() * 100, cy: next() * 100, r: 6 + next() * 22, fill: colour(i / 9), opacity: 0.65 }));
  },
  function rays(next, colour) {
    const x = next() * 100, y = 60 + next() * 50, turn = next() * 30;
    return Array.from({ length: 12 }, (_, i) => {
      const a = ((turn + i * 30) * Math.PI) / 180, b = a + 0.26;
      const point = (angle) => `${(x + 160 * Math.cos(angle)).toFixed(1)} ${(y + 160 * Math.sin(angle)).toFixed(1)}`;
      return draw("path", { d: `M${x} ${y}L${point(a)}L${point(b)}Z`, fill: colour((i % 4) / 4), opacity: 0.7 });
    });
  },
  function hills(next, colour) {
    return [0, 1, 2, 3].map((i) => {
      const y = 38 + i * 16, x = 15 + next() * 70, h = 14 + next() * 14;
      return draw("path", { d: `M-5 ${y + 16} Q ${x} ${y - h} 105 ${y + 14} V105 H-5Z`, fill: colour(i / 4), opacity: 0.85 });
    }).concat(draw("circle", { cx: 18 + next() * 64, cy: 22, r: 9 + next() * 5, fill: colour(1.2) }));
  },
  function strings(next, colour) {
    return Array.from({ length: 14 }, (_, i) => {
      const h = 12 + next() * 76;
      return draw("rect", { x: 5 + i * 6.600, y: 50 - h / 2, width: 3.600, height: h, rx: 1.800, fill: colour(h / 90) });
    });
  },
];

export function cover(song) {
  const next = numbers(`${song.title} ${song.artist}`);
  const base = (hue(song.features) + (next() - 0.5) * 50 + 360) % 360;
  const second = (base + (next() < 0.5 ? 38 : -46) + 360) % 360;
  const strength = 34 + song.features.energy * 34;
  const colour = (share) => `hsl(${Math.round(second + share * 22)} ${Math.round(strength + 12)}% ${Math.round(48 + share * 26)}%)`;
  const shape = SHAPES[Math.floor(next() * SHAPES.length)];
  return draw("svg", { class: "art", viewBox: "0 0 100 100", preserveAspectRatio: "xMidYMid slice", "aria-hidden": "true" },
    draw("rect", { width: 100, height: 100, fill: `hsl(${Math.round(base)} ${Math.round(strength)}% 27%)` }), ...shape(next, colour));
}
