// What this browser remembers: to look at, to take away, to forget.

import * as api from "./api.js";
import { find, icon, make } from "./dom.js";
import { forget as forgetSongs } from "./songs.js";
import * as store from "./store.js";
import { emotionName, has, language, put, t } from "./texts.js";

let asksAgain = false;
let facts = null;
/** Songs that the server takes in one question. */
const MANY = 2000;

/** Opens the dialog. */
export function openDialog(options) {
  if (!facts) setUp();
  facts = options;
  show();
  find("history").showModal();
}

function setUp() {
  const dialog = find("history");
  find("history-close").addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
  dialog.addEventListener("close", () => question(false));
  find("history-export").addEventListener("click", save);
  find("history-purge").addEventListener("click", () => {
    // Twice, so that a slip forgets nothing.
    if (!asksAgain) return question(true);
    question(false);
    forget();
  });
}

/** The server first: what it could not forget is still known here, to try again. */
async function forget() {
  const songs = Object.values(store.history().opinions).map(({ id }) => id);
  try {
    for (let i = 0; facts.personal && i < songs.length; i += MANY) {
      await api.feedback({ songs: songs.slice(i, i + MANY), opinion: "neutral" });
    }
  } catch (problem) {
    return put(find("history-note"), problem.text ?? "server-failed");
  }
  store.purge();
  forgetSongs();
  show();
}

function takeBack(entry) {
  store.noteOpinion(entry, "neutral");
  if (facts.personal) api.feedback({ song: entry.id, opinion: "neutral" }).catch(() => {});
  dispatchEvent(new Event("fermusic-opinions"));
  show();
  (find("history-list").querySelector("button") ?? find("history-close")).focus();
}

function question(isOpen) {
  asksAgain = isOpen;
  find("history-purge").textContent = t(isOpen ? "purge-sure" : "purge");
}

function save() {
  const link = make("a", { href: URL.createObjectURL(new Blob([store.exported()], { type: "application/json" })), download: "fermusic-history.json" });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

function show() {
  const { lists, opinions } = store.history();
  const link = (entry) => (entry.link
    ? make("a", { href: entry.link, target: "_blank", rel: "noopener noreferrer", dir: "auto" }, `${entry.title} – ${entry.artist}`)
    : make("span", { dir: "auto" }, `${entry.title} – ${entry.artist}`));
  const song = (entry) => make("li", {}, link(entry));
  // An opinion can be taken back.
  const opinion = (entry) => make("li", {}, link(entry), make("button", { type: "button", class: "act", "aria-label": t("take-back", { title: entry.title }), title: t("take-back", { title: entry.title }),
    onclick: () => takeBack(entry) }, icon("close")));
  const time = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" });
  const all = Object.values(opinions);
  const part = (title, entries, row = song) => (entries.length ? [make("h3", {}, title), make("ul", {}, entries.map(row))] : []);
  // The list to begin with is for an hour, and for no mood that anybody had.
  const about = ({ emotion, mixed, daytime, mode }) => (!has(`emotion-${emotion}`) ? t("songs-like", { title: emotion.replace(/^~ /, "") })
    : daytime ? t("songs-first")
    : `${mixed ? t("songs-for-mixed", { first: emotionName(mixed[0]), second: emotionName(mixed[1]) }) : t("songs-for", { emotion: emotionName(emotion) })}${mode === "match" ? "" : ` (${t(`mode-${mode}`)})`}`);
  const blocks = [
    ...part(t("liked"), all.filter((entry) => entry.opinion === "like"), opinion),
    ...part(t("disliked"), all.filter((entry) => entry.opinion === "dislike"), opinion),
    ...lists.slice(0, 30).flatMap((list) => part(
      `${time.format(list.time * 1000)}: ${about(list)}`, list.songs)),
  ];
  put(find("history-note"), null);
  put(find("history-lead"), facts.personal ? "history-lead-personal" : "history-lead");
  find("history-list").replaceChildren(...(blocks.length ? blocks : [make("p", {}, t("history-empty"))]));
}
