// The pieces that come with the program: two for each of some moods, to be heard without account and network.

import { places } from "./moods.js";

let pieces = [];

/** Reads their list; without it there are none. */
export async function load() {
  const answer = await fetch(new URL("pieces/pieces.json", import.meta.url)).catch(() => null);
  const list = answer?.ok ? await answer.json().catch(() => []) : [];
  pieces = list.map(({ file, title, emotion, seconds }) => ({
    key: `piece-${file}`, piece: file, title, artist: "fermusic", emotion, seconds, features: places.get(emotion) ?? { valence: 0.5, energy: 0.5 },
  }));
}

/** All of them, those nearest to a mood first. */
export function nearest(mood) {
  const place = mood ?? places.get("neutral");
  const distance = ({ features }) => Math.hypot(features.valence - place.valence, features.energy - place.energy);
  return [...pieces].sort((a, b) => distance(a) - distance(b));
}
