// Hears files of the visitor: this browser decodes them, and measures them with what the program hears songs with
// (engine/sound.wasm). Nothing leaves it.

/** Longer songs and larger files would fill the memory, since browsers decode all of a file. Without a length the size tells. */
const MOST_SECONDS = 900, MOST_BYTES = 150e6, MOST_BYTES_UNTOLD = 20e6;
/** Milliseconds that a file's beginning may take. */
const PATIENCE = 10_000;

export class Ear {
  #worker = new Worker(new URL("listen-worker.js", import.meta.url), { type: "module" });
  #waiting = new Map();
  #number = 0;
  /** Samples a second, and seconds that are heard. */
  #rate;
  #seconds;

  constructor() {
    this.#worker.addEventListener("message", ({ data: { number, answer, problem } }) => {
      const { resolve, reject } = this.#waiting.get(number) ?? {};
      this.#waiting.delete(number);
      if (problem === undefined) resolve?.(answer);
      else reject?.(new Error(problem));
    });
    this.#worker.addEventListener("error", () => this.close());
  }

  /** Loads the module at an address. Throws where this browser cannot. */
  static async open(module) {
    const ear = new Ear();
    try {
      ({ rate: ear.#rate, seconds: ear.#seconds } = await ear.#ask("open", { module: new URL(module, document.baseURI).href }));
      return ear;
    } catch (problem) {
      ear.close();
      throw problem;
    }
  }

  /** How a file sounds: { valence, energy, valenceError, energyError, loudness, tempo }; null for what cannot be decoded, is
      silent or too long. Throws when the ear itself has failed. */
  async hear(file) {
    const sound = await this.#decode(file).catch(() => null);
    if (!sound) return null;
    const length = sound.duration, start = await this.#ask("start", { length });
    const first = Math.round(start * this.#rate), count = Math.min(Math.round(this.#seconds * this.#rate), sound.length - first);
    const channels = [0, 1].slice(0, sound.numberOfChannels).map((channel) => sound.getChannelData(channel).slice(first, first + count));
    return this.#ask("hear", { channels, length, start }, channels.map(({ buffer }) => buffer));
  }

  async #decode(file) {
    if (file.size > MOST_BYTES) return null;
    const seconds = await lengthOf(file);
    if (Number.isFinite(seconds) ? seconds > MOST_SECONDS : file.size > MOST_BYTES_UNTOLD) return null;
    return new OfflineAudioContext(1, 1, this.#rate).decodeAudioData(await file.arrayBuffer());
  }

  #ask(kind, wish, transfer = []) {
    return new Promise((resolve, reject) => {
      this.#waiting.set(++this.#number, { resolve, reject });
      this.#worker.postMessage({ number: this.#number, kind, ...wish }, transfer);
    });
  }

  /** Ends it at once: whoever waits is told. */
  close() {
    this.#worker.terminate();
    for (const { reject } of this.#waiting.values()) reject(new Error("it has ended"));
    this.#waiting.clear();
  }
}

/** Seconds, as the file's beginning says. */
async function lengthOf(file) {
  const audio = new Audio(), address = URL.createObjectURL(file);
  try {
    return await new Promise((resolve, reject) => {
      audio.preload = "metadata";
      audio.addEventListener("loadedmetadata", () => resolve(audio.duration));
      audio.addEventListener("error", reject);
      setTimeout(reject, PATIENCE);
      audio.src = address;
    });
  } finally {
    audio.removeAttribute("src");
    audio.load();
    URL.revokeObjectURL(address);
  }
}
