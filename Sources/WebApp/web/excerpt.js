// The part of a long file that is heard, cut out of it at frames or pages: browsers decode all that they are given.

/** Seconds that a decoder gets before the part, to get going, and behind it, since pages may be long. */
const LEAD = 1, TAIL = 3;
/** Bytes in which a frame of FLAC or a page of Ogg begins, wherever one looks; and those of MP3 that are read at a time. */
const WINDOW = 256 << 10, BLOCK = 1 << 20;

const read = async (file, start, end) => new Uint8Array(await file.slice(start, end).arrayBuffer());
const word = (bytes, at, size = 4) => String.fromCharCode(...bytes.subarray(at, at + size));
const number = (bytes, at, size = 4) => Array.from({ length: size }, (_, index) => (bytes[at + index] ?? 0) * 256 ** index).reduce((sum, part) => sum + part, 0);

/** A file with the sound from a bit before `start(length)` on for so many seconds, as { file, from, start, length }: `from` is when in
    the song it begins. `told` is the song's length, where the browser knows it. Null for kinds that are not cut. */
export async function excerpt(file, told, start, seconds) {
  const head = await read(file, 0, WINDOW);
  if (word(head, 0) === "RIFF" && word(head, 8) === "WAVE") return wave(file, start, seconds);
  const place = word(head, 0, 3) === "ID3" ? 10 + head.subarray(6, 10).reduce((sum, byte) => sum * 128 + byte, 0) : 0;
  const first = place ? await read(file, place, place + WINDOW) : head;
  const cut = word(first, 0) === "fLaC" ? await flac(file, place) : word(first, 0) === "OggS" ? await ogg(file, first) : null;
  if (!cut) return frame(first, 0) ? mpeg(file, place, start, seconds) : null;
  if (!Number.isFinite(told)) return null;
  const begin = await start(told), low = await seek(file, cut, begin - LEAD), high = await seek(file, { ...cut, ...low }, begin + seconds + TAIL);
  return { file: new Blob([cut.head, file.slice(low.place, high.place)]), from: low.time, start: begin, length: told };
}

async function wave(file, start, seconds) {
  let place = 12, format = null, size = 0;
  while (place + 8 < file.size) {
    const chunk = await read(file, place, place + 1024), name = word(chunk, 0);
    size = number(chunk, 4);
    place += 8;
    if (name === "data") break;
    if (name === "fmt ") format = chunk.slice(8, 8 + size);
    place += size + (size & 1);
  }
  const rate = format && number(format, 8), block = format && number(format, 12, 2);
  if (!rate || !block || place >= file.size) return null;
  // Written as it came, a file does not know its size.
  const length = Math.min(size || Infinity, file.size - place) / rate, begin = await start(length);
  const at = (time) => place + Math.floor((Math.min(Math.max(time, 0), length) * rate) / block) * block;
  const from = at(begin - LEAD), sound = file.slice(from, at(begin + seconds + TAIL)), told = (count) => new Uint32Array([count]);
  const parts = ["RIFF", told(20 + format.length + sound.size), "WAVEfmt ", told(format.length), format, "data", told(sound.size), sound];
  return { file: new Blob(parts), from: (from - place) / rate, start: begin, length };
}

const KILOBITS = [[32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320], [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160]];

/** A frame of MP3 (ISO 11172-3 and 13818-3, layer III): { size, seconds }; null where none begins. */
function frame(bytes, at) {
  const [sync, kind, rates] = bytes.subarray(at, at + 3), version = (kind >> 3) & 3, kilobits = KILOBITS[version === 3 ? 0 : 1][(rates >> 4) - 1];
  const rate = [44100, 48000, 32000][(rates >> 2) & 3] >> [2, 0, 1, 0][version];
  if (sync !== 0xff || (kind & 0xe6) !== 0xe2 || version === 1 || !kilobits || !rate) return null;
  const samples = version === 3 ? 1152 : 576;
  return { size: Math.floor((samples * 125 * kilobits) / rate) + ((rates >> 1) & 1), seconds: samples / rate };
}

/** Frames tell their own length and no time, so all of them are looked at, a piece of the file after the other. */
async function mpeg(file, place, start, seconds) {
  // Where the first frame of each second begins.
  const marks = [];
  let time = 0;
  for (let next; place < file.size; place += next) {
    const bytes = await read(file, place, place + BLOCK), isLast = place + bytes.length >= file.size;
    // A frame counts where another one follows it.
    for (next = 0; next < bytes.length - (isLast ? 4 : 4096);) {
      const found = frame(bytes, next);
      if (!found || (next + found.size + 4 <= bytes.length && !frame(bytes, next + found.size))) {
        next += 1;
        continue;
      }
      if (time >= marks.length) marks.push({ place: place + next, time });
      next += found.size;
      time += found.seconds;
    }
    if (isLast) break;
  }
  const begin = await start(time), low = marks[Math.max(0, Math.floor(begin - LEAD))], high = marks[Math.ceil(begin + seconds + TAIL)];
  return low && { file: file.slice(low.place, high?.place), from: low.time, start: begin, length: time };
}

