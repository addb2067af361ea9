// A folder of the visitor's own machine, played from there: nothing of it leaves the browser.

import { plays } from "./sources.js";
import { tagsOf } from "./tags.js";

/** Endings of music whose type not every browser knows by itself. */
const TYPES = { mp3: "audio/mpeg", flac: "audio/flac", ogg: "audio/ogg", oga: "audio/ogg", opus: "audio/ogg", m4a: "audio/mp4", m4b: "audio/mp4", aac: "audio/aac", wav: "audio/wav", webm: "audio/webm",
  wma: "audio/x-ms-wma", aif: "audio/aiff", aiff: "audio/aiff", ape: "audio/x-ape", wv: "audio/x-wavpack" };
/** Songs that are taken, files whose tags are read, and how many of them are told at once. */
const MOST = 20_000, MOST_READ = 2000, AT_ONCE = 25;

/** The songs of some files, in the order of their places, each with its file as `local`; how many others are music that this
    browser does not play; and what the folder is called. */
export function songsOf(files) {
  const order = new Intl.Collator(undefined, { numeric: true });
  const place = (file) => file.webkitRelativePath || file.name;
  const music = files.filter(({ name }) => !name.startsWith(".") && typeOf(name)).slice(0, MOST).sort((a, b) => order.compare(place(a), place(b)));
  const songs = music.filter(({ name, type }) => plays(type.startsWith("audio/") ? type : typeOf(name)))
    .map((file, index) => ({ key: `local-${index}-${file.size}`, local: file, ...namesOf(place(file)) }));
  return { songs, others: music.length - songs.length, name: music.length ? place(music[0]).split("/")[0] : "" };
}

/** Reads what the files' tags call the songs and how loud they are: `amend` gets { title, artist, gain } with any, by keys, some
    at a time. Ends early when `isOver()`. */
export async function readTags(songs, amend, isOver) {
  let names = new Map();
  for (const song of songs.slice(0, MOST_READ)) {
    const tags = await tagsOf(song.local);
    if (isOver()) return;
    if (tags) names.set(song.key, tags);
    if (names.size < AT_ONCE && song !== songs[0]) continue;
    amend(names);
    names = new Map();
  }
  amend(names);
}

const typeOf = (name) => TYPES[name.split(".").pop().toLowerCase()] ?? null;

/** What a file without tags is called: "Artist/Album/01 Title.mp3", "Artist - Title.mp3", "01 - Artist - Title.mp3". */
export function namesOf(path) {
  const parts = path.split("/"), file = parts.pop().replace(/\.[^.]*$/, "").replaceAll("_", " ").trim();
  // "99 Luftballons" is no 99th track.
  const bare = file.replace(/^(?:\d{1,2}-)?(?:0\d{1,2}|\d{1,3}(?=[.)]| -))(?:[.)]| -)?\s+/, "") || file;
  const dash = bare.indexOf(" - ");
  if (dash > 0) return { artist: bare.slice(0, dash).trim(), title: bare.slice(dash + 3).trim() || bare };
  // The picked folder itself is nobody's name, unless it is all there is.
  const artist = parts.length > 2 ? parts.at(-2) : parts.at(-1) ?? "";
  return { artist, title: bare };
}
