// Plays a song on the page where that is possible: half a minute where a service gives it, or the service's own player,
// which is loaded only now.

import * as api from "./api.js";
import { find, icon, make } from "./dom.js";
import * as store from "./store.js";
import { t } from "./texts.js";

const PREVIEWS = ["Deezer", "iTunes"];

function ways(song) {
  const spotify = song.media?.players?.spotify ?? song.players?.spotify;
  const youtube = song.media?.players?.youtube ?? song.players?.youtube;
  const all = [
    spotify && { kind: "spotify", id: spotify },
    youtube && { kind: "youtube", id: youtube },
    // These have half a minute of most songs; the address is asked for when it is needed, since it soon ends.
    PREVIEWS.includes(song.media?.service) && { kind: "preview" },
  ].filter(Boolean);
  const { service } = store.settings;
  if (service === "any") return all;
  return all.filter((way) => way.kind === (service === "spotify" || service === "youtube" ? service : "preview"));
}

export const canPlay = (song) => ways(song).length > 0;

export function play(song) {
  const [way] = ways(song);
  if (!way) return;
  const player = find("player");
  player.hidden = false;
  player.replaceChildren(
    make("div", { class: "title" }, make("b", { dir: "auto" }, song.title), make("span", { dir: "auto" }, song.artist),
      way.kind === "preview" ? make("a", { href: song.media.link ?? song.links.spotify, target: "_blank", rel: "noopener noreferrer" }, t("whole-song", { service: song.media.service ?? "" })) : null),
    element(way, song),
    make("button", { class: "key round", type: "button", "aria-label": t("close-player"), onclick: close }, icon("close")));
}

function element(way, song) {
  if (way.kind === "preview") {
    const audio = make("audio", { controls: true, autoplay: true });
    const fail = () => audio.replaceWith(make("span", { role: "status" }, t("preview-failed")));
    audio.addEventListener("error", fail);
    api.media(song.id, song.media.service.toLowerCase(), { preview: true })
      .then(({ preview }) => { if (preview) audio.src = preview; else fail(); }, fail);
    return audio;
  }
  const title = t("player-of", { title: song.title });
  const id = encodeURIComponent(way.id);
  return way.kind === "spotify"
    ? make("iframe", { title, src: `https://open.spotify.com/embed/track/${id}`, allow: "autoplay; clipboard-write; encrypted-media; fullscreen; picture-in-picture" })
    : make("iframe", { title, class: "wide", src: `https://www.youtube-nocookie.com/embed/${id}?autoplay=1`, referrerpolicy: "strict-origin-when-cross-origin",
        allow: "autoplay; encrypted-media; fullscreen; picture-in-picture" });
}

function close() {
  find("player").replaceChildren();
  find("player").hidden = true;
  for (const node of document.querySelectorAll(".song.playing")) node.classList.remove("playing");
}
