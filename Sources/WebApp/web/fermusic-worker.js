// Runs the engine beside the page, so that the page never waits for it. Talked to by fermusic.js.

let engine = null;
/** Where a picture's pixels lie in the engine's memory. */
let room = { place: 0, bytes: 0 };
let canvas = null, pen = null;

/** What could not be fetched: nothing is wrong with the device. */
class Missing extends Error {}

async function fetched(address) {
  const answer = await fetch(address, { credentials: "same-origin" }).catch((problem) => { throw new Missing(problem.message); });
  if (!answer.ok) throw new Missing(`${address}: ${answer.status}`);
  return answer;
}

/** What the module gives: it asks a page for the time, and for nothing else. */
async function instantiate(address) {
  const answer = await fetched(address), imports = { fermusic: { now: () => performance.now() } };
  const { instance: { exports } } = answer.headers.get("Content-Type")?.startsWith("application/wasm")
    ? await WebAssembly.instantiateStreaming(answer, imports) : await WebAssembly.instantiate(await answer.arrayBuffer(), imports);
  exports._initialize();
  return exports;
}

/** Bytes in the engine's memory; to be freed. */
function put(bytes) {
  const place = engine.fermusic_allocate(bytes.byteLength);
  new Uint8Array(engine.memory.buffer).set(new Uint8Array(bytes.buffer ?? bytes), place);
  return place;
}

function text(place, count) {
  const bytes = new Uint8Array(engine.memory.buffer, place);
  return new TextDecoder().decode(bytes.subarray(0, count ?? bytes.indexOf(0)));
}

function checked(count) {
  if (count < 0) throw new Error(text(engine.fermusic_problem()));
  return count;
}

/** The last answer, of so many bytes. */
const answer = (count) => text(engine.fermusic_answer(), count);

const work = {
  async open({ module, detector, emotions }) {
    const [exports, ...plans] = await Promise.all([instantiate(module),
      ...[detector, emotions].map(async (address) => (await fetched(address)).arrayBuffer())]);
    engine = exports;
    const places = plans.map(put);
    const count = checked(engine.fermusic_session(places[0], plans[0].byteLength, places[1], plans[1].byteLength));
    for (const place of places) engine.fermusic_free(place);
    return Array.from({ length: count }, (_, index) => answer(engine.fermusic_class(index)));
  },

  /** Valence and energy of class after class. */
  places({ numbers }) {
    const place = put(new Float64Array(numbers));
    engine.fermusic_places(place, numbers.length / 2);
    engine.fermusic_free(place);
  },

  begin({ classes }) { engine.fermusic_begin(classes); },

  /** Draws the picture at `width` x `height` and looks at it; places are told in pixels of the whole. */
  look({ picture, width, height, whole, time }) {
    const place = draw(picture, width, height);
    return JSON.parse(answer(checked(engine.fermusic_look(place, width, height, time ?? -1, whole.width, whole.height))));
  },

  /** The emotion of a face that fills the picture. */
  recognise({ picture, width, height }) {
    return JSON.parse(answer(checked(engine.fermusic_recognise(draw(picture, width, height), width, height))));
  },
};

/** The picture's pixels in the engine's memory, over white. */
function draw(picture, width, height) {
  if (!canvas) {
    canvas = new OffscreenCanvas(width, height);
    pen = canvas.getContext("2d", { alpha: false, willReadFrequently: true });
  }
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, width, height);
  pen.drawImage(picture, 0, 0, width, height);
  picture.close();
  const { data } = pen.getImageData(0, 0, width, height);
  if (room.bytes !== data.length) {
    if (room.bytes) engine.fermusic_free(room.place);
    room = { place: engine.fermusic_allocate(data.length), bytes: data.length };
  }
  new Uint8Array(engine.memory.buffer).set(data, room.place);
  return room.place;
}

addEventListener("message", async ({ data: { number, kind, ...wish } }) => {
  try {
    postMessage({ number, answer: await work[kind](wish) });
  } catch (error) {
    postMessage({ number, problem: error.message, isMissing: error instanceof Missing });
  }
});
