// The mood that counts now, from whichever way in; and when it has changed enough for other songs.

/** Seconds over which moods are averaged before songs follow them. */
const AVERAGE = 2.5;
/** How far the averaged mood must have moved on the map, for how long, and how old the songs must be. */
const DISTANCE = 0.11, LASTING = 2, AGE = 10;

class Moods extends EventTarget {
  /** What is shown: { probabilities, mood: { valence, energy }, emotion, uncertain }, or null without a face. */
  current = null;
  /** The averaged mood that songs are asked for with. */
  settled = null;
  #asked = null;
  #askedAt = -Infinity;
  #movedAt = null;
  #last = 0;
  #seenAt = null;

  /** Takes a mood over. A deliberate one (a photo, a choice by hand) counts at once; `leads` if the visitor is done with it
      and wants to see songs. */
  take(mood, { isDeliberate = false, leads = false } = {}) {
    const time = performance.now() / 1000;
    // Groups of the owner's own are nowhere on the map.
    if (mood && !mood.mood) mood = { ...mood, mood: places.get("neutral") };
    this.current = mood;
    if (!mood) {
      this.#seenAt = null;
      this.dispatchEvent(new Event("mood"));
      return;
    }
    this.#seenAt ??= time;
    this.#average(mood, isDeliberate ? Infinity : time - this.#last);
    this.#last = time;
    this.dispatchEvent(new Event("mood"));
    if (isDeliberate || this.#isOther(time)) this.#ask(time, leads);
  }

  #average(mood, elapsed) {
    const keep = this.settled ? Math.exp(-elapsed / AVERAGE) : 0;
    const probabilities = {};
    for (const [name, share] of Object.entries(mood.probabilities)) {
      probabilities[name] = keep * (this.settled?.probabilities[name] ?? 0) + (1 - keep) * share;
    }
    const blend = (axis) => keep * (this.settled?.mood[axis] ?? 0) + (1 - keep) * mood.mood[axis];
    const emotion = Object.keys(probabilities).reduce((a, b) => (probabilities[b] > probabilities[a] ? b : a));
    this.settled = { probabilities, emotion, mood: { valence: blend("valence"), energy: blend("energy") } };
  }

  /** Whether the mood is another one than the songs are for, and has been for a while. */
  #isOther(time) {
    if (!this.#asked) return time - this.#seenAt > 1;
    const { valence, energy } = this.settled.mood;
    const moved = Math.hypot(valence - this.#asked.valence, energy - this.#asked.energy);
    if (moved < DISTANCE) {
      this.#movedAt = null;
      return false;
    }
    this.#movedAt ??= time;
    return time - this.#movedAt > LASTING && time - this.#askedAt > AGE;
  }

  #ask(time, leads) {
    this.#asked = { ...this.settled.mood };
    this.#askedAt = time;
    this.#movedAt = null;
    this.dispatchEvent(new CustomEvent("change", { detail: { leads } }));
  }

  /** What was known belongs to another way in; `settled` stays, like the songs that it is of, until something is seen. */
  forget() {
    this.current = null;
    this.#asked = null;
    this.#seenAt = null;
    this.#last = -Infinity;
    this.dispatchEvent(new Event("mood"));
  }
}

export const moods = new Moods();

/** Where emotions lie on the map; the server says so. */
export const places = new Map();

/** Emotions for a place on the map: nearer ones count for more. */
export function emotionsAt(valence, energy) {
  const weights = {};
  let sum = 0;
  for (const [emotion, place] of places) {
    const distance = Math.hypot(valence - place.valence, energy - place.energy);
    sum += weights[emotion] = Math.exp(-((distance / 0.11) ** 2)) + 1e-6;
  }
  for (const emotion in weights) weights[emotion] /= sum;
  return weights;
}

/** A mood made from emotions alone. */
export function moodOf(probabilities) {
  const emotion = Object.keys(probabilities).reduce((a, b) => (probabilities[b] > probabilities[a] ? b : a));
  const mood = { valence: 0, energy: 0 };
  for (const [name, share] of Object.entries(probabilities)) {
    mood.valence += share * places.get(name).valence;
    mood.energy += share * places.get(name).energy;
  }
  return { probabilities, emotion, mood, uncertain: false };
}
