// The list of songs: asked for when the mood has changed, shown as cards.

import * as api from "./api.js";
import { cover } from "./art.js";
import { calm, find, icon, make } from "./dom.js";
import { moods } from "./moods.js";
import * as plane from "./plane.js";
import * as player from "./player.js";
import * as store from "./store.js";
import { emotionName, has, languageName, put, t } from "./texts.js";

let shown = [];
let facts = {};
let isPinned = false;
let asking = null;
/** The song that others like it are asked for. */
let like = null;
/** Whether there is another mood, but the visitor was among the songs with the keyboard. */
let isDue = false;
/** Whether songs are below everything else. */
const isNarrow = matchMedia("(max-width: 860px)");

export function setUp(options) {
  facts = options;
  find("pin").addEventListener("click", () => {
    isPinned = !isPinned;
    find("pin").setAttribute("aria-pressed", String(isPinned));
    if (!isPinned) refresh();
  });
  find("again").addEventListener("click", () => { like = null; refresh({ isWanted: true }); });
  moods.addEventListener("change", ({ detail }) => { like = null; refresh(detail); });
  addEventListener("fermusic-opinions", () => markOpinions(shown.map((song) => song.id)));
  find("grid").addEventListener("focusout", ({ relatedTarget }) => { if (isDue && !find("grid").contains(relatedTarget)) refresh(); });
  placeholders();
}

/** Asks for songs; those on the page stay while they are pinned or gone through with the keyboard, unless others are wanted.
    `leads` goes to them where they are out of sight, `focuses` takes the keyboard there. */
export async function refresh(how = {}) {
  const { isWanted = false, leads = false, focuses = false } = how;
  if ((isPinned && !isWanted) || (!moods.settled && !like)) return;
  isDue = !isWanted && find("grid").querySelector(":focus-visible") !== null;
  if (isDue) return;
  asking?.abort();
  const turn = (asking = new AbortController());
  const mood = moods.settled;
  const { mode, count, languages, without, artists } = store.settings;
  const question = { mode, count, languages, withoutLanguages: without, artists, listener: store.listener() };
  if (mood) question.emotions = mood.probabilities;
  if (like) question.like = like.id;
  try {
    const answer = await api.recommend(question, turn.signal);
    show(answer.songs, mood);
    if (focuses) find("songs-title").focus();
    if (leads && isNarrow.matches) find("songs").scrollIntoView({ behavior: calm.matches ? "auto" : "smooth" });
    plane.aim(like || mode !== "match" ? answer.target : null);
    store.noteList(like ? `~ ${like.title}` : (mood?.emotion ?? "neutral"), mode, answer.songs);
  } catch (problem) {
    if (problem.name === "AbortError") return;
    say(problem.text ?? "server-failed");
    if (problem.isPassing) setTimeout(() => { if (asking === turn) refresh(how); }, 1000 * (problem.retryAfter ?? 2));
  }
}

const say = (key) => put(find("songs-note"), key);

function placeholders() {
  find("songs-for").textContent = t("songs-wait");
  find("grid").replaceChildren(...Array.from({ length: 3 }, () => make("li", { class: "song placeholder", "aria-hidden": "true" })));
}

function show(songs, mood) {
  shown = songs;
  say(songs.length ? null : "songs-none");
  find("songs-for").textContent = like ? t("songs-like", { title: like.title }) : mood ? t("songs-for", { emotion: emotionName(mood.emotion) }) : "";
  const grid = find("grid");
  const place = [...grid.children].findIndex((node) => node.contains(document.activeElement));
  grid.replaceChildren(...songs.map(card));
  // The keyboard stays where it was, at another song.
  if (place >= 0) (grid.children[place]?.querySelector(".cover") ?? find("songs-title")).focus({ preventScroll: true });
  fetchCovers(songs);
}

/** Puts a card in the place of another one; the keyboard stays at the same button. */
function swap(node, fresh) {
  const controls = (one) => [...one.querySelectorAll("a, button")];
  const place = controls(node).indexOf(document.activeElement);
  node.replaceWith(fresh);
  if (place >= 0) (controls(fresh)[place] ?? controls(fresh)[0]).focus({ preventScroll: true });
}

/** Shows the same songs in the page's language. */
export function rebuild() {
  if (shown.length) show(shown, moods.settled);
  else placeholders();
}

const addressOf = (song) => (store.settings.service === "youtube" ? song.links.youtube : store.settings.service === "spotify" ? song.links.spotify : song.media?.link ?? song.links.spotify);

