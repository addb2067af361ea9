// Puts the page together.

import * as api from "./api.js";
import * as bars from "./bars.js";
import { CameraWay } from "./camera.js";
import * as choices from "./choices.js";
import { find, make } from "./dom.js";
import { DrawnFace } from "./face.js";
import { HandWay } from "./hand.js";
import * as history from "./history.js";
import { LiveWay } from "./live.js";
import { moods, places } from "./moods.js";
import { PhotoWay } from "./photo.js";
import * as plane from "./plane.js";
import * as songs from "./songs.js";
import { hideChoice } from "./stage.js";
import { change, settings } from "./store.js";
import { emotionName, percent, preferred, put, speak, t } from "./texts.js";
import * as timeline from "./timeline.js";

const mark = new DrawnFace();
const ways = {};
let way = null;
let facts = null;
let spoken = "";
/** The emotions that bars and timeline have, one after the other. */
let told = "";

async function begin() {
  find("brand-face").append(mark.element);
  find("invite-face").append(new DrawnFace({ happy: 1 }).element);
  facts = await options();
  for (const { emotion, ...place } of facts.emotions) places.set(emotion, place);
  await speak(preferred(facts.pageLanguages.map(({ code }) => code), settings.pageLanguage));
  ways.camera = new CameraWay({ onMood: (mood) => see("camera", mood), onRefused: noCamera });
  ways.photo = new PhotoWay({ onMood: (mood, how) => see("photo", mood, { isDeliberate: true, ...how }) });
  ways.hand = new HandWay({ onMood: (mood, how) => see("hand", mood, { isDeliberate: true, ...how }) });
  ways.live = new LiveWay({ onMood: (mood) => see("live", mood) });
  find("way-live").hidden = !facts.live;
  history.setUp(facts);
  choices.setUp(facts, (what) => {
    showPrivacy();
    if (what === "songs") return songs.refresh({ isWanted: true });
    emotionsChanged();
    ways.photo.repeat();
  });
  songs.setUp(facts);
  build();
  setUpWays();
  setUpLanguage();
  moods.addEventListener("mood", showMood);
  addEventListener("fermusic-choices", showPrivacy);
  setInterval(() => { if (way !== "hand") timeline.add(moods.current); }, 1000);
  // Until here a click would have been lost.
  for (const part of document.querySelectorAll("[inert]")) part.inert = false;
  go(facts.live ? "live" : settings.way === "live" ? "camera" : settings.way);
}

/** Asks again while the server cannot be reached: it may be starting. */
async function options() {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await api.options();
    } catch (problem) {
      if (attempt > 30) throw problem;
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
  }
}

/** All that has words in it. */
function build() {
  told = "";
  emotionsChanged();
  plane.build();
  ways.hand.build();
  ways.photo.redraw();
  choices.build();
  showPrivacy();
}

function emotionsChanged() {
  tell(choices.chosenEmotions().emotions);
  showMood();
}

/** Bars and timeline have the emotions that the mood has: all of them by hand, also where five are told apart. */
function tell(emotions) {
  const names = facts.emotions.map(({ emotion }) => emotion).filter((emotion) => emotions.includes(emotion));
  if (names.join() === told) return;
  told = names.join();
  bars.build(names);
  timeline.build(names);
}

/** Who learns what is listened to. */
function showPrivacy() {
  const service = songs.askedService();
  find("privacy").textContent = service ? t("privacy-asked", { service: choices.serviceName(service) }) : t("privacy");
}

function see(from, mood, options) {
  if (from === way) moods.take(mood, options);
}

function showMood() {
  const mood = moods.current;
  if (mood) tell(Object.keys(mood.probabilities));
  bars.show(mood);
  plane.show(mood);
  if (mood) mark.show(mood.probabilities);
  document.documentElement.style.setProperty("--mood", `var(--${mood && !mood.uncertain ? mood.emotion : "neutral"})`);
  const isWatching = way === "camera" ? ways.camera.isRunning : way === "live";
  const saying = way === "hand" ? "said-hand" : mood?.uncertain ? "said-uncertain" : "said";
  const text = !mood ? (isWatching ? t("no-face") : "") : t(saying, { emotion: emotionName(mood.emotion) });
  const said = find("said");
  if (said.dataset.text !== text) {
    said.dataset.text = text;
    said.textContent = text;
  }
  announce(mood, text);
}

/** Tells screen readers, but not of every flicker. */
let announcedAt = 0;
function announce(mood, text) {
  const now = performance.now();
  if (text === spoken || now - announcedAt < 3000) return;
  spoken = text;
  announcedAt = now;
  const top = mood ? ` (${percent(mood.probabilities[mood.emotion])})` : "";
  find("announce").textContent = text + top;
}

// The ways in are tabs (WAI-ARIA "tabs"): arrow keys go from one to the next.

function setUpWays() {
  const tabs = [...find("ways").querySelectorAll("[role=tab]")];
  for (const tab of tabs) {
    tab.addEventListener("click", () => go(tab.dataset.way));
    tab.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!step) return;
      const visible = tabs.filter((other) => !other.hidden);
      const next = visible[(visible.indexOf(tab) + step + visible.length) % visible.length];
      next.focus();
      go(next.dataset.way);
    });
  }
  // A photo pasted anywhere is a photo.
  addEventListener("paste", (event) => {
    const file = [...(event.clipboardData?.files ?? [])].find((file) => file.type.startsWith("image/"));
    if (!file) return;
    go("photo");
    ways.photo.show(file);
  });
}

function go(next) {
  if (next === way || !ways[next]) return;
  ways[way]?.leave?.();
  way = next;
  if (next !== "live") change({ way: next });
  for (const tab of find("ways").querySelectorAll("[role=tab]")) {
    const isOn = tab.dataset.way === next;
    tab.setAttribute("aria-selected", String(isOn));
    tab.tabIndex = isOn ? 0 : -1;
    find(`panel-${tab.dataset.way}`).hidden = !isOn;
  }
  hideChoice();
  put(find("hand-note"), null);
  moods.forget();
  emotionsChanged();
  // By hand the map is there to be tapped.
  if (next === "hand") find("panel-hand").append(find("map"));
  else find("maps").prepend(find("map"));
  plane.choosePlaces(next === "hand" ? (valence, energy) => ways.hand.choosePlace(valence, energy) : null);
  ways[next].enter?.();
}

/** Without a camera the visitor goes on by hand, and is told why. */
function noCamera(reason) {
  go("hand");
  put(find("hand-note"), reason);
  find("announce").textContent = t(reason);
}

function setUpLanguage() {
  const menu = find("page-language");
  const chosen = document.documentElement.lang;
  menu.replaceChildren(...facts.pageLanguages.map(({ code, name }) => make("option", { value: code, lang: code, selected: code === chosen }, name)));
  menu.addEventListener("change", async () => {
    change({ pageLanguage: menu.value });
    await speak(menu.value);
    build();
    songs.rebuild();
  });
}

begin().catch((problem) => {
  find("failed").hidden = false;
  throw problem;
});
