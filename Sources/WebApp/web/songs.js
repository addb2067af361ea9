// The songs of the page: when they are asked for, how they are shown, what is done with them.

import * as api from "./api.js";
import { dealCovers } from "./art.js";
import { card, pieceCard } from "./cards.js";
import { find, make } from "./dom.js";
import * as menu from "./menu.js";
import { emotionsAt, moodOf, moods } from "./moods.js";
import * as pieces from "./pieces.js";
import * as plane from "./plane.js";
import * as player from "./player.js";
import { say } from "./snack.js";
import { SongList } from "./songlist.js";
import { askedService, elsewhere, playsHere, source } from "./sources.js";
import * as store from "./store.js";
import { emotionName, languageName, put, t } from "./texts.js";

const list = new SongList(ask);
let facts = {};
/** What is asked for again when the server is back. */
let missed = null;
/** Changes with each list, so that covers for an old one stop coming; and with each question. */
let covering = 0, turn = 0;
/** The visitor's own music (own.js), once some was picked. */
let own = null;

export function setUp(options) {
  facts = options;
  menu.setUp();
  list.addEventListener("change", ({ detail }) => showAll(detail));
  list.addEventListener("replaced", ({ detail }) => showReplaced(detail));
  find("again").addEventListener("click", () => refresh());
  find("play-mood").addEventListener("click", playMood);
  find("folder").addEventListener("change", ({ target }) => pickFolder(target));
  find("offer-take").addEventListener("click", () => { moods.follow(); find("songs-title").focus({ preventScroll: true }); });
  moods.addEventListener("songs", ({ detail }) => follow(detail));
  moods.addEventListener("offer", showOffer);
  addEventListener("fermusic-opinions", () => markOpinions(list.songs.map((song) => song.id)));
  addEventListener("fermusic-playing", markPlaying);
  addEventListener("fermusic-heard", () => { if (!find("pieces").matches(":hover, :focus-within")) drawPieces(); });
  // A music server has gone or may be back.
  addEventListener("fermusic-sources", drawCards);
  addEventListener("fermusic-server-back", () => { if (missed) refresh(missed); });
}

/** Something to see and hear before anybody has said how they feel: the last list, or one for the time of day. */
export function begin() {
  if (list.recall()) return moods.suggest(moodOf(list.about.probabilities ?? dayMood().probabilities));
  find("grid").replaceChildren(...Array.from({ length: store.settings.count }, () => make("li", { class: "placeholder", "aria-hidden": "true" })));
  const { daytime, probabilities } = dayMood();
  moods.suggest(moodOf(probabilities));
  refresh({ about: { emotion: moods.settled.emotion, probabilities, daytime } });
}

/** A place on the map for the hour. */
function dayMood(hour = new Date().getHours()) {
  const [daytime, valence, energy] = hour < 5 ? ["night", 0.55, 0.25] : hour < 11 ? ["morning", 0.75, 0.6] : hour < 18 ? ["day", 0.68, 0.55] : hour < 22 ? ["evening", 0.62, 0.42] : ["night", 0.55, 0.25];
  return { daytime, probabilities: emotionsAt(valence, energy) };
}

/** Whether somebody has a song of the list in hand. */
const isBusy = () => find("grid").matches(":hover, :focus-within") || find("menu").matches(":popover-open");

/** Another mood: chosen by hand it is followed, seen by the camera only where nobody is busy with the list. */
function follow({ isDeliberate }) {
  own?.steer();
  if (!isDeliberate && list.songs.length && isBusy()) return showOffer({ isFirst: true });
  refresh({ about: aboutMood() });
}

const aboutMood = () => ({ emotion: moods.settled.emotion, mixed: moods.settled.mixed, probabilities: moods.settled.probabilities });

/** Asks for songs: for the same as before, or for `about`. `focuses` takes the keyboard there. */
export const shown = () => list.songs;

/** Shows the songs of a playlist, and plays what can be played. */
export function showPlaylist(name, songs, plays) {
  list.take(songs, { ...aboutMood(), playlist: name, mode: store.settings.mode });
  find("songs-title").focus({ preventScroll: true });
  if (plays && songs.some(playsHere)) player.playAll(songs);
}

export async function refresh({ about = list.about ?? (moods.settled && aboutMood()), focuses = false } = {}) {
  if (!about) return;
  const what = { ...about, playlist: undefined, mode: store.settings.mode };
  missed = null;
  const mine = ++turn;
  find("grid").setAttribute("aria-busy", "true");
  try {
    await list.want(what, store.settings.count);
    if (focuses) find("songs-title").focus();
  } catch (problem) {
    if (problem.name === "AbortError") return;
    put(find("songs-note"), problem.text ?? "server-failed");
    if (!problem.isPassing) return;
    const how = (missed = { about, focuses });
    setTimeout(() => { if (missed === how) refresh(how); }, 1000 * (problem.retryAfter ?? 2));
  } finally {
    // A later question is still under way.
    if (mine === turn) find("grid").removeAttribute("aria-busy");
  }
}

