// Faces and their emotions, found in this browser: no picture leaves it.
//
//   import { load } from "./fermusic.js";
//   const recogniser = await load();
//   const { faces } = await recogniser.analyse(image);

/** The smallest module that needs 128-bit vectors. */
const VECTORS = Uint8Array.of(
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11);
/** Pictures are looked at no larger than this, in pixels a side: of their own, and of a stream. */
const SIDE = 2560, STREAM_SIDE = 480;

/** Whether this browser has what the engine needs. */
export const isPossible = () =>
  typeof Worker !== "undefined" && typeof OffscreenCanvas !== "undefined" && typeof WebAssembly !== "undefined" && WebAssembly.validate(VECTORS);

/** Loads engine and plans: by default those beside this file. Throws where one is missing or damaged. */
export async function load({
  module = new URL("engine/fermusic.wasm", import.meta.url), detector = new URL("engine/yunet.fmplan", import.meta.url),
  emotions = new URL("engine/emotions.fmplan", import.meta.url), worker = new URL("fermusic-worker.js", import.meta.url),
} = {}) {
  if (!isPossible()) throw new Error("this browser has no WebAssembly with vectors");
  const recogniser = new Recogniser(new Worker(worker, { type: "module" }));
  try {
    await recogniser.open(module, detector, emotions);
  } catch (error) {
    recogniser.close();
    throw error;
  }
  return recogniser;
}

class Recogniser {
  /** The emotions, in the model's order. */
  classes = [];
  #worker;
  #waiting = new Map();
  #number = 0;

  constructor(worker) {
    this.#worker = worker;
    worker.addEventListener("message", ({ data: { number, answer, problem, isMissing } }) => {
      const { resolve, reject } = this.#waiting.get(number) ?? {};
      this.#waiting.delete(number);
      if (problem === undefined) resolve?.(answer);
      else reject?.(Object.assign(new Error(problem), { isMissing }));
    });
    worker.addEventListener("error", (event) => this.#fail(event.message ?? "the engine could not be started"));
  }

  #fail(problem) {
    for (const { reject } of this.#waiting.values()) reject(new Error(problem));
    this.#waiting.clear();
  }

  #ask(kind, wish, transfer = []) {
    return new Promise((resolve, reject) => {
      this.#waiting.set(++this.#number, { resolve, reject });
      this.#worker.postMessage({ number: this.#number, kind, ...wish }, transfer);
    });
  }

  async open(module, detector, emotions) {
    this.classes = await this.#ask("open", { module: `${module}`, detector: `${detector}`, emotions: `${emotions}` });
  }

  /** Where each class lies on the plane of moods: `[{ valence, energy }]`, 0 to 1. Without, `mood` is null. */
  async setPlaces(places) {
    await this.#ask("places", { numbers: places.flatMap(({ valence, energy }) => [valence, energy]) });
  }

  /** Forgets the faces of the stream; from now on only these classes are told apart. */
  async begin(classes = this.classes) {
    const bits = this.classes.reduce((sum, name, index) => (classes.includes(name) ? sum + 2 ** index : sum), 0);
    await this.#ask("begin", { classes: bits });
  }

  /** The faces in a picture: an element, canvas, ImageBitmap, ImageData, VideoFrame or file (Blob). With `time`, in
      seconds, it is the next one of a stream, whose faces are followed. */
  async analyse(source, { time = null, side = time === null ? SIDE : STREAM_SIDE } = {}) {
    return this.#show("look", source, side, { time });
  }

  /** The emotion of a face that fills the picture, which somebody else found. */
  async recognise(source) { return this.#show("recognise", source, STREAM_SIDE, {}); }

  async #show(kind, source, side, wish) {
    const picture = await transferable(source);
    const whole = { width: picture.displayWidth ?? picture.width, height: picture.displayHeight ?? picture.height };
    const scale = Math.min(1, side / Math.max(whole.width, whole.height));
    const width = Math.max(1, Math.round(whole.width * scale)), height = Math.max(1, Math.round(whole.height * scale));
    return this.#ask(kind, { picture, width, height, whole, ...wish }, [picture]);
  }

  /** Milliseconds that this device needs to search a picture of 320 x 240. */
  async measure() {
    const canvas = new OffscreenCanvas(320, 240);
    canvas.getContext("2d").fillRect(80, 60, 160, 120);
    let best = Infinity;
    for (let turn = 0; turn < 3; turn += 1) {
      const { timing } = await this.analyse(canvas, { time: turn * 10 });
      best = Math.min(best, timing.total);
    }
    await this.begin();
    return best;
  }

  /** Ends it and gives its memory back. */
  close() {
    this.#worker.terminate();
    this.#fail("the recogniser was closed");
  }
}

/** The picture as something that can be given to the worker without a copy. */
async function transferable(source) {
  if (typeof VideoFrame !== "undefined") {
    if (source instanceof VideoFrame) return source.clone();
    try {
      if (source instanceof HTMLVideoElement) return new VideoFrame(source);
    } catch {
      // Some browsers do not make one of every video.
    }
  }
  return createImageBitmap(source);
}
