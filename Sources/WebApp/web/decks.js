// Two players of sound, so that one song runs into the next: one is heard, the other holds what comes after it.

/** The identifier that whichever is heard has. */
const ID = "player-audio";
/** Milliseconds from one step of a fade to the next. */
const STEP = 40;
/** What the page is told of, and only by the one that is heard. */
const EVENTS = ["timeupdate", "durationchange", "play", "pause", "ended", "error"];

export class Decks extends EventTarget {
  #heard;
  #spare;
  /** Of the song that is heard: its decibels as a factor. */
  #gain = 1;
  #volume = 1;
  /** What the spare one holds: { key, gain }. */
  #ready = null;
  /** The way from the song before to this one, while both are heard. */
  #fade = null;
  /** Where a page may not set how loud something is (iOS), two songs at once would be too loud. */
  #canFade;

  /** `elements`: two of `<audio>`. */
  constructor(elements) {
    super();
    [this.#heard, this.#spare] = elements;
    this.#spare.volume = 0.5;
    this.#canFade = this.#spare.volume === 0.5;
    for (const element of elements) {
      for (const name of EVENTS) {
        element.addEventListener(name, () => { if (element === this.#heard) this.dispatchEvent(new Event(name)); });
      }
      element.addEventListener("error", () => { if (element === this.#spare) this.#ready = null; });
      element.addEventListener("pause", () => { if (element === this.#heard) this.settle(); });
    }
  }

  /** The element that is heard. */
  get heard() { return this.#heard; }

  /** From 0 to 1, as the visitor wishes it. */
  set volume(volume) {
    this.#volume = volume;
    this.#setVolumes();
  }

  /** Decibels of the song that is heard. Nothing gets louder than it is. */
  set gain(decibels) {
    this.#gain = factor(decibels);
    this.#setVolumes();
  }

  /** Whether two songs are heard at once. */
  get isFading() { return this.#fade !== null; }

  /** Seconds that two songs may be heard at once, of those wished. */
  overlap(wished) {
    if (!this.#canFade || !this.#ready) return 0;
    return Math.min(wished, ...[this.#heard, this.#spare].map(({ duration }) => duration / 3 || 0));
  }

  #setVolumes() {
    const { into = 1, from = 0 } = this.#fade?.at() ?? {};
    this.#heard.volume = this.#volume * this.#gain * into;
    if (this.#fade) this.#spare.volume = this.#volume * this.#fade.gain * from;
  }

  /** Loads what comes next, to be begun without delay. */
  prepare(key, address, decibels) {
    this.settle();
    this.#let(this.#spare);
    this.#ready = { key, gain: factor(decibels) };
    this.#spare.src = address;
  }

  /** Whether that song could begin now. */
  isReady(key) { return this.#ready !== null && this.#ready.key === key && this.#spare.readyState >= 3; }

  /** The prepared song is heard from now on, the one before fades within so many seconds. Gives whether it is: browsers may
      forbid a second sound. */
  async cross(seconds) {
    this.settle();
    const ready = this.#ready;
    this.#spare.volume = seconds > 0 ? 0 : this.#volume * ready.gain;
    try {
      await this.#spare.play();
    } catch {
      if (this.#ready === ready) this.drop();
      return false;
    }
    // Something else was wished meanwhile, or a pause.
    if (this.#ready !== ready) return false;
    if (this.#heard.paused && !this.#heard.ended) {
      this.#spare.pause();
      this.#spare.currentTime = 0;
      return false;
    }
    this.#ready = null;
    const before = this.#gain;
    [this.#heard, this.#spare] = [this.#spare, this.#heard];
    this.#spare.removeAttribute("id");
    this.#heard.id = ID;
    this.#gain = ready.gain;
    this.#begin(seconds, before);
    return true;
  }

  /** Without seconds the song before goes on to its end. */
  #begin(seconds, gain) {
    const began = performance.now(), length = 1000 * seconds;
    // Both together are always equally loud: sin² + cos² = 1.
    const at = () => {
      const turn = length ? Math.min(1, (performance.now() - began) / length) * (Math.PI / 2) : 0;
      return length ? { into: Math.sin(turn), from: Math.cos(turn) } : { into: 1, from: 1 };
    };
    const old = this.#spare;
    const step = () => {
      if (old.ended || old.paused || (length && performance.now() - began >= length)) this.settle();
      else this.#setVolumes();
    };
    this.#fade = { at, gain, timer: setInterval(step, STEP) };
    this.#setVolumes();
  }

  /** Whatever fades is gone at once. */
  settle() {
    if (!this.#fade) return;
    clearInterval(this.#fade.timer);
    this.#fade = null;
    this.#let(this.#spare);
    this.#setVolumes();
  }

  /** What was prepared is not wanted any more. */
  drop() {
    this.settle();
    this.#ready = null;
    this.#let(this.#spare);
  }

  /** Nothing is heard, and what was played is given back. */
  letGo() {
    this.drop();
    this.#let(this.#heard);
  }

  #let(element) {
    element.pause();
    if (element.src.startsWith("blob:")) URL.revokeObjectURL(element.src);
    if (!element.hasAttribute("src")) return;
    element.removeAttribute("src");
    element.load();
  }
}

/** As loud as is wished, the song's own loudness taken off: what is too soft stays so, since nothing goes above all. */
const factor = (decibels) => Math.min(1, 10 ** ((decibels ?? 0) / 20));
