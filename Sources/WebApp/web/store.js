// What this browser remembers: choices, history, likes. It leaves it only as part of a question for songs, where the server
// chooses them; to a personal server likes are told as well (songs.js).

const SETTINGS = "fermusic.settings";
const MEMORY = "fermusic.memory";
/** Lists of songs that are kept. */
const LISTS = 200;

function read(key, fallback) {
  try {
    return { ...fallback, ...JSON.parse(localStorage.getItem(key) ?? "{}") };
  } catch {
    return { ...fallback };
  }
}

function write(key, value) {
  try {
    localStorage.setItem(key, JSON.stringify(value));
  } catch {
    // Private windows may refuse: then it lasts as long as the page.
  }
}

const STANDARD = {
  pageLanguage: null, languages: [], without: [], artists: [], mode: "match", service: "any", count: 6,
  grouping: null, model: null, place: null, slowIn: null, choicesOpen: false, reasonsOpen: false, volume: 1, fade: 3,
};

export const settings = read(SETTINGS, STANDARD);

export function change(values) {
  Object.assign(settings, values);
  write(SETTINGS, settings);
}

const nothing = () => ({ lists: [], opinions: {}, plays: {} });
let memory = read(MEMORY, nothing());

/** What the owners of a personal server's catalogue said, here or elsewhere; visitors' own words count more. */
let household = { liked: [], disliked: [], likedArtists: [], dislikedArtists: [] };
export function setHousehold(opinions) { household = opinions ?? household; }

const remember = () => write(MEMORY, memory);
const now = () => Math.floor(Date.now() / 1000);
const brief = (song) => ({ id: song.id, title: song.title, artist: song.artist, link: song.links?.spotify });

/** `about`: what it is for, see songlist.js. */
export function noteList({ emotion, mixed, daytime, mode, like }, songs) {
  memory.lists.unshift({ time: now(), emotion: like ? `~ ${like.title}` : emotion, mixed: mixed ?? undefined, daytime, mode, songs: songs.map(brief) });
  memory.lists.length = Math.min(memory.lists.length, LISTS);
  remember();
}

/** Another song has come into the list that was noted last. */
export function amendList(old, other) {
  const place = memory.lists[0]?.songs.findIndex(({ id }) => id === old.id) ?? -1;
  if (place < 0) return;
  memory.lists[0].songs[place] = brief(other);
  remember();
}

/** An opinion: "like", "dislike" or "neutral", which takes it back. */
export function noteOpinion(song, opinion) {
  delete memory.opinions[song.id];
  for (const side of ["liked", "disliked"]) household[side] = household[side].filter((id) => id !== song.id);
  if (opinion !== "neutral") memory.opinions[song.id] = { opinion, time: now(), ...brief(song) };
  remember();
}

export const opinionOf = (id) => memory.opinions[id]?.opinion ?? "neutral";

export function notePlay(song) {
  memory.plays[song.id] = { time: now(), ...brief(song) };
  remember();
}

/** As the server wants it with a question for songs. */
export function listener() {
  const byTime = Object.values(memory.opinions).sort((a, b) => b.time - a.time);
  const day = now() - 7 * 86400;
  const offered = new Map();
  for (const list of memory.lists) {
    if (list.time < day) break;
    for (const song of list.songs) if (!offered.has(song.id)) offered.set(song.id, list.time);
  }
  const events = (entries) => entries.slice(0, 500).map(([song, time]) => ({ song, time }));
  const plays = Object.values(memory.plays).filter((play) => play.time > day * 1).sort((a, b) => b.time - a.time);
  const said = (opinion, others) => [...byTime.filter((o) => o.opinion === opinion).map((o) => o.id), ...others.filter((id) => !memory.opinions[id])].slice(0, 1000);
  const { liked, disliked, ...artists } = household;
  return {
    liked: said("like", liked), disliked: said("dislike", disliked), ...artists,
    played: events(plays.map((play) => [play.id, play.time])),
    offered: events([...offered]),
  };
}

export const history = () => memory;

/** Whether nothing is known of the visitor yet. */
export const isNew = () => !memory.lists.length && !Object.keys(memory.opinions).length && !Object.keys(memory.plays).length
  && [settings.languages, settings.without, settings.artists].every((chosen) => !chosen.length);

export const exported = () =>
  JSON.stringify({ program: "fermusic", exported: new Date().toISOString(), settings, ...memory }, null, 2);

/** Forgets lists, opinions and plays. */
export function purge() {
  memory = nothing();
  remember();
  dispatchEvent(new Event("fermusic-opinions"));
}

// Another tab has written: without this the next thing written here would undo it.
addEventListener("storage", ({ key }) => {
  if (key === SETTINGS || key === null) {
    Object.assign(settings, read(SETTINGS, STANDARD));
    dispatchEvent(new Event("fermusic-choices"));
  }
  if (key === MEMORY || key === null) {
    memory = read(MEMORY, nothing());
    dispatchEvent(new Event("fermusic-opinions"));
  }
});
