// The bar at the bottom that plays: our own sound, or a service's player in a frame, which is loaded only when tapped.

import { cover } from "./art.js";
import { find, icon, make } from "./dom.js";
import { moods } from "./moods.js";
import * as pieces from "./pieces.js";
import { Queue } from "./queue.js";
import { say } from "./snack.js";
import { entry, playsHere, source } from "./sources.js";
import * as store from "./store.js";
import { t } from "./texts.js";

export const queue = new Queue();
const audio = find("player-audio");
/** Seconds before its end that the next song is fetched. */
const AHEAD = 12;
/** Seconds after which "back" begins the song anew, and after which a song counts as heard. */
const ANEW = 4, HEARD = 5;
/** Changes with each song, so that an address that comes late is not played. */
let turn = 0;
/** Decibels that make the song as loud as others; null if nobody knows. */
let gain = null;
let hasNoted = false, hasFetched = false, failures = 0, keptAt = 0;
/** Whether the song is to be heard: not after a reload, nor after a pause. */
let isWanted = false;

const clock = (seconds) => (Number.isFinite(seconds) ? `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}` : "–:––");

/** Whether a service's own player is there: it has keys of its own. */
const isFramed = () => find("player-frame").firstChild !== null;

export const isPlaying = () => !audio.paused && !audio.ended;
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
  find("player-position").addEventListener("input", ({ target }) => { if (audio.duration) audio.currentTime = (target.value / 1000) * audio.duration; });
  const volume = find("player-volume");
  volume.value = Math.round(store.settings.volume * 100);
  setVolume();
  volume.addEventListener("input", setVolume);
  volume.addEventListener("change", () => store.change({ volume: volume.value / 100 }));
  audio.addEventListener("timeupdate", showTime);
  audio.addEventListener("durationchange", showTime);
  for (const name of ["play", "pause", "ended"]) audio.addEventListener(name, showState);
  audio.addEventListener("ended", next);
  audio.addEventListener("play", () => { isWanted = true; });
  audio.addEventListener("pause", () => { isWanted = false; });
  // What waits for a tap fails silently: nothing may start by itself.
  audio.addEventListener("error", () => { if (audio.src) isWanted ? fail() : rest(); });
  queue.addEventListener("change", drawQueue);
  addEventListener("keydown", space);
  addEventListener("pagehide", () => { if (queue.current) queue.keep(audio.currentTime || queue.position); });
  setUpKeys();
  // What was there before a reload is there again, but waits for a tap.
  if (queue.current) open(queue.current, { starts: false });
}

/** As loud as is wished, the song's own loudness taken off: what is too soft stays so, since nothing goes above all. */
function setVolume() { audio.volume = (find("player-volume").value / 100) * Math.min(1, 10 ** ((gain ?? 0) / 20)); }

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
  if (!audio.src) return open(queue.current);
  const mine = turn;
  // Another song may have come before this one's answer.
  if (audio.paused) audio.play().catch((problem) => { if (mine === turn) fail(problem); });
  else audio.pause();
}

/** On to the next song; where none is left, to a piece for the mood there is now, so that the music does not end. */
export function next() {
  if (queue.isAtEnd) queue.append(more());
  if (queue.next()) open(queue.current);
  else showState();
}

function more() {
  const heard = queue.songs.slice(-3).map(({ key }) => key);
  const fresh = pieces.nearest(moods.settled?.mood).filter(({ key }) => !heard.includes(key));
  return fresh.slice(0, 2).filter(playsHere).map(entry);
}

export function back() {
  if (audio.currentTime > ANEW || !queue.back()) audio.currentTime = 0;
  else open(queue.current);
}

