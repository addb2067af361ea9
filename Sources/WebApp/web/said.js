// The headline: what the page takes a visitor's mood for, in words that keep still.

import { find } from "./dom.js";
import { emotionName, percent, t } from "./texts.js";

/** Seconds that a word stays at least, and between two announcements for screen readers. */
const STAYS = 1.2, PAUSE = 10;
let saidAt = -Infinity, last = "", timer = null;
let spoken = "", spokenAt = -Infinity;

/** A mood in words. */
export function sentence(mood, { isByHand, isWatching, isLooking }) {
  if (!mood) return t(isWatching ? (isLooking ? "looking" : "no-face") : "how-are-you");
  const [first, second] = mood.mixed ?? [];
  if (mood.mixed) return t("said-mixed", { first: emotionName(first), second: emotionName(second) });
  return t(isByHand ? "said-hand" : mood.uncertain ? "said-uncertain" : "said", { emotion: emotionName(mood.emotion) });
}

export function show(mood, how) {
  const text = sentence(mood, how);
  clearTimeout(timer);
  if (text === last) return;
  const now = performance.now() / 1000;
  // What somebody did is answered at once; what a camera sees may flicker.
  const isSteady = how.isByHand || !how.isWatching || now - saidAt >= STAYS;
  if (!isSteady) {
    timer = setTimeout(() => show(mood, how), 1000 * (STAYS - (now - saidAt)) + 20);
    return;
  }
  last = text;
  saidAt = now;
  find("said").textContent = text;
  announce(text, mood, how);
}

let waiting = null;
function announce(text, mood, how) {
  clearTimeout(waiting);
  if (text === spoken || (!mood && !how.isWatching)) return;
  const now = performance.now() / 1000, rest = how.isWatching ? Math.max(2.5, PAUSE - (now - spokenAt)) : 0;
  // Only what is still true then.
  waiting = setTimeout(() => {
    if (find("said").textContent !== text) return;
    spoken = text;
    spokenAt = performance.now() / 1000;
    find("announce").textContent = mood ? `${text} (${percent(mood.probabilities[mood.emotion])})` : text;
  }, 1000 * rest);
}
