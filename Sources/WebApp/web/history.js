// What this browser remembers: to look at, to take away, to forget.

import * as api from "./api.js";
import { find, make } from "./dom.js";
import * as store from "./store.js";
import { emotionName, has, language, t } from "./texts.js";

let asksAgain = false;

export function setUp(options) {
  const dialog = find("history");
  find("open-history").addEventListener("click", () => { show(); dialog.showModal(); });
  find("history-close").addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
  dialog.addEventListener("close", () => question(false));
  find("history-export").addEventListener("click", save);
  find("history-purge").addEventListener("click", () => {
    // Twice, so that a slip forgets nothing.
    if (!asksAgain) return question(true);
    question(false);
    const songs = store.purge();
    if (options.personal) for (const song of songs) api.feedback(song.id, "neutral").catch(() => {});
    dispatchEvent(new CustomEvent("fermusic-opinion", { detail: songs.map((song) => song.id) }));
    show();
  });
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
  const song = (entry) => make("li", {}, entry.link
    ? make("a", { href: entry.link, target: "_blank", rel: "noopener noreferrer", dir: "auto" }, `${entry.title} – ${entry.artist}`)
    : `${entry.title} – ${entry.artist}`);
  const time = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" });
  const all = Object.values(opinions);
  const part = (title, entries) => (entries.length ? [make("h3", {}, title), make("ul", {}, entries.map(song))] : []);
  const blocks = [
    ...part(t("liked"), all.filter((entry) => entry.opinion === "like")),
    ...part(t("disliked"), all.filter((entry) => entry.opinion === "dislike")),
    ...lists.slice(0, 30).flatMap((list) => part(
      `${time.format(list.time * 1000)} · ${has(`emotion-${list.emotion}`) ? emotionName(list.emotion) : list.emotion} · ${t(`mode-${list.mode}`)}`, list.songs)),
  ];
  find("history-list").replaceChildren(...(blocks.length ? blocks : [make("p", {}, t("history-empty"))]));
}
