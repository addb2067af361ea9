// Questions to the server.

import * as matcher from "./matcher.js";
import { at } from "./place.js";
import { language } from "./texts.js";

/** Whether the page is a folder of files (`fermusic export-site`): then there is no server to ask. */
export const isStatic = document.documentElement.hasAttribute("data-static");

/** Whether it could not be reached lately. */
let isGone = false;

/** An answer that is a problem (RFC 9457). */
export class Problem extends Error {
  constructor(status, body, retryAfter) {
    super(body?.detail ?? body?.title ?? `${status}`);
    this.status = status;
    this.kind = (body?.type ?? "").split("#")[1] ?? "";
    this.retryAfter = retryAfter;
  }

  /** The key of the text that says it to visitors; what the server says is for programs. */
  get text() {
    if (this.status === 0) return "server-gone";
    if (this.isPassing) return "server-busy";
    return { unauthorized: "server-token", catalogue: "server-catalogue", "bad-picture": "photo-bad", "music-server-gone": "place-gone", "music-server-refuses": "place-refused", "song-gone": "place-lacks" }[this.kind] ?? "server-failed";
  }

  /** Whether it is worth trying again soon. */
  get isPassing() { return [0, 429, 503].includes(this.status); }
}

/** What this device should have answered itself, and could not. */
class NotHere extends Error {
  constructor(cause) {
    super(cause.message, { cause });
    this.isPassing = cause instanceof matcher.Missing && !isStatic;
    this.text = this.isPassing ? "server-gone" : isStatic ? "songs-static" : "songs-device";
  }
}

async function ask(path, { reads = (answer) => answer.json(), ...options } = {}) {
  let answer;
  try {
    // Who reads the page in Hindi is offered songs in Hindi too.
    const headers = { "Accept-Language": usualLanguages().join(), ...options.headers };
    answer = await fetch(path instanceof URL ? path : at(path), { credentials: "same-origin", cache: "no-store", ...options, headers });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    isGone = true;
    throw new Problem(0, { detail: "" });
  }
  if (isGone) {
    isGone = false;
    dispatchEvent(new Event("fermusic-server-back"));
  }
  if (answer.status === 204) return null;
  const body = await Promise.resolve(answer.ok ? reads(answer) : answer.json()).catch(() => null);
  if (!answer.ok) throw new Problem(answer.status, body, Number(answer.headers.get("Retry-After")) || null);
  return body;
}

const post = (path, value, options = {}) =>
  ask(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(value), ...options });

export const options = () => ask(isStatic ? new URL("options.json", document.baseURI) : "/api/v1/options");
/** Languages as the visitor's browser names them, that of the page first. */
const usualLanguages = () => [language, ...navigator.languages];
/** What this device answers itself. */
async function here(question) {
  try {
    return await question;
  } catch (problem) {
    throw new NotHere(problem);
  }
}
export const recommend = async (question, signal) => (matcher.isUsed()
  ? here(matcher.recommend({ ...question, usualLanguages: usualLanguages() })) : post("/api/v1/recommendations", question, { signal }));
/** To begin with, for the hour, of which the server is told, and of nothing else: a first visit need not load the catalogue
    before it shows anything. */
export const recommendForHour = async (question, signal) => (isStatic ? recommend(question, signal)
  : post("/api/v1/recommendations", { emotions: question.emotions, count: question.count, listener: {} }, { signal }));
/** `{ song, opinion }`, or `{ songs, opinion }` with many. */
export const feedback = (noted) => post("/api/v1/feedback", noted);
export const artists = async (text, signal) =>
  matcher.isUsed() ? here(matcher.artists(text, 8)) : ask(`/api/v1/catalogue/search?kind=artists&limit=8&q=${encodeURIComponent(text)}`, { signal });
export const media = (song, service, { preview = false } = {}) =>
  ask(`/api/v1/media/${song}?preview=${preview}` + (service ? `&service=${encodeURIComponent(service)}` : ""));
/** Nothing, if a song of a music server comes; otherwise throws why it does not. */
export const tryStream = (song) => ask(`/api/v1/streams/${song}`, { headers: { Range: "bytes=0-0" }, reads: (answer) => answer.body?.cancel() });
/** Songs by their numbers. */
export const songs = (numbers) => (matcher.isUsed() ? here(matcher.songs(numbers)) : post("/api/v1/songs", { songs: numbers }));
/** The owner's playlists: { name, changed, songs }, songs by their numbers; and { id, name } of places where they can be saved too. */
export const playlists = {
  list: () => ask("/api/v1/playlists"),
  copy: (name, numbers, place) => post("/api/v1/playlist-copies", { name, songs: numbers, place }),
  save: (name, numbers) => post("/api/v1/playlists", { name, songs: numbers }),
  remove: (name) => ask(`/api/v1/playlists?name=${encodeURIComponent(name)}`, { method: "DELETE" }),
};
/** { name, songs, format } as a file. */
export const playlistFile = (wanted) => (isStatic ? here(matcher.playlistFile(wanted)).then((text) => new Blob([text])) : post("/api/v1/playlist-file", wanted, { reads: (answer) => answer.blob() }));
export const openSession = () => ask("/api/v1/sessions", { method: "POST" });
export const closeSession = (session) =>
  ask(`/api/v1/sessions/${session}`, { method: "DELETE", keepalive: true }).catch(() => {});

/** The faces in a picture; with a session they are followed from picture to picture. */
export function analyse(picture, { session, model, grouping, signal } = {}) {
  const query = new URLSearchParams();
  if (model) query.set("model", model);
  if (grouping) query.set("emotions", grouping);
  const headers = { "Content-Type": picture.type || "image/jpeg" };
  if (session) headers["Fermusic-Session"] = session;
  return ask(`/api/v1/analyse${query.size ? "?" + query : ""}`, { method: "POST", headers, body: picture, signal });
}
