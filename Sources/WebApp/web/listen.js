// Hears files of the visitor: this browser decodes them, and measures them with what the program hears songs with
// (engine/sound.wasm). Nothing leaves it.

/** Longer songs and larger files would fill the memory, since browsers decode all of a file: of these a part is cut out. Without a
    length the size tells. */
export const most = { seconds: 900, bytes: 150e6, bytesUntold: 20e6 };
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
      silent, or too long and of a kind that cannot be cut. Throws when the ear itself has failed. */
  async hear(file) {
    let failure = null;
    const startIn = (length) => this.#ask("start", { length }).catch((problem) => { throw (failure = problem); });
    const part = await this.#part(file, startIn).catch(() => { if (failure) throw failure; return null; });
    if (!part) return null;
    const { sound, from, start, length } = part;
    const first = Math.max(0, Math.round((start - from) * this.#rate)), count = Math.min(Math.round(this.#seconds * this.#rate), sound.length - first);
    const channels = [0, 1].slice(0, sound.numberOfChannels).map((channel) => sound.getChannelData(channel).slice(first, first + count));
    return this.#ask("hear", { channels, length, start }, channels.map(({ buffer }) => buffer));
  }

  /** What is decoded of a file: { sound, from, start, length }, in seconds of the song. */
  async #part(file, startIn) {
    const told = await lengthOf(file);
    if (Number.isFinite(told) ? told <= most.seconds && file.size <= most.bytes : file.size <= most.bytesUntold) {
      const sound = await this.#decode(file), length = sound.duration;
      return { sound, from: 0, start: await startIn(length), length };
    }
    const { excerpt } = await import("./excerpt.js"), part = await excerpt(file, told, startIn, this.#seconds);
    return part && { ...part, sound: await this.#decode(part.file) };
  }

  async #decode(file) { return new OfflineAudioContext(1, 1, this.#rate).decodeAudioData(await file.arrayBuffer()); }

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
