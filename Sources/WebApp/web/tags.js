// Title, artist and loudness of a music file, from its tags: ID3 2.2 to 2.4 (MP3, AAC, WAV, AIFF), Vorbis comments (FLAC, Ogg)
// and MP4, which says nothing of its loudness here.
// Reads the little of the file where they are, LIMIT at once or, where a picture stands before the words, MOST, and gives
// null where it finds none.

const LIMIT = 256 << 10, MOST = 16 << 20;
/** Letters of a title that are kept. */
const LETTERS = 300;

/** { title, artist, gain } of a File, any of which may be missing, the gain in decibels (ReplayGain 2); null without tags. */
export async function tagsOf(file) {
  try {
    const bytes = await read(file, 0, LIMIT), kind = ascii(bytes, 0, 4);
    const found = kind.startsWith("ID3") ? id3(await read(file, 0, 10 + sevens(bytes, 6), MOST)) : kind === "fLaC" ? await flac(file) : kind === "OggS" ? ogg(bytes)
      : ascii(bytes, 4, 4) === "ftyp" ? await mp4(file) : kind === "RIFF" || kind === "FORM" ? await chunks(file, kind === "RIFF") : null;
    return found && Object.values(found).some(Boolean) ? found : null;
  } catch {
    // Whatever is damaged has no tags; its name is still there.
    return null;
  }
}

async function read(file, start, count, most = LIMIT) {
  return new Uint8Array(await file.slice(start, start + Math.min(count, most)).arrayBuffer());
}

const sevens = (bytes, at) => (bytes[at] << 21) | (bytes[at + 1] << 14) | (bytes[at + 2] << 7) | bytes[at + 3];

const ascii = (bytes, start, count) => String.fromCharCode(...bytes.subarray(start, start + count));
const view = (bytes) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
// Marks of order and nothing, and what would leave the line.
const clean = (text) => text.replace(/[\u0000-\u001f\u007f\ufeff\u202a-\u202e\u2066-\u2069]+/g, " ").trim().slice(0, LETTERS);

/** ID3 (id3.org): frames with a size each; of version 4 their sizes have seven bits a byte. */
function id3(bytes) {
  const version = bytes[3], flags = bytes[5];
  if (version < 2 || version > 4) return null;
  let body = bytes.subarray(10, 10 + sevens(bytes, 6));
  if (flags & 0x80 && version < 4) body = synchronised(body);
  const names = version === 2 ? { TT2: "title", TP1: "artist", TXX: "other" } : { TIT2: "title", TPE1: "artist", TXXX: "other" };
  const head = version === 2 ? 6 : 10, letters = version === 2 ? 3 : 4, found = {}, data = view(body);
  let at = 0;
  if (flags & 0x40 && version > 2) at = version === 4 ? sevens(body, 0) : data.getUint32(0) + 4;
  while (at + head <= body.length && body[at]) {
    const name = ascii(body, at, letters);
    const size = version === 2 ? (body[at + 3] << 16) | (body[at + 4] << 8) | body[at + 5] : version === 4 ? sevens(body, at + 4) : data.getUint32(at + 4);
    const start = at + head;
    at = start + size;
    if (!names[name] || at > body.length || (names[name] !== "other" && found[names[name]])) continue;
    let content = body.subarray(start, at);
    if (version === 4 && body[start - 1] & 1) content = content.subarray(4);
    if (version === 4 && body[start - 1] & 2) content = synchronised(content);
    if (names[name] === "other") take(found, ...texts(content));
    else found[names[name]] = clean(texts(content).find((text) => text) ?? "");
  }
  return found;
}

/** Without the zeros that keep decoders from taking text for sound. */
function synchronised(bytes) { return bytes.filter((byte, index) => byte !== 0 || index === 0 || bytes[index - 1] !== 0xff); }

/** The texts of a frame; many programs write another alphabet than Latin where they say it is. */
function texts(content) {
  const [encoding] = content, rest = content.subarray(1);
  const all = (label) => new TextDecoder(label).decode(rest).replaceAll("\ufeff", "").split("\0");
  if (encoding === 1) return all(rest[0] === 0xfe ? "utf-16be" : "utf-16le");
  if (encoding === 2) return all("utf-16be");
  if (encoding === 3) return all("utf-8");
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(rest).split("\0");
  } catch {
    return all("windows-1252");
  }
}

/** Takes over what a tag of this name says. */
function take(found, name = "", value = "") {
  name = name.toLowerCase();
  if (name === "title" || name === "artist") found[name] ??= clean(value);
  // "-6.54 dB"; Opus has 256ths of a decibel, and is brought to -23 LUFS where ReplayGain brings to -18 (RFC 7845).
  const gain = name === "replaygain_track_gain" ? parseFloat(value) : name === "r128_track_gain" ? parseInt(value, 10) / 256 + 5 : NaN;
  if (Math.abs(gain) <= 60) found.gain = gain;
}