/** The last place, from `place` on, whose sound begins at `wanted` or before: { place, time }. `find` gives the first one in bytes
    from a place on, { place, end, time }, `end` from where to go on. */
async function seek(file, { place, time, find }, wanted) {
  let high = file.size;
  while (high - place > WINDOW) {
    const middle = Math.floor((place + high) / 2), found = find(await read(file, middle, middle + WINDOW), 0);
    if (found && found.time <= wanted) ({ place, time } = { place: middle + found.place, time: found.time });
    else high = middle;
  }
  const bytes = await read(file, place, place + 2 * WINDOW), begin = place;
  for (let found = find(bytes, 0); found && found.time <= wanted; found = find(bytes, found.end)) ({ place, time } = { place: begin + found.place, time: found.time });
  return { place, time };
}

/** Frames of FLAC (RFC 9639), behind what the first block of the file says of all. */
async function flac(file, place) {
  const head = await read(file, place, place + 42), block = head[8] * 256 + head[9], rate = head[18] * 4096 + head[19] * 16 + (head[20] >> 4);
  for (let isLast = false, next = place + 4; !isLast; place = next) {
    const [kind, a, b, c] = await read(file, next, next + 4);
    if (kind === undefined) return null;
    isLast = kind > 127;
    next += 4 + a * 65536 + b * 256 + c;
  }
  // No other blocks follow, how many samples there are is not known, nor their checksum.
  head[4] |= 128;
  head[21] &= 0xf0;
  head.fill(0, 22, 42);
  // All frames are of one kind.
  const [, sync, rateSize, channelsBits] = await read(file, place, place + 4);
  const find = (bytes, at) => {
    for (; at + 16 < bytes.length; at += 1) {
      if (bytes[at] !== 0xff || bytes[at + 1] !== sync || (bytes[at + 2] ^ rateSize) & 15 || (bytes[at + 3] ^ channelsBits) & 15) continue;
      const ones = Math.clz32(~(bytes[at + 4] << 24)), count = Math.max(1, ones), sizes = bytes[at + 2] >> 4, rates = bytes[at + 2] & 15;
      const size = 4 + count + ([0, 0, 0, 0, 0, 0, 1, 2][sizes] ?? 0) + ([1, 2, 2][rates - 12] ?? 0);
      let sum = 0;
      for (const byte of bytes.subarray(at, at + size)) for (let bit = 7, rest = (sum ^= byte); bit >= 0; bit -= 1) sum = rest = ((rest << 1) ^ (rest > 127 ? 7 : 0)) & 255;
      if (ones === 1 || ones > 7 || sum !== bytes[at + size]) continue;
      let value = ones ? bytes[at + 4] & (127 >> ones) : bytes[at + 4];
      for (const byte of bytes.subarray(at + 5, at + 4 + count)) value = value * 64 + (byte & 63);
      return { place: at, end: at + size, time: (value * (bytes[at + 1] & 1 ? 1 : block)) / rate };
    }
    return null;
  };
  return rate ? { head, place, time: 0, find } : null;
}

/** Pages of Ogg (RFC 3533) with Opus or Vorbis; the sound behind a page begins when the page says that it ends. */
async function ogg(file, first) {
  const isOpus = word(first, 28) === "Opus", rate = isOpus ? 48000 : word(first, 29, 6) === "vorbis" ? number(first, 40) : 0, serial = number(first, 14);
  if (!rate) return null;
  const pageEnd = (bytes, at) => bytes.subarray(at + 27, at + 27 + bytes[at + 26]).reduce((sum, size) => sum + size, at + 27 + bytes[at + 26]);
  let place = 0;
  for (let left = isOpus ? 2 : 3; left > 0;) {
    const bytes = await read(file, place, place + 282);
    if (word(bytes, 0) !== "OggS") return null;
    left -= bytes.subarray(27, 27 + bytes[26]).reduce((sum, size) => sum + (size < 255), 0);
    place += pageEnd(bytes, 0);
  }
  const find = (bytes, at) => {
    for (; at + 282 < bytes.length; at += 1) {
      if (bytes[at] !== 79 || word(bytes, at) !== "OggS" || bytes[at + 4] || number(bytes, at + 14) !== serial || bytes[at + 13] === 255) continue;
      const end = pageEnd(bytes, at);
      return { place: end, end, time: number(bytes, at + 6, 8) / rate };
    }
    return null;
  };
  return { head: file.slice(0, place), place, time: 0, find };
}
