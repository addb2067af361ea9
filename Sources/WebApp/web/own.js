// The visitor's own music, from a folder that was picked: it plays, and once it was heard, what suits the mood comes first.

import { find, icon, make } from "./dom.js";
import { readTags, songsOf } from "./folder.js";
import * as heard from "./heard.js";
import { moods, places } from "./moods.js";
import * as player from "./player.js";
import { say } from "./snack.js";
import { t } from "./texts.js";

/** How much farther than the nearest song's another one's mood may be from what is asked for and still suit. */
const NEAR = 0.15;
/** The loudness that songs are brought to, in LUFS (ReplayGain 2). */
const LEVEL = -18;
/** Milliseconds between two changes of what comes next while songs are being heard. */
const PAUSE = 4000;

/** What was picked: { songs, others, name }. A song that was heard has `features`. */
let folder = { songs: [], others: 0, name: "" };
/** See `EngineFiles.sound`. */
let engine = null;
/** The listening that is under way: { ear }. */
let listening = null;
/** Keys of songs that could not be heard. */
let failed = new Set();
let steered = 0;

const known = () => folder.songs.filter(({ features }) => features);
const unheard = () => folder.songs.filter(({ key, features }) => !features && !failed.has(key));
const distance = ({ features }, mood) => Math.hypot(features.valence - mood.valence, features.energy - mood.energy);
const moodNow = () => moods.settled?.mood ?? places.get("neutral");

/** Plays the music among these files, in the order of their places. Where there is none, what was picked before stays. */
export async function pick(files, sound) {
  const mine = songsOf(files), { songs, others, name } = mine, count = songs.length;
  say(!count ? t("folder-none") : others ? t("folder-some", { n: count, name, others }) : t("folder-all", { n: count, name }));
  if (!count) return;
  stop();
  folder = mine;
  engine = sound;
  failed = new Set();
  tell();
  player.playAll(songs);
  readTags(songs, amend, () => folder !== mine);
  if (!engine) return;
  const sounds = await heard.recall(songs.map(({ local }) => local), engine.version);
  if (folder !== mine) return;
  note(new Map(songs.map(({ key }, index) => [key, sounds[index]]).filter(([, found]) => found)));
  steer();
  tell();
}

/** The songs that were heard, those nearest to a mood first. */
export const nearest = (mood) => known().sort((a, b) => distance(a, mood ?? moodNow()) - distance(b, mood ?? moodNow()));

/** Those of them that suit the mood there is now. */
export function suits() {
  const mood = moodNow(), all = nearest(mood);
  return all.filter((song) => distance(song, mood) <= distance(all[0], mood) + NEAR);
}

/** What comes next is what suits the mood; the song that plays is not cut off, and nothing moves under a hand. */
export function steer() {
  const { upcoming } = player.queue;
  if (!known().length || !upcoming.every(({ local }) => local) || find("player-queue").matches(":hover, :focus-within")) return;
  const mood = moodNow();
  player.queue.order((song) => (song.features ? distance(song, mood) : Infinity));
  steered = performance.now();
}

function amend(names) {
  for (const song of folder.songs) Object.assign(song, Object.fromEntries(Object.entries(names.get(song.key) ?? {}).filter(([, value]) => value)));
  player.amend(names);
}

/** What was heard, by keys. Tags know a whole song's loudness. */
function note(sounds) {
  const tagged = new Map(folder.songs.map(({ key, gain }) => [key, gain]));
  amend(new Map([...sounds].map(([key, { valence, energy, loudness }]) => [key, { features: { valence, energy }, gain: tagged.get(key) ?? LEVEL - loudness }])));
}

/** Tells the page that more is known: not while songs are being heard, so that nothing moves every second. */
function tell() {
  show();
  dispatchEvent(new Event("fermusic-heard"));
}

async function listen() {
  const run = (listening = { ear: null });
  show();
  try {
    const { Ear } = await import("./listen.js");
    for (const song of unheard()) {
      run.ear ??= await Ear.open(engine.module);
      if (run !== listening) return;
      // What breaks the ear is not heard; the next one gets a new one.
      const sound = await run.ear.hear(song.local).catch(() => { run.ear.close(); run.ear = null; return null; });
      if (run !== listening) return;
      if (sound) await heard.keep(song.local, sound, engine.version);
      else failed.add(song.key);
      if (run !== listening) return;
      if (sound) note(new Map([[song.key, sound]]));
      show();
      if (performance.now() - steered > PAUSE) steer();
    }
  } catch {
    if (run === listening) say(t("listen-failed"));
  } finally {
    run.ear?.close();
  }
  if (run !== listening) return;
  listening = null;
  steer();
  tell();
  if (!unheard().length) say(heardText());
}

function stop() {
  if (!listening) return;
  listening.ear?.close();
  listening = null;
  steer();
  tell();
}

function heardText() {
  const n = known().length, { name } = folder, others = failed.size;
  return others ? t("listened-some", { n, name, others }) : t("listened", { n, name });
}

/** The line below the heading of what plays right here. */
export function show() {
  let line = find("own");
  if (!line) find("pieces").before((line = make("div", { id: "own", class: "own" })));
  const all = folder.songs.length, left = unheard().length, hadFocus = line.contains(document.activeElement);
  line.hidden = !all || !engine;
  if (line.hidden) return;
  find("here").hidden = false;
  if (listening) {
    const n = all - left;
    // The button stays the same one while it counts.
    if (!line.querySelector("progress")) {
      line.replaceChildren(make("span", {}), make("progress", { "aria-label": t("listen") }),
        make("button", { type: "button", class: "key", onclick: stop }, icon("stop"), make("span", {}, t("listen-stop"))));
    }
    line.firstChild.textContent = t("listening", { n, count: all });
    Object.assign(line.querySelector("progress"), { max: all, value: n });
  } else {
    line.replaceChildren(make("span", {}, left ? t(known().length ? "listen-rest" : "listen-lead", { name: folder.name, n: left }) : heardText()),
      ...(left ? [make("button", { type: "button", class: "key", onclick: listen }, icon("volume"), make("span", {}, t("listen")))] : []));
  }
  if (hadFocus) (line.querySelector("button") ?? find("play-mood")).focus({ preventScroll: true });
}
