// The bar at the bottom that plays: our own sound, or a service's player in a frame, which is loaded only when tapped.

import { cover } from "./art.js";
import { Decks } from "./decks.js";
import { find, icon, make } from "./dom.js";
import { moods } from "./moods.js";
import * as pieces from "./pieces.js";
import { setUpKeys } from "./playerkeys.js";
import { Queue } from "./queue.js";
import { say } from "./snack.js";
import { coverOf, entry, isOut, playsHere, reason, source } from "./sources.js";
import * as store from "./store.js";
import { t } from "./texts.js";

export const queue = new Queue();
const decks = new Decks([find("player-audio"), find("player-other")]);
/** Seconds before it is heard that the next song is fetched. */
const AHEAD = 12;
/** Seconds that it begins before the end of the one before it, where they do not fade: what starting takes. */
const LEAD = 0.06;
/** Seconds after which "back" begins the song anew, and after which a song counts as heard. */
const ANEW = 4, HEARD = 5;
/** Changes with each song, so that an address that comes late is not played. */
let turn = 0;
let hasNoted = false, failures = 0, keptAt = 0;
/** The key of the song that is fetched ahead, when it is to begin, and the promise of whether it does. */
let coming = null, comingTimer = null, crossing = null;
/** Whether the song is to be heard: not after a reload, nor after a pause. */
let isWanted = false;

const clock = (seconds) => (Number.isFinite(seconds) ? `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}` : "–:––");

/** Whether a service's own player is there: it has keys of its own. */
const isFramed = () => find("player-frame").firstChild !== null;

export const isPlaying = () => !decks.heard.paused && !decks.heard.ended;
/** Whether this song is the one in the bar. */
export const isCurrent = (song) => queue.current?.key === entry(song).key;

/** Tells the page that another song plays, or that it has paused. */
const tell = () => dispatchEvent(new Event("fermusic-playing"));

export function setUp() {
  const on = (id, action) => find(id).addEventListener("click", action);
  on("player-toggle", toggle);
  on("player-next", next);
  on("player-back", back);
  on("player-close", close);
  on("player-list", () => showQueue(find("player-queue").hidden));
  find("player-position").addEventListener("input", ({ target }) => seek((target.value / 1000) * decks.heard.duration));
  const volume = find("player-volume");
  volume.value = Math.round(store.settings.volume * 100);
  const setVolume = () => { decks.volume = volume.value / 100; };
  setVolume();
  volume.addEventListener("input", setVolume);
  volume.addEventListener("change", () => store.change({ volume: volume.value / 100 }));
  for (const name of ["timeupdate", "durationchange"]) decks.addEventListener(name, showTime);
  for (const name of ["play", "pause", "ended"]) decks.addEventListener(name, showState);
  decks.addEventListener("ended", ended);
  decks.addEventListener("play", () => { isWanted = true; });
  decks.addEventListener("pause", () => { isWanted = false; });
  // What waits for a tap fails silently: nothing may start by itself.
  decks.addEventListener("error", () => { if (decks.heard.src) isWanted ? fail() : rest(); });
  queue.addEventListener("change", drawQueue);
  queue.addEventListener("change", () => { if (coming && coming !== queue.upcoming[0]?.key) forgetComing(); });
  addEventListener("pagehide", () => { if (queue.current) queue.keep(decks.heard.currentTime || queue.position); });
  setUpKeys({ isThere: () => queue.current !== null, isFramed, isPlaying, toggle, next, back, seek });
  // What was there before a reload is there again, but waits for a tap.
  if (queue.current) open(queue.current, { starts: false });
}

/** Plays a song now; what was to come comes after it. */
export function play(song) {
  failures = 0;
  queue.insert(entry(song));
  open(queue.current);
}

/** Plays all of these that can be played here, one after the other, from the first or the one named. */
export function playAll(songs, first = null) {
  failures = 0;
  const list = songs.filter(playsHere).map(entry);
  const place = first ? Math.max(0, list.findIndex(({ key }) => key === entry(first).key)) : 0;
  if (!list.length) return say(t("play-none"));
  queue.set(list, place);
  if (queue.current) open(queue.current);
}

/** What comes after the song that plays. */
export function follow(songs) { queue.replaceUpcoming(songs.filter(playsHere).map(entry)); }

export function toggle() {
  if (!queue.current || isFramed()) return;
  const { heard } = decks;
  if (!heard.src) return open(queue.current);
  const mine = turn;
  // Another song may have come before this one's answer.
  if (heard.paused) heard.play().catch((problem) => { if (mine === turn) fail(problem); });
  else heard.pause();
}

