// How right plans are in WebAssembly, in Node: every picture of PublicTest with one emotion that most of FER+'s ten
// people saw, as the cards of the models have it.
//
//   node Benchmarks/plans.mjs fer2013.csv fer2013new.csv PLAN...
//
// Needs .build/wasm/fermusic.wasm (Scripts/build-wasm), plans of models that tell FER+'s eight emotions apart
// (fermusic model export), and the detector's: fermusic model export Checkpoints/yunet.onnx .build/wasm/yunet.fmplan

import { createReadStream, readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { brotliCompressSync, gzipSync } from "node:zlib";

const [pictures, votes, ...plans] = process.argv.slice(2);
const COLUMNS = ["neutral", "happy", "surprise", "sad", "angry", "disgust", "fear", "contempt"];

const lines = (path) => createInterface({ input: createReadStream(path) });

/** The emotion that most saw; null where there is none, or not one. */
function winner(counts) {
  const most = Math.max(...counts), first = counts.indexOf(most);
  return first < 8 && counts.lastIndexOf(most) === first ? COLUMNS[first] : null;
}

const told = [];
for await (const line of lines(votes)) told.push(line.split(",").slice(2).map(Number));
const exam = [];
let row = 0;
for await (const line of lines(pictures)) {
  if (row > 0 && line.trimEnd().endsWith("PublicTest")) {
    const emotion = winner(told[row]);
    if (emotion) exam.push({ emotion, pixels: line.split(",")[1].replaceAll('"', "").split(" ").map(Number) });
  }
  row += 1;
}

const module = await WebAssembly.compile(readFileSync(".build/wasm/fermusic.wasm"));
const imports = { fermusic: { now: () => performance.now() } };
for (const { module: owner, name } of WebAssembly.Module.imports(module)) (imports[owner] ??= {})[name] ??= () => { throw new Error(name); };

for (const path of plans) {
  const { exports: engine } = await WebAssembly.instantiate(module, imports);
  engine._initialize();
  const put = (bytes) => {
    const place = engine.fermusic_allocate(bytes.length);
    new Uint8Array(engine.memory.buffer).set(bytes, place);
    return place;
  };
  const plan = readFileSync(path), detector = readFileSync(".build/wasm/yunet.fmplan");
  const began = performance.now();
  if (engine.fermusic_session(put(detector), detector.length, put(plan), plan.length) < 0) throw new Error(path);
  const opening = performance.now() - began;
  const place = engine.fermusic_allocate(48 * 48 * 4);
  let right = 0;
  const start = performance.now();
  for (const { emotion, pixels } of exam) {
    const rgba = new Uint8Array(engine.memory.buffer, place, 48 * 48 * 4);
    pixels.forEach((value, index) => rgba.fill(value, 4 * index, 4 * index + 4));
    const count = engine.fermusic_recognise(place, 48, 48);
    const answer = JSON.parse(new TextDecoder().decode(new Uint8Array(engine.memory.buffer, engine.fermusic_answer(), count)));
    if (answer.emotion === emotion) right += 1;
  }
  const each = (performance.now() - start) / exam.length;
  console.log(`${path}: ${right} of ${exam.length}, ${(100 * right / exam.length).toFixed(2)} %; ${plan.length} bytes, ` +
    `gzip ${gzipSync(plan, { level: 9 }).length}, Brotli ${brotliCompressSync(plan).length}; opened in ${opening.toFixed(0)} ms, ${each.toFixed(2)} ms a picture`);
}
