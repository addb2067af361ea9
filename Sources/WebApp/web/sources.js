// Where a song can be heard: here, in a service's own player on the page, or only elsewhere. What is not here says so.

import * as api from "./api.js";
import { at } from "./place.js";
import { settings } from "./store.js";

const PREVIEWS = ["Deezer", "iTunes"];
/** Decibels that make half a minute of a service as loud as songs of which the loudness is known: most are near -10 LUFS. */
const PREVIEW_GAIN = -8;
/** The same for the pieces that come with the program. */
const PIECE_GAIN = -3.3;
export const plays = (type) => document.createElement("audio").canPlayType(type) !== "";
/** What our own player may be given; of these the server is told which this browser plays, and has others made into MP3. */
const TYPES = ["audio/mpeg", "audio/ogg", "audio/flac", "audio/mp4", "audio/aac", "audio/wav", "audio/webm"].filter(plays);
/** Music servers that could not be asked lately, by their places, and until when they are left alone. */
const away = new Map();
/** Milliseconds of that. */
const PAUSE = 30_000;
/** Of the page's facts: services that may be asked, and the one that is asked unless visitors choose. */
let services = [], usual = null;

export function setUp(facts) { ({ services, usualService: usual } = facts); }

/** The service that is asked for covers and previews; null if none is, and nobody learns what is listened to. */
export function askedService() {
  const asked = settings.service === "any" ? usual : settings.service;
  return services.includes(asked) ? asked : null;
}

/** Whether that service is still asked: what an earlier one said of a song leads to its server. */
const isAsked = (service) => Boolean(service) && askedService() === service.toLowerCase();

/** The address of a song's cover, where its service or the owner's music server may know of it. */
export const coverOf = ({ id, media, service, cover, server }) =>
  (isAsked(media?.service ?? service) && (media?.cover ?? cover)) || (server && !isAway(server) ? at(`/api/v1/covers/${id}`) : null);

const isAway = ({ place }) => away.get(place) > Date.now();

/** Whether a song is heard from a music server of the owner's, and which: { name, place }; null if it is not. */
export const serverOf = (song) => (source(song)?.isRelayed ? song.server : null);

/** Whether a song's music server could not be asked a moment ago, and the song is nowhere else here. */
export const isOut = (song) => Boolean(song.server) && source(song) === null && isAway(song.server);

/** Why a song that this server gets from another one did not come, as { text, values } of the page; null if nobody knows. */
export async function reason(song) {
  const server = serverOf(song);
  if (!server) return null;
  const problem = await api.tryStream(song.id).then(() => null, (problem) => problem);
  const text = { "music-server-gone": "stream-gone", "music-server-refuses": "stream-refused", "song-gone": "stream-missing" }[problem?.kind];
  // The next songs of the same server would fare no better.
  if (text && text !== "stream-missing") {
    away.set(server.place, Date.now() + PAUSE);
    dispatchEvent(new Event("fermusic-sources"));
    setTimeout(() => dispatchEvent(new Event("fermusic-sources")), PAUSE + 100);
  }
  return text ? { text, values: { title: song.title, server: `${server.name} (${server.place})` } } : null;
}

const opus = plays('audio/ogg; codecs="opus"');

/** What the owner's file of a song is called that this browser cannot play, such as "WMA"; null if it has none. */
export const unplayable = ({ file }) => (file && !plays(file.type) ? file.type.replace(/^audio\/(x-)?(ms-)?/, "").toUpperCase() : null);

/** How a song is played here: { kind: "audio", address(), gain } for our own player, gain in decibels; { kind: "spotify" or
    "youtube", id } for theirs; null if it cannot be. The owner's own file comes before what a music server of the owner's has, and that before half a minute of a service. */
export function source(song) {
  if (song.local) return { kind: "audio", gain: song.gain, address: async () => URL.createObjectURL(song.local) };
  if (song.file && plays(song.file.type)) return { kind: "audio", gain: song.file.gain, address: async () => at(`/api/v1/files/${song.file.number}`) };
  if (song.piece) return opus ? { kind: "audio", gain: PIECE_GAIN, address: async () => new URL(`pieces/${song.piece}`, import.meta.url).href } : null;
  if (song.server && !isAway(song.server)) return { kind: "audio", isRelayed: true, gain: song.server.gain, address: async () => at(`/api/v1/streams/${song.id}?plays=${TYPES}`) };
  const { service } = settings, wants = (name) => service === "any" || service === name;
  const players = { ...song.players, ...song.media?.players };
  const known = song.media?.service ?? song.service;
  // These have half a minute of most songs; the address is asked for when it is needed, since it soon ends.
  if (PREVIEWS.includes(known) && isAsked(known)) {
    return { kind: "audio", isPreview: true, gain: PREVIEW_GAIN, address: () => preview(song, known) };
  }
  if (players.spotify && wants("spotify")) return { kind: "spotify", id: players.spotify };
  if (players.youtube && wants("youtube")) return { kind: "youtube", id: players.youtube };
  return null;
}

async function preview(song, service) {
  const { preview: address } = await api.media(song.id, service.toLowerCase(), { preview: true });
  if (!address) throw new Error("there is no preview");
  return address;
}

/** Whether it goes on by itself to the next one: only what our own player plays does. */
export const playsHere = (song) => source(song)?.kind === "audio";

/** Where else a song is to be found: [{ name, address }], the visitor's own choice first. */
export function elsewhere(song) {
  const words = encodeURIComponent(`${song.title} ${song.artist}`);
  const places = {
    spotify: { name: "Spotify", address: song.links?.spotify },
    youtube: { name: "YouTube", address: song.links?.youtube },
    deezer: { name: "Deezer", address: `https://www.deezer.com/search/${words}` },
    itunes: { name: "Apple Music", address: `https://music.apple.com/search?term=${words}` },
  };
  // What a service found is better than a search.
  const found = { Deezer: "deezer", iTunes: "itunes", Spotify: "spotify", YouTube: "youtube" }[song.media?.service];
  if (found && song.media.link) places[found].address = song.media.link;
  const first = settings.service === "any" ? (found ?? "spotify") : settings.service;
  const order = [...new Set([first, "spotify", "youtube"])];
  return order.map((name) => places[name]).filter((place) => place?.address);
}

/** What the queue keeps of a song. */
export const entry = (song) => ({
  key: song.key ?? `song-${song.id}`, id: song.id, title: song.title, artist: song.artist, language: song.language, piece: song.piece, file: song.file, server: song.server, local: song.local, gain: song.gain,
  seconds: song.seconds, features: song.features, links: song.links, players: song.players, service: song.media?.service ?? song.service,
  cover: song.media?.cover ?? song.cover, link: song.media?.link ?? song.link,
});