/** Without a song it would be where the next one begins. */
function seek(seconds) { if (decks.heard.duration) decks.heard.currentTime = seconds; }

/** On to the next song; where none is left, to a piece for the mood there is now, so that the music does not end. */
export function next() {
  do {
    if (queue.isAtEnd) queue.append(more());
    if (!queue.next()) return showState();
  } while (isOut(queue.current));
  open(queue.current);
}

function more() {
  const heard = queue.songs.slice(-3).map(({ key }) => key);
  const fresh = pieces.nearest(moods.settled?.mood).filter(({ key }) => !heard.includes(key));
  return fresh.slice(0, 2).filter(playsHere).map(entry);
}

export function back() {
  if (decks.heard.currentTime > ANEW || !queue.back()) decks.heard.currentTime = 0;
  else open(queue.current);
}

async function open(song, { starts = true } = {}) {
  const mine = ++turn;
  hasNoted = false;
  show(song);
  const way = source(song);
  find("player-frame").replaceChildren();
  find("player").classList.toggle("framed", Boolean(starts && way && way.kind !== "audio"));
  forgetComing();
  decks.letGo();
  if (!way) return starts && fail();
  if (way.kind !== "audio") {
    if (starts) {
      find("player-frame").append(frame(way, song));
      store.notePlay(song);
    }
    return showState();
  }
  // A service is asked when somebody wants to hear it.
  if (way.isPreview && !starts) return showState();
  try {
    const address = await way.address();
    if (mine !== turn) return;
    const { heard } = decks;
    decks.gain = way.gain;
    heard.src = address;
    if (queue.position) heard.addEventListener("loadedmetadata", () => { if (mine === turn) heard.currentTime = queue.position; }, { once: true });
    if (starts) await heard.play();
    else showState();
  } catch (problem) {
    // Another song or a pause came between.
    if (mine === turn && starts && problem.name !== "AbortError") fail(problem);
  }
}

/** What cannot be played says so, and why where that is known, and the next one gets its turn. */
async function fail(problem) {
  if (problem?.name === "NotAllowedError" || problem?.name === "AbortError") return showState();
  const song = queue.current, title = song?.title ?? "";
  failures += 1;
  rest();
  const mine = turn, why = song && await reason(song);
  if (mine !== turn) return;
  say(why ? t(why.text, why.values) : t("play-failed", { title }));
  if (failures < 4) next();
  else failures = 0;
}

/** The sound is let go: whoever wants the song again opens it anew, where it was. */
function rest() {
  turn += 1;
  if (decks.heard.currentTime) queue.keep(decks.heard.currentTime);
  forgetComing();
  decks.letGo();
  showState();
}

function frame(way, song) {
  const title = t("player-of", { title: song.title }), id = encodeURIComponent(way.id);
  return way.kind === "spotify"
    ? make("iframe", { title, src: `https://open.spotify.com/embed/track/${id}`, allow: "autoplay; clipboard-write; encrypted-media; fullscreen; picture-in-picture" })
    : make("iframe", { title, class: "wide", src: `https://www.youtube-nocookie.com/embed/${id}?autoplay=1`, referrerpolicy: "strict-origin-when-cross-origin",
        allow: "autoplay; encrypted-media; fullscreen; picture-in-picture" });
}

function close() {
  turn += 1;
  forgetComing();
  decks.letGo();
  find("player-frame").replaceChildren();
  const hadFocus = find("player").contains(document.activeElement);
  queue.clear();
  find("player").hidden = true;
  if (hadFocus) find("play-mood").focus();
  tell();
}

function show(song) {
  find("player").hidden = false;
  find("player-title").textContent = song.title;
  find("player-title").title = song.title;
  find("player-artist").textContent = song.piece ? t("piece-by") : song.artist;
  const drawn = () => cover({ ...song, features: song.features ?? { valence: 0.5, energy: 0.5 } });
  find("player-cover").replaceChildren(coverOf(song)
    ? make("img", { src: coverOf(song), alt: "", referrerpolicy: "no-referrer", onerror: ({ target }) => target.replaceWith(drawn()) }) : drawn());
  if (!("mediaSession" in navigator)) return;
  navigator.mediaSession.metadata = new MediaMetadata({
    title: song.title, artist: song.artist, artwork: [{ src: coverOf(song) ?? new URL("icon.svg", import.meta.url).href }],
  });
}

