// Hears songs beside the page, so that the page never waits for it. Talked to by listen.js.

let ear = null;

/** Samples in the ear's memory; to be freed. */
const room = (samples) => ear.fermusic_allocate(samples.byteLength);

const work = {
  async open({ module }) {
    const answer = await fetch(module, { credentials: "same-origin" });
    if (!answer.ok) throw new Error(`${module}: ${answer.status}`);
    ear = (await WebAssembly.instantiate(await answer.arrayBuffer())).instance.exports;
    ear._initialize();
    return { rate: ear.fermusic_rate(), seconds: ear.fermusic_seconds() };
  },

  /** Where to begin in a song of so many seconds. */
  start({ length }) { return ear.fermusic_start(length); },

  /** What one or two channels sound like, which begin at `start` in a song of `length`; null for silence. */
  hear({ channels, length, start }) {
    const places = channels.map(room);
    // Making room may move the memory.
    places.forEach((place, index) => new Float32Array(ear.memory.buffer, place, channels[index].length).set(channels[index]));
    const count = ear.fermusic_hear(places[0], places[1] ?? 0, channels[0].length, length, start);
    places.forEach((place) => ear.fermusic_free(place));
    if (!count) return null;
    const [valence, energy, valenceError, energyError, loudness, tempo] = new Float64Array(ear.memory.buffer, ear.fermusic_answer(), count);
    return { valence, energy, valenceError, energyError, loudness, tempo };
  },
};

addEventListener("message", async ({ data: { number, kind, ...wish } }) => {
  try {
    postMessage({ number, answer: await work[kind](wish) });
  } catch (error) {
    postMessage({ number, problem: error.message });
  }
});
