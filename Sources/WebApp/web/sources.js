// Where a song can be heard: here, in a service's own player on the page, or only elsewhere. What is not here says so.

import * as api from "./api.js";
import { settings } from "./store.js";

const PREVIEWS = ["Deezer", "iTunes"];
const opus = document.createElement("audio").canPlayType('audio/ogg; codecs="opus"') !== "";

/** How a song is played here: { kind: "audio", address() } for our own player, { kind: "spotify" or "youtube", id } for
    theirs; null if it cannot be. Own files and streams have their place in front. */
export function source(song) {
  if (song.piece) return opus ? { kind: "audio", address: async () => new URL(`pieces/${song.piece}`, import.meta.url).href } : null;
  const { service } = settings, wants = (name) => service === "any" || service === name;
  const players = { ...song.players, ...song.media?.players };
  const known = song.media?.service ?? song.service;
  // These have half a minute of most songs; the address is asked for when it is needed, since it soon ends.
  if (PREVIEWS.includes(known) && (service === "any" || service === known.toLowerCase())) {
    return { kind: "audio", isPreview: true, address: () => preview(song, known) };
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
  key: song.key ?? `song-${song.id}`, id: song.id, title: song.title, artist: song.artist, language: song.language, piece: song.piece,
  seconds: song.seconds, features: song.features, links: song.links, players: song.players, service: song.media?.service ?? song.service,
  cover: song.media?.cover ?? song.cover, link: song.media?.link ?? song.link,
});