function showState() {
  const isOn = isPlaying();
  const button = find("player-toggle");
  button.replaceChildren(icon(isOn ? "pause" : "play"));
  button.setAttribute("aria-label", t(isOn ? "pause" : "play"));
  if ("mediaSession" in navigator) navigator.mediaSession.playbackState = isOn ? "playing" : queue.current ? "paused" : "none";
  showTime();
  tell();
}

function showTime() {
  const { currentTime, duration } = decks.heard;
  const share = duration ? currentTime / duration : 0;
  const slider = find("player-position");
  slider.value = Math.round(1000 * share);
  slider.style.setProperty("--share", `${(100 * share).toFixed(1)}%`);
  slider.setAttribute("aria-valuetext", `${clock(currentTime)} / ${clock(duration)}`);
  find("player-at").textContent = clock(currentTime);
  find("player-length").textContent = clock(duration || queue.current?.seconds);
  if (isPlaying() && currentTime > HEARD && !hasNoted) {
    hasNoted = true;
    failures = 0;
    if (queue.current?.id) store.notePlay(queue.current);
  }
  if (isPlaying()) lookAhead(duration - currentTime);
  if (isPlaying() && Math.abs(currentTime - keptAt) > 2) {
    keptAt = currentTime;
    queue.keep(currentTime);
  }
}

/** Seconds that one song fades into the next: none in a page that is not looked at, where timers are late. */
const overlap = () => decks.overlap(document.hidden ? 0 : store.settings.fade);

/** Fetches the next song before this one ends, in `left` seconds, and begins it in time. */
function lookAhead(left) {
  if (!coming && !decks.isFading && left < AHEAD + store.settings.fade) fetchAhead();
  const wait = left - Math.max(overlap(), LEAD);
  if (!coming || !decks.isReady(coming) || !(wait < 0.5)) return;
  clearTimeout(comingTimer);
  comingTimer = setTimeout(runOver, Math.max(0, 1000 * wait));
}

async function fetchAhead() {
  if (queue.isAtEnd) queue.append(more());
  const song = queue.upcoming[0], way = song && source(song);
  if (way?.kind !== "audio") return;
  coming = song.key;
  const mine = turn, address = await way.address().catch(() => null);
  if (address && mine === turn && coming === song.key) decks.prepare(song.key, address, way.gain);
}

function forgetComing() {
  clearTimeout(comingTimer);
  coming = null;
  decks.drop();
}

/** Begins the song that was fetched, before this one has ended or just after. Gives whether it could. */
function runOver() {
  crossing ??= cross().finally(() => { crossing = null; });
  return crossing;
}

async function cross() {
  const { heard } = decks, key = coming, seconds = overlap(), left = heard.ended ? 0 : heard.duration - heard.currentTime;
  // Somebody may have gone back in it, or paused.
  if (!key || !decks.isReady(key) || left > Math.max(seconds, LEAD) + 0.2 || (heard.paused && !heard.ended)) return false;
  if (!await decks.cross(left > 2 * LEAD ? Math.min(seconds, left) : 0)) return false;
  coming = null;
  clearTimeout(comingTimer);
  turn += 1;
  hasNoted = false;
  isWanted = true;
  queue.next();
  show(queue.current);
  showState();
  return true;
}

async function ended() {
  const mine = turn;
  if (!await runOver() && mine === turn) next();
}

function showQueue(isOpen) {
  find("player-queue").hidden = !isOpen;
  find("player-list").setAttribute("aria-expanded", String(isOpen));
  drawQueue();
}

function drawQueue() {
  const list = find("player-queue");
  if (list.hidden) return;
  const place = [...list.querySelectorAll("button")].indexOf(document.activeElement);
  list.replaceChildren(...queue.songs.map((song, index) => make("li", { "aria-current": index === queue.index ? "true" : null },
    make("button", { class: "queued", type: "button", dir: "auto", onclick: () => { queue.go(index); open(queue.current); } }, `${song.title} – ${song.artist}`),
    index === queue.index ? null : make("button", { class: "act", type: "button", "aria-label": t("queue-remove", { title: song.title }), onclick: () => queue.remove(index) }, icon("close")))));
  if (place >= 0) ([...list.querySelectorAll("button")][place] ?? find("player-list")).focus();
}

/** What was played is forgotten; what plays goes on. */
export function forget() { queue.set(queue.current && isPlaying() ? [queue.current] : []); if (!queue.current) close(); }

/** More is known of some songs: see `Queue.amend`. */
export function amend(known) {
  queue.amend(known);
  if (known.has(queue.current?.key)) show(queue.current);
}

/** In the page's language. */
export function rebuild() {
  if (queue.current) show(queue.current);
  showState();
  drawQueue();
}