/** The question that a list answers. */
function ask({ about, count, signal }) {
  const { languages, without, artists } = store.settings;
  const question = { mode: about.mode, count: Math.min(count, facts.limits?.count ?? 50), languages, withoutLanguages: without, artists, listener: store.listener() };
  if (about.probabilities) question.emotions = about.probabilities;
  if (about.like) question.like = about.like.id;
  return about.daytime && about.mode === "match" && store.isNew() ? api.recommendForHour(question, signal) : api.recommend(question, signal);
}

function showAll({ target, isRecalled } = {}) {
  const { songs, about } = list;
  put(find("songs-note"), songs.length ? null : "songs-none");
  dealCovers(songs);
  showAbout();
  drawCards();
  drawPieces();
  showOffer();
  plane.aim(target && (about.like || about.mode !== "match") ? target : null);
  if (!isRecalled && !about.playlist) store.noteList(about, songs);
  fetchCovers(songs);
}

function drawCards() {
  const grid = find("grid");
  const place = [...grid.children].findIndex((node) => node.contains(document.activeElement));
  grid.replaceChildren(...list.songs.map((song) => card(song, actions)));
  // The keyboard stays where it was, at another song.
  if (place >= 0) (grid.children[place]?.querySelector(".cover") ?? find("songs-title")).focus({ preventScroll: true });
  markPlaying();
}

function drawPieces() {
  const all = list.about?.like ? [] : hereNow(), near = all.slice(0, 2);
  // A folder can be picked where the pieces that come along cannot be played.
  find("here").hidden = Boolean(list.about?.like) && !own;
  find("pieces").replaceChildren(...near.map((piece) => pieceCard(piece, (chosen) => (player.isCurrent(chosen) ? player.toggle() : player.playAll(chosen.local ? all : near, chosen)))));
  markPlaying();
}

/** What plays right here, nearest to what the list is for: of the visitor's own music what was heard, or else the pieces that
    come along. */
function hereNow() {
  const mood = list.about?.probabilities ? moodOf(list.about.probabilities).mood : null, heard = own?.nearest(mood) ?? [];
  return heard.length ? heard : pieces.nearest(mood).filter(playsHere);
}

function showAbout() {
  const { about } = list;
  find("songs-for").textContent = !about ? "" : about.playlist ? t("songs-playlist", { name: about.playlist }) : about.like ? t("songs-like", { title: about.like.title })
    : about.daytime ? t(`songs-${about.daytime}`)
    : about.mixed ? t("songs-for-mixed", { first: emotionName(about.mixed[0]), second: emotionName(about.mixed[1]) }) : t("songs-for", { emotion: emotionName(about.emotion) });
}

/** A changed mood is offered; the list stays. `isFirst`: nothing was known yet, and the list may be for a song or an hour. */
function showOffer({ isFirst = false } = {}) {
  const { settled } = moods, { about } = list;
  const isOther = moods.current && (moods.isOther || (isFirst && (about?.like || about?.daytime)) || (about && !about.like && about.emotion !== settled.emotion && isBusy()));
  if (!isOther && find("offer").contains(document.activeElement)) find("songs-title").focus({ preventScroll: true });
  find("offer").hidden = !isOther;
  if (!isOther) return;
  if (player.isPlaying()) own?.steer();
  find("offer-text").textContent = t("offer", { emotion: emotionName(settled.emotion) });
  // What comes after the piece that plays is for the new mood; the piece itself is not cut off.
  if (player.isPlaying() && player.queue.upcoming.every(({ piece }) => piece)) player.follow(pieces.nearest(settled.mood).slice(0, 4));
}

function showReplaced({ old, other }) {
  const node = document.querySelector(`[data-song="${old.id}"]`);
  if (!node) return;
  dealCovers([other], list.songs.indexOf(other));
  swap(node, card(other, actions));
  store.amendList(old, other);
  fetchCovers([other]);
}

/** Puts a card in the place of another one; the keyboard stays at the same button. */
function swap(node, fresh) {
  const controls = (one) => [...one.querySelectorAll("a, button")];
  const place = controls(node).indexOf(document.activeElement);
  node.replaceWith(fresh);
  if (place >= 0) (controls(fresh)[place] ?? controls(fresh)[0]).focus({ preventScroll: true });
  markPlaying();
}

/** Shows the same songs in the page's language. */
export function rebuild() {
  showAbout();
  drawCards();
  drawPieces();
  own?.show();
  showOffer();
  markPlaying();
}