/** Blocks of metadata (RFC 9639); the comment is of kind 4. */
async function flac(file) {
  for (let at = 4, count = 0; at + 4 <= file.size && count < 200; count += 1) {
    const head = await read(file, at, 4), size = (head[1] << 16) | (head[2] << 8) | head[3];
    if ((head[0] & 0x7f) === 4) return comment(await read(file, at + 4, size));
    if (head[0] & 0x80) return null;
    at += 4 + size;
  }
  return null;
}

/** Pages of Ogg (RFC 3533): the second packet of the first stream has the comment, after a name of its format. */
function ogg(bytes) {
  const packet = [];
  let packets = 0;
  for (let at = 0; at + 27 <= bytes.length && ascii(bytes, at, 4) === "OggS" && packets < 2;) {
    const count = bytes[at + 26];
    let place = at + 27 + count;
    for (let segment = 0; segment < count && packets < 2; segment += 1) {
      const size = bytes[at + 27 + segment];
      if (packets === 1) packet.push(bytes.subarray(place, place + size));
      place += size;
      if (size < 255) packets += 1;
    }
    at = place;
  }
  const whole = new Uint8Array(packet.reduce((sum, { length }) => sum + length, 0));
  packet.reduce((place, part) => (whole.set(part, place), place + part.length), 0);
  const head = ascii(whole, 0, 8);
  if (head === "OpusTags") return comment(whole.subarray(8));
  return head.slice(1, 7) === "vorbis" ? comment(whole.subarray(7)) : null;
}

/** A Vorbis comment: NAME=text, as often as there are texts. */
function comment(bytes) {
  const data = view(bytes), found = {};
  let at = 4 + data.getUint32(0, true);
  const count = Math.min(data.getUint32(at, true), 1000);
  at += 4;
  for (let index = 0; index < count; index += 1) {
    const size = data.getUint32(at, true), text = at + 4 + Math.min(size, 4 * LETTERS);
    const [, name, value] = /^(\w+)=([^]*)$/.exec(new TextDecoder().decode(bytes.subarray(at + 4, text))) ?? [];
    take(found, name, value);
    at += 4 + size;
    // The rest is cut off.
    if (at + 4 > bytes.length) break;
  }
  return found;
}

/** Boxes (ISO 14496-12): moov, udta, meta, ilst, and in it ©nam and ©ART. */
async function mp4(file) {
  let start = 0, end = file.size, skip = 0;
  for (const wanted of ["moov", "udta", "meta", "ilst"]) {
    const box = await boxIn(file, start + skip, end, wanted);
    if (!box) return null;
    ({ start, end } = box);
    // "meta" has a version before its boxes.
    skip = wanted === "meta" ? 4 : 0;
  }
  const bytes = await read(file, start, end - start), found = {};
  for (let at = 0; at + 24 <= bytes.length;) {
    const size = view(bytes).getUint32(at), name = { "\u00a9nam": "title", "\u00a9ART": "artist" }[ascii(bytes, at + 4, 4)];
    if (size < 8) break;
    if (name) found[name] = clean(new TextDecoder().decode(bytes.subarray(at + 24, at + size)));
    at += size;
  }
  return found;
}

async function boxIn(file, start, end, wanted) {
  for (let at = start, count = 0; at + 8 <= end && count < 200; count += 1) {
    const head = await read(file, at, 16), data = view(head);
    let size = data.getUint32(0), length = 8;
    if (size === 1) [size, length] = [Number(data.getBigUint64(8)), 16];
    if (size === 0) size = end - at;
    if (size < length) return null;
    if (ascii(head, 4, 4) === wanted) return { start: at + length, end: Math.min(end, at + size) };
    at += size;
  }
  return null;
}

/** WAV and AIFF: chunks, of which one may be ID3, or a list of information. */
async function chunks(file, isLittle) {
  let found = null;
  for (let at = 12, count = 0; at + 8 <= file.size && count < 100; count += 1) {
    const head = await read(file, at, 8), size = view(head).getUint32(4, isLittle);
    const name = ascii(head, 0, 4);
    if (/^id3 $/i.test(name)) return id3(await read(file, at + 8, size, MOST));
    const list = name === "LIST" && isLittle ? await read(file, at + 8, size) : null;
    if (list && ascii(list, 0, 4) === "INFO") found = information(list);
    if (found?.title) break;
    at += 8 + size + (size & 1);
  }
  return found;
}

/** RIFF's own: INAM and IART. */
function information(bytes) {
  const found = {};
  for (let at = 4; at + 8 <= bytes.length;) {
    const size = view(bytes).getUint32(at + 4, true), name = { INAM: "title", IART: "artist" }[ascii(bytes, at, 4)];
    if (name) found[name] = clean(new TextDecoder().decode(bytes.subarray(at + 8, at + 8 + size)));
    at += 8 + size + (size & 1);
  }
  return found;
}
