// Playlists that last: in the owner's catalogue on a server for one person, in this browser otherwise.

import * as api from "./api.js";
import { find, icon, make } from "./dom.js";
import { say } from "./snack.js";
import * as songs from "./songs.js";
import { put, t } from "./texts.js";

const KEY = "fermusic.playlists";
/** Songs of a playlist that are shown; it may have more. */
const MOST = 500;
let facts = null;

/** Playlists in this browser: [{ name, changed, songs }], songs by their numbers. */
const local = {
  read() {
    try {
      const lists = JSON.parse(localStorage.getItem(KEY) ?? "[]");
      return Array.isArray(lists) ? lists.filter(({ name, songs }) => typeof name === "string" && Array.isArray(songs)) : [];
    } catch {
      return [];
    }
  },
  list: async () => ({ playlists: local.read(), places: [] }),
  async save(name, songs) {
    const lists = [{ name, changed: Math.floor(Date.now() / 1000), songs }, ...local.read().filter((other) => other.name !== name)];
    localStorage.setItem(KEY, JSON.stringify(lists));
  },
  async remove(name) { localStorage.setItem(KEY, JSON.stringify(local.read().filter((other) => other.name !== name))); },
};
const shelf = () => (facts.personal ? api.playlists : local);

/** Opens the dialog. */
export function openDialog(options) {
  const dialog = find("playlists");
  if (!facts) {
    find("playlists-close").addEventListener("click", () => dialog.close());
    dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
    find("playlist-form").addEventListener("submit", (event) => { event.preventDefault(); save(); });
  }
  facts = options;
  show();
  dialog.showModal();
}

/** A playlist in the page's address: #playlist=NAME&songs=1,2,3. */
export function openShared() {
  const values = new URLSearchParams(location.hash.slice(1));
  const name = values.get("playlist")?.trim().slice(0, 100), numbers = (values.get("songs") ?? "").split(",").map(Number).filter((id) => Number.isInteger(id) && id > 0);
  if (!name || !numbers.length) return;
  // Once: later the page is as it was left.
  history.replaceState(null, "", location.pathname);
  open({ name, songs: numbers }, { plays: false });
}

async function save() {
  const field = find("playlist-name"), name = field.value.trim(), numbers = songs.shown().map(({ id }) => id);
  if (!name) return field.focus();
  if (await attempt(() => shelf().save(name, numbers))) {
    field.value = "";
    show();
  }
}

/** Does something with the shelf; what goes wrong is said in the dialog. */
async function attempt(action) {
  try {
    put(find("playlists-note"), null);
    return (await action()) ?? true;
  } catch (problem) {
    put(find("playlists-note"), problem.text ?? "server-failed");
    return null;
  }
}

async function show() {
  const answer = await attempt(() => shelf().list());
  if (!answer) return;
  const { playlists: lists, places } = answer;
  put(find("playlists-lead"), facts.personal ? "playlists-lead-personal" : "playlists-lead");
  find("playlist-list").replaceChildren(...(lists.length ? lists.map((list) => row(list, places)) : [make("li", {}, t("playlists-empty"))]));
}

function row(list, places) {
  const formats = facts.personal && !api.isStatic ? ["xspf", "csv", "m3u8"] : ["xspf", "csv"];
  const key = (name, words, action) => make("button", { type: "button", class: "act", "aria-label": `${words}: ${list.name}`, title: words, onclick: action }, icon(name));
  return make("li", {},
    make("button", { type: "button", class: "queued", dir: "auto", onclick: () => { find("playlists").close(); open(list); } }, `${list.name} · ${t("songs-count", { n: list.songs.length })}`),
    ...formats.map((format) => make("button", { type: "button", class: "chip", "aria-label": t("playlist-file", { name: list.name, format }), onclick: () => download(list, format) }, format)),
    ...places.map((place) => make("button", { type: "button", class: "chip", "aria-label": t("playlist-copy", { name: list.name, place: place.name }), onclick: () => copy(list, place) }, `→ ${place.name}`)),
    key("open", t("playlist-link"), () => copyLink(list)),
    key("close", t("playlist-remove"), () => remove(list)));
}

async function open({ name, songs: numbers }, { plays = true } = {}) {
  const answer = await api.songs(numbers.slice(0, MOST)).catch(() => null);
  if (!answer?.songs.length) return say(t("playlist-gone", { name }));
  songs.showPlaylist(name, answer.songs, plays);
}

async function remove(list) {
  if (!(await attempt(() => shelf().remove(list.name)))) return;
  await show();
  find("playlists-close").focus();
  say(t("playlist-removed", { name: list.name }), { words: t("undo"), action: async () => { await attempt(() => shelf().save(list.name, list.songs)); show(); } });
}

/** Saves a playlist at a music server or service of the owner, and says what that does not have. */
async function copy({ name, songs: numbers }, place) {
  const saved = await attempt(() => api.playlists.copy(name, numbers, place.id));
  if (!saved) return;
  const words = t("playlist-saved-at", { name, place: place.name, n: saved.saved });
  find("playlists-note").textContent = saved.missing.length ? `${words} ${t("playlist-missing", { songs: saved.missing.join(", ") })}` : words;
}

async function copyLink({ name, songs: numbers }) {
  const address = `${location.origin}${location.pathname}#playlist=${encodeURIComponent(name)}&songs=${numbers.join()}`;
  // Not every browser lets a page copy; then it is there to be copied by hand.
  const isCopied = await navigator.clipboard?.writeText(address).then(() => true, () => false);
  if (isCopied) return put(find("playlists-note"), "playlist-copied");
  find("playlists-note").textContent = address;
}

async function download(list, format) {
  const file = await attempt(() => api.playlistFile({ name: list.name, songs: list.songs, format }));
  if (!file) return;
  const link = make("a", { href: URL.createObjectURL(file), download: `${list.name.replace(/[\\/:*?"<>|\u0000-\u001f]/g, "_")}.${format}` });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