const actions = {
  play(event, song) {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (source(song)) {
      event.preventDefault();
      if (player.isCurrent(song)) return player.toggle();
      if (playsHere(song)) player.playAll([...list.songs, ...hereNow().slice(0, 2)], song);
      else player.play(song);
    } else if (!navigator.onLine) {
      event.preventDefault();
      say(t("offline", { service: elsewhere(song)[0]?.name ?? "" }));
    }
  },
  think(song, opinion) {
    const next = store.opinionOf(song.id) === opinion ? "neutral" : opinion;
    note(song, next);
    if (next !== "dislike") return;
    let replaced = null;
    const remember = ({ detail }) => { if (detail.old.id === song.id) replaced = detail.other; };
    list.addEventListener("replaced", remember);
    list.replace(song.id, () => store.opinionOf(song.id) === "dislike").finally(() => list.removeEventListener("replaced", remember));
    say(t("banned", { title: song.title }), { words: t("undo"), action: () => {
      note(song, "neutral");
      if (replaced) list.restore(song, replaced);
    } });
  },
  menu(song, button) {
    menu.open(button, t("more-of", { title: song.title }), [
      { name: "more", words: t("more-like"), action: () => refresh({ about: { ...list.about, daytime: undefined, like: { id: song.id, title: song.title } }, focuses: true }) },
      { name: "artist", words: t("only-artist", { artist: song.artist }), action: () => wish({ artists: [...new Set([...store.settings.artists, song.artist])] }) },
      ...elsewhere(song).map(({ name, address }) => ({ name: "open", words: t("open-on", { service: name }), address })),
      { name: "dislike", words: t("dislike"), action: () => actions.think(song, "dislike") },
      song.language ? { name: "language", words: t("not-language", { language: languageName(song.language) }), action: () => leaveOut(song.language) } : null,
    ].filter(Boolean));
  },
};

function note(song, opinion) {
  store.noteOpinion(song, opinion);
  if (facts.personal) api.feedback({ song: song.id, opinion }).catch(() => {});
  markOpinions([song.id]);
}

function markOpinions(ids) {
  for (const id of ids) {
    const node = document.querySelector(`[data-song="${id}"]`);
    if (!node) continue;
    node.querySelector(".act.like").setAttribute("aria-pressed", String(store.opinionOf(id) === "like"));
    node.classList.toggle("gone", store.opinionOf(id) === "dislike");
  }
}

/** The card of what plays. */
function markPlaying() {
  const key = player.queue.current?.key ?? null, isOn = player.isPlaying();
  for (const node of document.querySelectorAll("[data-key]")) {
    const isThis = node.dataset.key === key;
    node.classList.toggle("playing", isThis);
    node.querySelector(".go use")?.setAttribute("href", isThis && isOn ? "#i-pause" : node.querySelector("a.cover") ? "#i-open" : "#i-play");
  }
  find("play-mood").querySelector("use").setAttribute("href", isOn ? "#i-pause" : "#i-play");
  put(find("play-mood").querySelector("span"), isOn ? "pause" : "play-mood");
}

/** The one button that plays: the visitor's own music by its mood, or what can be played of the list, then pieces. */
function playMood() {
  if (player.isPlaying()) return player.toggle();
  const here = hereNow(), isOwn = Boolean(here[0]?.local), songs = isOwn ? here : [...list.songs, ...here.slice(0, 2)];
  // What waits in the bar goes on where it still suits.
  if (player.queue.current && (isOwn ? own.suits() : songs.filter(playsHere)).some(player.isCurrent)) return player.toggle();
  player.playAll(songs);
}

/** Music of the visitor's own machine. What deals with it is loaded now. */
async function pickFolder(input) {
  const files = [...input.files];
  // So that the same folder can be picked again.
  input.value = "";
  try {
    own = await import("./own.js");
  } catch {
    return say(t("server-gone"));
  }
  own.pick(files, facts.sound);
}

function wish(values) {
  store.change(values);
  dispatchEvent(new Event("fermusic-choices"));
  refresh({ focuses: true });
}

function leaveOut(language) {
  const { without, languages } = store.settings;
  const before = { without, languages };
  wish({ without: [...new Set([...without, language])], languages: languages.filter((code) => code !== language) });
  say(t("language-out", { language: languageName(language) }), { words: t("undo"), action: () => wish(before) });
}

/** Asks music services for covers and previews, two songs at a time. */
async function fetchCovers(songs) {
  const asked = askedService();
  if (!asked) return;
  const mine = songs === list.songs ? ++covering : covering;
  const waiting = songs.filter((song) => !song.media);
  const one = async () => {
    for (let song = waiting.shift(); song && mine === covering; song = waiting.shift()) {
      song.media = await api.media(song.id, asked).catch(() => null);
      const node = document.querySelector(`[data-song="${song.id}"]`);
      if (song.media && node && list.songs.includes(song)) {
        const fresh = card(song, actions);
        fresh.style.animation = "none";
        swap(node, fresh);
      }
    }
  };
  await Promise.all([one(), one()]);
}

/** For those who want nothing to be remembered. */
export function forget() {
  list.forget();
  player.forget();
  import("./heard.js").then(({ forget }) => forget()).catch(() => {});
}
