// How often pictures are looked at and how large they are: a mood that is averaged over seconds needs few of them.

/** Milliseconds between pictures: at first, once the mood is known, and when nothing has changed for a while. */
const FIRST = 100, KNOWN = 170, STILL = 400;
/** The same where they need not travel, and how many times as long as a look it is at least to the next: devices get warm. */
const NEAR = 33, NEAR_STILL = 100, SHARE = 1.25, SHARE_STILL = 2;
/** Looks of this device, in milliseconds, above which pictures become smaller. */
const LONG = 60;
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

  #isNear;

  /** `clock` gives milliseconds; `isNear`: this device looks, nothing is sent. */
  constructor({ clock = () => performance.now(), isNear = false } = {}) {
    this.#clock = clock;
    this.#isNear = isNear;
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
    if (this.#isNear) {
      return now - this.#changedAt < 4000 ? Math.max(NEAR, SHARE * this.#trip) : Math.max(NEAR_STILL, SHARE_STILL * this.#trip);
    }
    if (now - this.#began < 3000) return FIRST;
    return now - this.#changedAt < 4000 ? KNOWN : STILL;
  }

  /** Width in pixels and JPEG quality: a slow line gets less, and the first picture tries out which it is. */
  get width() { return this.#isNear ? (this.#trip > LONG ? 320 : 480) : this.#trip > VERY_SLOW ? 240 : this.#trip > SLOW || !this.#trip ? 320 : 480; }
  get quality() { return this.#trip > SLOW || !this.#trip ? 0.7 : 0.82; }

  /** Whether it is too early to say that there is no face. */
  get isLooking() { return !this.#hasSeen && this.#missed < NONE; }
}