async function open(song, { starts = true } = {}) {
  const mine = ++turn;
  hasNoted = hasFetched = false;
  show(song);
  const way = source(song);
  find("player-frame").replaceChildren();
  find("player").classList.toggle("framed", Boolean(starts && way && way.kind !== "audio"));
  letGo();
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
    gain = way.gain ?? null;
    setVolume();
    audio.src = address;
    if (queue.position) audio.addEventListener("loadedmetadata", () => { if (mine === turn) audio.currentTime = queue.position; }, { once: true });
    if (starts) await audio.play();
    else showState();
  } catch (problem) {
    // Another song or a pause came between.
    if (mine === turn && starts && problem.name !== "AbortError") fail(problem);
  }
}

/** What cannot be played says so, and the next one gets its turn. */
function fail(problem) {
  if (problem?.name === "NotAllowedError" || problem?.name === "AbortError") return showState();
  say(t("play-failed", { title: queue.current?.title ?? "" }));
  failures += 1;
  rest();
  if (failures < 4) next();
  else failures = 0;
}

/** The sound is let go: whoever wants the song again opens it anew, where it was. */
function rest() {
  turn += 1;
  if (audio.currentTime) queue.keep(audio.currentTime);
  audio.removeAttribute("src");
  audio.load();
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
  audio.pause();
  letGo();
  find("player-frame").replaceChildren();
  const hadFocus = find("player").contains(document.activeElement);
  queue.clear();
  find("player").hidden = true;
  if (hadFocus) find("play-mood").focus();
  tell();
}

/** What was played is given back. */
function letGo() {
  if (audio.src.startsWith("blob:")) URL.revokeObjectURL(audio.src);
  audio.removeAttribute("src");
  audio.load();
}

function show(song) {
  find("player").hidden = false;
  find("player-title").textContent = song.title;
  find("player-title").title = song.title;
  find("player-artist").textContent = song.piece ? t("piece-by") : song.artist;
  find("player-cover").replaceChildren(song.cover ? make("img", { src: song.cover, alt: "", referrerpolicy: "no-referrer" }) : cover({ ...song, features: song.features ?? { valence: 0.5, energy: 0.5 } }));
  if (!("mediaSession" in navigator)) return;
  navigator.mediaSession.metadata = new MediaMetadata({
    title: song.title, artist: song.artist, artwork: [{ src: song.cover ?? new URL("icon.svg", import.meta.url).href }],
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
  const { currentTime, duration } = audio;
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
  if (isPlaying() && duration - currentTime < AHEAD && !hasFetched) {
    hasFetched = true;
    if (queue.isAtEnd) queue.append(more());
    fetchAhead(queue.upcoming[0]);
  }
  if (isPlaying() && Math.abs(currentTime - keptAt) > 2) {
    keptAt = currentTime;
    queue.keep(currentTime);
  }
}

/** So that there is no gap before it; only what comes from here, since that is kept. */
async function fetchAhead(song) {
  if (song?.piece) fetch(await source(song).address()).then((answer) => answer.blob()).catch(() => {});
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

/** The space bar, where it does nothing else. */
function space(event) {
  if (event.key !== " " || event.ctrlKey || event.metaKey || event.altKey || !queue.current || isFramed()) return;
  if (event.target.closest?.("button, a, input, select, textarea, summary, iframe, [role=option], [role=menu], dialog")) return;
  event.preventDefault();
  toggle();
}

/** Keys of keyboards, headphones and lock screens. */
function setUpKeys() {
  const session = navigator.mediaSession;
  if (!session) return;
  const actions = {
    play: () => { if (!isPlaying()) toggle(); }, pause: () => { if (isPlaying()) toggle(); }, nexttrack: next, previoustrack: back,
    // Without a song it would be where the next one begins.
    seekto: ({ seekTime }) => { if (audio.duration) audio.currentTime = seekTime; },
  };
  for (const [name, action] of Object.entries(actions)) {
    try { session.setActionHandler(name, action); } catch { /* Not every browser has every key. */ }
  }
}

/** What was played is forgotten; what plays goes on. */
export function forget() { queue.set(queue.current && isPlaying() ? [queue.current] : []); if (!queue.current) close(); }

/** In the page's language. */
export function rebuild() {
  if (queue.current) show(queue.current);
  showState();
  drawQueue();
}
