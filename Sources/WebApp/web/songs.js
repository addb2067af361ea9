// The list of songs: asked for when the mood has changed, shown as cards.

import * as api from "./api.js";
import { cover } from "./art.js";
import { find, icon, make } from "./dom.js";
import { moods } from "./moods.js";
import * as plane from "./plane.js";
import * as player from "./player.js";
import * as store from "./store.js";
import { emotionName, has, languageName, t } from "./texts.js";

let shown = [];
let facts = {};
let isPinned = false;
let asking = null;
/** The song that others like it are asked for. */
let like = null;

export function setUp(options) {
  facts = options;
  find("pin").addEventListener("click", () => {
    isPinned = !isPinned;
    find("pin").setAttribute("aria-pressed", String(isPinned));
    if (!isPinned) refresh();
  });
  find("again").addEventListener("click", () => { like = null; refresh({ isWanted: true }); });
  moods.addEventListener("change", () => { like = null; refresh(); });
  addEventListener("fermusic-opinion", (event) => markOpinions(event.detail));
  placeholders();
}

/** Asks for songs; those on the page stay while they are pinned, unless other ones are wanted. */
export async function refresh({ isWanted = false } = {}) {
  if ((isPinned && !isWanted) || (!moods.settled && !like)) return;
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
    plane.aim(like || mode !== "match" ? answer.target : null);
    store.noteList(like ? `~ ${like.title}` : (mood?.emotion ?? "neutral"), mode, answer.songs);
  } catch (problem) {
    if (problem.name === "AbortError") return;
    say(problem.status === 0 ? t("server-gone") : t("songs-failed", { why: problem.message }));
    if (problem.status === 429 || problem.status === 503) setTimeout(() => refresh(), 1000 * (problem.retryAfter ?? 2));
  }
}

function say(text) {
  find("songs-note").textContent = text;
  find("songs-note").hidden = !text;
}

function placeholders() {
  find("songs-for").textContent = t("songs-wait");
  find("grid").replaceChildren(...Array.from({ length: 3 }, () => make("li", { class: "song placeholder", "aria-hidden": "true" })));
}

function show(songs, mood) {
  shown = songs;
  say(songs.length ? "" : t("songs-none"));
  find("songs-for").textContent = like ? t("songs-like", { title: like.title }) : mood ? t("songs-for", { emotion: emotionName(mood.emotion) }) : "";
  find("grid").replaceChildren(...songs.map(card));
  fetchCovers(songs);
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
  const act = (name, text, action, pressed) => make("button", {
    type: "button", class: `act ${name}`, "aria-label": text, title: text, onclick: action, "aria-pressed": pressed,
  }, icon(name));
  const opinion = store.opinionOf(song.id);
  return make("li", { class: "song", "data-song": song.id },
    link, make("h3", { dir: "auto", lang: song.language }, song.title), make("p", { class: "artist", dir: "auto" }, song.artist),
    make("p", { class: "why" }, reason(song)),
    make("div", { class: "acts" },
      act("like", t("like", song), () => think(song, "like"), String(opinion === "like")),
      act("dislike", t("dislike", song), () => think(song, "dislike"), String(opinion === "dislike")),
      act("more", t("more-like", song), () => { like = song; refresh({ isWanted: true }); }),
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
    const isExtra = !/^(feel|energy|acoustic|language|suits|match|lift|amplify|path|like)(\.|$)/.test(code);
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
  if (facts.personal) api.feedback(song.id, next).catch(() => {});
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
  const hadFocus = node.contains(document.activeElement);
  const fresh = card(other);
  node.replaceWith(fresh);
  if (hadFocus) fresh.querySelector(".cover").focus();
  fetchCovers([other]);
}

function leaveOut(language) {
  const { without, languages } = store.settings;
  store.change({ without: [...new Set([...without, language])], languages: languages.filter((code) => code !== language) });
  dispatchEvent(new Event("fermusic-choices"));
  refresh({ isWanted: true });
}

/** Asks music services for covers and previews, two songs at a time. */
async function fetchCovers(songs) {
  const { service } = store.settings;
  const asked = service === "any" ? facts.usualService : service;
  // Without a service that is meant to be asked nobody learns what is listened to.
  if (!facts.services.includes(asked)) return;
  const waiting = songs.filter((song) => !song.media);
  const one = async () => {
    for (let song = waiting.shift(); song; song = waiting.shift()) {
      song.media = await api.media(song.id, asked).catch(() => null);
      const node = document.querySelector(`[data-song="${song.id}"]`);
      if (song.media && node && shown.includes(song)) {
        const focused = node.contains(document.activeElement);
        const fresh = card(song);
        fresh.style.animation = "none";
        node.replaceWith(fresh);
        if (focused) fresh.querySelector(".cover").focus();
      }
    }
  };
  await Promise.all([one(), one()]);
}