function card(song) {
  const opens = !player.canPlay(song);
  const link = make("a", {
    class: "cover", href: addressOf(song), target: "_blank", rel: "noopener noreferrer",
    "aria-label": t(opens ? "open-song" : "play-song", { title: song.title, artist: song.artist }),
    onclick: (event) => play(event, song),
  }, song.media?.cover ? picture(song) : cover(song), make("span", { class: "go" }, icon(opens ? "open" : "play")));
  const act = (name, words, action, pressed) => make("button", {
    type: "button", class: `act ${name}`, "aria-label": `${words}: ${song.title}`, title: words, onclick: action, "aria-pressed": pressed,
  }, icon(name), make("span", {}, words));
  const opinion = store.opinionOf(song.id);
  return make("li", { class: "song", "data-song": song.id },
    link, make("h3", { dir: "auto", lang: song.language }, song.title), make("p", { class: "artist", dir: "auto" }, song.artist),
    make("p", { class: "why" }, reason(song)),
    make("div", { class: "acts" },
      act("like", t("like"), () => think(song, "like"), String(opinion === "like")),
      act("dislike", t("dislike"), () => think(song, "dislike"), String(opinion === "dislike")),
      act("more", t("more-like"), () => { like = song; refresh({ isWanted: true, focuses: true }); }),
      song.language ? act("language", t("not-language", { language: languageName(song.language) }), () => leaveOut(song.language)) : null));
}

function picture(song) {
  return make("img", { src: song.media.cover, alt: "", loading: "lazy", referrerpolicy: "no-referrer",
    onerror: (event) => event.target.replaceWith(cover(song)) });
}

/** Why this song, in the page's language. */
function reason(song) {
  const main = [], extras = [];
  for (const { code, text, values } of song.reasons) {
    const shownValues = { ...values };
    if (values.language) shownValues.language = languageName(values.language);
    if (values.emotion) shownValues.emotion = emotionName(values.emotion);
    const isExtra = !/^(kind|film|year|feel|energy|acoustic|language|suits|match|lift|amplify|path|like)(\.|$)/.test(code);
    (isExtra ? extras : main).push(has(`why-${code}`) ? t(`why-${code}`, shownValues) : text);
  }
  return [main.join(", "), ...extras].join("; ");
}

function play(event, song) {
  store.notePlay(song);
  if (event.ctrlKey || event.metaKey || event.shiftKey || !player.canPlay(song)) return;
  event.preventDefault();
  player.play(song);
  for (const node of document.querySelectorAll(".song")) node.classList.toggle("playing", node.dataset.song === String(song.id));
}

function think(song, opinion) {
  const next = store.opinionOf(song.id) === opinion ? "neutral" : opinion;
  store.noteOpinion(song, next);
  if (facts.personal) api.feedback({ song: song.id, opinion: next }).catch(() => {});
  markOpinions([song.id]);
  if (next === "dislike" && !isPinned) setTimeout(() => replace(song), 350);
}

function markOpinions(ids) {
  for (const id of ids) {
    const node = document.querySelector(`[data-song="${id}"]`);
    if (!node) continue;
    const opinion = store.opinionOf(id);
    for (const name of ["like", "dislike"]) node.querySelector(`.act.${name}`).setAttribute("aria-pressed", String(opinion === name));
    node.classList.toggle("gone", opinion === "dislike");
  }
}

/** Puts another song in the place of one that was disliked. */
async function replace(song) {
  if (store.opinionOf(song.id) !== "dislike" || !moods.settled) return;
  const { mode, languages, without, artists } = store.settings;
  const known = new Set(shown.map((other) => other.id));
  const question = { mode, count: Math.min(50, shown.length + 3), languages, withoutLanguages: without, artists,
    emotions: moods.settled.probabilities, listener: store.listener() };
  const answer = await api.recommend(question).catch(() => null);
  const other = answer?.songs.find((candidate) => !known.has(candidate.id));
  const node = document.querySelector(`[data-song="${song.id}"]`);
  const index = shown.findIndex((known) => known.id === song.id);
  if (!other || !node || index < 0) return;
  shown[index] = other;
  swap(node, card(other));
  fetchCovers([other]);
}

function leaveOut(language) {
  const { without, languages } = store.settings;
  store.change({ without: [...new Set([...without, language])], languages: languages.filter((code) => code !== language) });
  dispatchEvent(new Event("fermusic-choices"));
  refresh({ isWanted: true, focuses: true });
}

/** The service that is asked for covers and previews; null if none is, and nobody learns what is listened to. */
export function askedService() {
  const { service } = store.settings;
  const asked = service === "any" ? facts.usualService : service;
  return facts.services.includes(asked) ? asked : null;
}

/** Asks music services for covers and previews, two songs at a time. */
async function fetchCovers(songs) {
  const asked = askedService();
  if (!asked) return;
  const waiting = songs.filter((song) => !song.media);
  const one = async () => {
    for (let song = waiting.shift(); song; song = waiting.shift()) {
      song.media = await api.media(song.id, asked).catch(() => null);
      const node = document.querySelector(`[data-song="${song.id}"]`);
      if (song.media && node && shown.includes(song)) {
        const fresh = card(song);
        fresh.style.animation = "none";
        swap(node, fresh);
      }
    }
  };
  await Promise.all([one(), one()]);
}
