// How often pictures are sent and how large they are: a mood that is averaged over seconds needs few of them.

/** Milliseconds between pictures: at first, once the mood is known, and when nothing has changed for a while. */
const FIRST = 100, KNOWN = 170, STILL = 400;
/** Pictures without a face after which there is none. */
const NONE = 3;
/** Round trips, in milliseconds, above which pictures become smaller. */
const SLOW = 350, VERY_SLOW = 900;

export class Pace {
  #clock;
  #began;
  #trip = 0;
  #last = null;
  #changedAt;
  #missed = 0;
  #hasSeen = false;

  /** `clock` gives milliseconds. */
  constructor(clock = () => performance.now()) {
    this.#clock = clock;
    this.#began = this.#changedAt = clock();
  }

  /** A picture came back after `trip` milliseconds, with this mood or none. */
  took(trip, mood) {
    this.#trip = this.#trip ? 0.6 * this.#trip + 0.4 * trip : trip;
    if (mood) {
      this.#hasSeen = true;
      this.#missed = 0;
    } else {
      this.#missed += 1;
    }
    const point = mood?.mood ?? null, last = this.#last;
    const moved = !point || !last ? Boolean(point) !== Boolean(last) : Math.hypot(point.valence - last.valence, point.energy - last.energy) > 0.06;
    if (moved) {
      this.#changedAt = this.#clock();
      this.#last = point;
    }
  }

  /** Milliseconds from one picture to the next. */
  get interval() {
    const now = this.#clock();
    if (now - this.#began < 3000) return FIRST;
    return now - this.#changedAt < 4000 ? KNOWN : STILL;
  }

  /** Width in pixels and JPEG quality: a slow line gets less, and the first picture tries out which it is. */
  get width() { return this.#trip > VERY_SLOW ? 240 : this.#trip > SLOW || !this.#trip ? 320 : 480; }
  get quality() { return this.#trip > SLOW || !this.#trip ? 0.7 : 0.82; }

  /** Whether it is too early to say that there is no face. */
  get isLooking() { return !this.#hasSeen && this.#missed < NONE; }
}
