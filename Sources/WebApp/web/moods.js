// The mood that counts now, from whichever way in: one smoothed truth for word, bars, map and songs.

/** Seconds over which moods are averaged. */
const AVERAGE = 2.5;
/** Seconds that a mood must have been seen before songs are asked for, and that a face may be lost. */
const WAIT = 2.5, LOST = 1;
/** How far the mood must have moved on the map from the one the songs are for, and for how many seconds. */
const DISTANCE = 0.11, LASTING = 3;
/** The share below which a mood is mixed, and by how much the longest bar may then lead. */
const CLEAR = 0.62, LEAD = 0.16;

/** The emotion with the largest share. */
export const largest = (shares) => Object.keys(shares).reduce((a, b) => (shares[b] > shares[a] ? b : a));

/** Two emotions of nearly the same share, the larger one first; null if one is clearly the largest. */
export function mixture(shares) {
  const [first, second] = Object.keys(shares).sort((a, b) => shares[b] - shares[a]);
  return second && shares[first] < CLEAR && shares[first] - shares[second] < LEAD ? [first, second] : null;
}

/** Tells of "mood" (what is shown has changed), "songs" (songs for it are wanted), "offer" (`isOther` has changed). */
export class Moods extends EventTarget {
  /** What is shown: { probabilities, mood: { valence, energy }, emotion, mixed, uncertain }, or null without a face. */
  current = null;
  /** The mood that songs are asked for with: the last one there was. */
  settled = null;
  /** Whether the mood is clearly another one than the songs are for. */
  isOther = false;
  #clock;
  #sums = null;
  #last = -Infinity;
  #seenAt = null;
  #lostAt = null;
  /** The mood that the songs on the page are for; null as long as this way in has asked for none. */
  #listed = null;
  #movedAt = null;

  /** `clock` gives seconds. */
  constructor(clock = () => performance.now() / 1000) {
    super();
    this.#clock = clock;
  }

  /** Takes a mood over, or that there is none. A deliberate one (a photo, a choice by hand) counts at once. */
  take(mood, { isDeliberate = false } = {}) {
    const time = this.#clock();
    if (!mood) return this.#miss(time, isDeliberate);
    this.#lostAt = null;
    this.#seenAt ??= time;
    // Groups of the owner's own are nowhere on the map.
    const place = mood.mood ?? places.get("neutral");
    this.#average(mood, place, isDeliberate ? Infinity : Math.max(0.04, time - this.#last));
    this.#last = time;
    if (isDeliberate || (!this.#listed && time - this.#seenAt >= WAIT)) {
      this.#list();
      this.#tell("mood");
      this.#tell("songs", { isDeliberate });
    } else {
      this.#compare(time);
      this.#tell("mood");
    }
  }

  /** The visitor wants songs for the mood there is now. */
  follow() {
    if (!this.settled) return;
    this.#list();
    this.#tell("songs", { isDeliberate: true });
  }

  /** A mood to begin with, before anything is known: songs may be asked for, but nothing is shown of it. */
  suggest(mood) { this.settled = mood; }

  /** What was known belongs to another way in; `settled` stays, like the songs that it is of, until something is seen. */
  forget() {
    this.current = null;
    this.#sums = null;
    this.#listed = null;
    this.#seenAt = null;
    this.#lostAt = null;
    this.#last = -Infinity;
    this.#offer(false);
    this.#tell("mood");
  }

  #miss(time, isDeliberate) {
    this.#lostAt ??= time;
    // A face that turns away for a moment is still there.
    if (!isDeliberate && this.current && time - this.#lostAt < LOST) return;
    this.current = null;
    this.#seenAt = null;
    this.#sums = null;
    this.#movedAt = null;
    this.#tell("mood");
  }

  /** A running average over AVERAGE seconds, of what there has been if that is less. */
  #average(mood, place, elapsed) {
    const names = Object.keys(mood.probabilities);
    const isSame = this.#sums && names.length === Object.keys(this.#sums.shares).length && names.every((name) => name in this.#sums.shares);
    const old = isSame && elapsed !== Infinity ? this.#sums : null;
    const share = 1 - Math.exp(-Math.min(elapsed, old ? Infinity : AVERAGE / 10) / AVERAGE), keep = old ? 1 - share : 0;
    const add = (before, now) => keep * (before ?? 0) + share * now;
    this.#sums = {
      weight: add(old?.weight, 1), shares: Object.fromEntries(names.map((name) => [name, add(old?.shares[name], mood.probabilities[name])])),
      valence: add(old?.valence, place.valence), energy: add(old?.energy, place.energy), doubt: add(old?.doubt, mood.uncertain ? 1 : 0),
    };
    const { weight, shares, valence, energy, doubt } = this.#sums;
    const probabilities = Object.fromEntries(names.map((name) => [name, shares[name] / weight]));
    this.current = this.settled = {
      probabilities, emotion: largest(probabilities), mixed: mixture(probabilities), uncertain: doubt / weight > 0.6,
      mood: { valence: valence / weight, energy: energy / weight },
    };
  }

  #list() {
    this.#listed = { ...this.settled.mood, emotion: this.settled.emotion };
    this.#movedAt = null;
    this.#offer(false);
  }

  /** Whether the mood has left that of the songs for a while; it must be named otherwise too. */
  #compare(time) {
    if (!this.#listed) return;
    const { mood, emotion } = this.settled;
    const isAway = emotion !== this.#listed.emotion && Math.hypot(mood.valence - this.#listed.valence, mood.energy - this.#listed.energy) >= DISTANCE;
    if (isAway === this.isOther) {
      this.#movedAt = null;
      return;
    }
    this.#movedAt ??= time;
    if (time - this.#movedAt < LASTING) return;
    this.#movedAt = null;
    this.#offer(isAway);
  }

  #offer(isOther) {
    if (this.isOther === isOther) return;
    this.isOther = isOther;
    this.#tell("offer");
  }

  #tell(name, detail = {}) { this.dispatchEvent(new CustomEvent(name, { detail })); }
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
  const mood = { valence: 0, energy: 0 };
  for (const [name, share] of Object.entries(probabilities)) {
    mood.valence += share * places.get(name).valence;
    mood.energy += share * places.get(name).energy;
  }
  return { probabilities, emotion: largest(probabilities), mixed: mixture(probabilities), mood, uncertain: false };
}
