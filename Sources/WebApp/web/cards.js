// A song as a card, and why it is there as chips.

import { cover } from "./art.js";
import { icon, make } from "./dom.js";
import { coverOf, elsewhere, serverOf, source, unplayable } from "./sources.js";
import * as store from "./store.js";
import { emotionName, has, languageName, t } from "./texts.js";

/** `actions`: { play, think, menu }, each called with the song (and the event or button). */
export function card(song, actions) {
  const way = source(song), [place] = elsewhere(song);
  const isHere = way !== null, server = serverOf(song);
  const where = server ? server.name : isHere ? null : place?.name ?? "";
  const picture = coverOf(song) ? photo(song) : cover(song);
  const attributes = { class: "cover", onclick: (event) => actions.play(event, song) };
  const sign = make("span", { class: "go" }, icon(isHere ? "play" : "open"), where === null ? null : make("span", { class: "go-where", title: server?.place }, where));
  const link = isHere
    ? make("button", { ...attributes, type: "button", "aria-label": t(server ? "play-song-from" : "play-song", { title: song.title, artist: song.artist, server: server?.name }) }, picture, sign)
    : make("a", { ...attributes, href: place?.address ?? "", target: "_blank", rel: "noopener noreferrer",
        "aria-label": t("open-song", { title: song.title, artist: song.artist, service: place?.name ?? "" }) }, picture, sign);
  const opinion = store.opinionOf(song.id);
  return make("li", { class: "song", "data-song": song.id, "data-key": `song-${song.id}` },
    link,
    make("div", { class: "words" },
      make("h3", { dir: "auto", lang: song.language, title: song.title }, song.title), make("p", { class: "artist", dir: "auto", title: song.artist }, song.artist),
      make("p", { class: "why" }, ...reasons(song).map((text) => make("span", {}, text)))),
    make("div", { class: "acts" },
      make("button", { type: "button", class: "act like", "aria-label": `${t("like")}: ${song.title}`, title: t("like"), "aria-pressed": String(opinion === "like"),
        onclick: () => actions.think(song, "like") }, icon("like")),
      make("button", { type: "button", class: "act dots", "aria-label": t("more-of", { title: song.title }), title: t("more"), "aria-haspopup": "menu", "aria-expanded": "false",
        onclick: ({ currentTarget }) => actions.menu(song, currentTarget) }, icon("dots"))));
}

function photo(song) {
  return make("img", { src: coverOf(song), alt: "", loading: "lazy", referrerpolicy: "no-referrer",
    onerror: (event) => event.target.replaceWith(cover(song)) });
}

/** Small ones that stand in a row: the pieces that come with the program, or songs of the visitor's own. */
export function pieceCard(piece, play) {
  return make("li", { class: "piece", "data-key": piece.key },
    make("button", { type: "button", class: "piece-key", "aria-label": t("play-song", { title: piece.title, artist: piece.artist }), onclick: () => play(piece) },
      make("span", { class: "piece-cover" }, cover(piece), make("span", { class: "go" }, icon("play"))),
      make("span", { class: "piece-words" }, make("b", { dir: "auto" }, piece.title),
        make("span", {}, piece.local ? piece.artist : t("piece-for", { emotion: emotionName(piece.emotion), time: `${Math.floor(piece.seconds / 60)}:${String(piece.seconds % 60).padStart(2, "0")}` })))));
}

/** What is the same on every card, or said by the headline, is left out. */
const SILENT = /^(language|suits|acoustic)(\.|$)/;
/** Why this song, in the page's language, in a few words each: at most two. */
function reasons(song) {
  const format = unplayable(song), texts = format ? [t("file-unplayable", { format })] : [];
  // What is special comes before what all have.
  const rank = ({ code }) => (/^(path|favourite|liked|taste|surprise|like|lift|amplify|other-language|unknown-language)/.test(code) ? 0 : /^(kind|film)/.test(code) ? 1 : /^feel/.test(code) ? 2 : /^match/.test(code) ? 3 : 4);
  for (const { code, text, values } of [...(song.reasons ?? [])].sort((a, b) => rank(a) - rank(b))) {
    if (SILENT.test(code)) continue;
    const shown = { ...values };
    if (values.language) shown.language = languageName(values.language);
    if (values.emotion) shown.emotion = emotionName(values.emotion);
    texts.push(has(`why-${code}`) ? t(`why-${code}`, shown) : text);
  }
  return texts.slice(0, 2);
}
