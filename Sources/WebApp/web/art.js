// A cover for a song without one: colours from its mood, shapes from its title. The same song always looks the same.

import { draw } from "./dom.js";

/** Numbers between 0 and 1 that follow from a text (T. Ettinger's mulberry32 after FNV-1a). */
function numbers(text) {
  let state = 2166136261;
  for (const letter of text) state = Math.imul(state ^ letter.codePointAt(0), 16777619) >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A background and three colours on it, for bright and dark songs with much and little energy. */
const PALETTES = {
  brightLoud: ["e4572e ffc914 ffe8a3 2e8b6f", "ef476f ffd166 fff1d0 06a77d", "f25c54 f7b267 ffe5c4 7b4b94", "d7263d f46036 ffd97d 2e294e", "e01a73 ffb703 fff3b0 3aa5cc"],
  brightCalm: ["2a9d8f e9c46a f8ecc9 1d6f75", "4f8f9d f7d6bf fbf1e3 d98880", "588157 dad7cd f0efe4 a3b18a", "3d7ea6 ffd8be ffeedd 7fc0c4", "b56576 eaac8b ffe6d9 6d597a"],
  darkLoud: ["2b1a3d c1121f f77f00 fcbf49", "14213d b5121b e85d04 ffba08", "240046 7b2cbf d9a6ff ff4d6d", "1b1b2f e43f5a 2f5d8a f2a1b0", "0d1321 d64550 ea9010 f2e8cf"],
  darkCalm: ["1d3557 457b9d a8dadc e6f1f1", "22223b 5c6187 a99aa7 f2e9e4", "0b3954 087e8b bfd7ea 5a8fa8", "2d3047 419d78 93b7be e0ddcf", "31263e 6a57a5 9d95cf d8d4ee"],
};

function palette({ valence, energy }, next) {
  const list = PALETTES[(valence >= 0.5 ? "bright" : "dark") + (energy >= 0.55 ? "Loud" : "Calm")];
  return list[Math.floor(next() * list.length)].split(" ").map((colour) => `#${colour}`);
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

/** Gives the songs of a list shapes in turn, so that no two neighbours look alike; `place` is that of the first one. */
export function dealCovers(songs, place = 0) {
  const first = songs.length ? Math.floor(numbers(songs[0].title)() * SHAPES.length) : 0;
  songs.forEach((song, index) => { song.shape ??= (first + place + index) % SHAPES.length; });
}

/** One or two letters of a title, in whichever script. */
function initials(title) {
  const letters = [...new Intl.Segmenter().segment(title)].map(({ segment }) => segment);
  const first = letters.findIndex((letter) => /[\p{L}\p{N}]/u.test(letter));
  if (first < 0) return "♪";
  const next = letters.findIndex((letter, index) => index > first && letters[index - 1] === " " && /[\p{L}\p{N}]/u.test(letter));
  return (letters[first] + (next > 0 ? letters[next] : "")).toLocaleUpperCase();
}

export function cover(song) {
  const next = numbers(`${song.title} ${song.artist}`);
  const [ground, ...others] = palette(song.features, next);
  const turn = Math.floor(next() * 3);
  const colour = (share) => others[(turn + Math.floor(share * 5.9)) % 3];
  const shape = SHAPES[song.shape ?? Math.floor(next() * SHAPES.length)];
  return draw("svg", { class: "art", viewBox: "0 0 100 100", preserveAspectRatio: "xMidYMid slice", "aria-hidden": "true" },
    draw("rect", { width: 100, height: 100, fill: ground }), ...shape(next, colour),
    draw("text", { x: 7, y: 33, class: "initials" }, initials(song.title)));
}
