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
import { change, settings } from "./store.js";
import { emotionName, ownNames, percent, preferred, speak, t } from "./texts.js";
import * as timeline from "./timeline.js";

const FIVE = ["angry", "happy", "sad", "surprise", "neutral"];
const mark = new DrawnFace();
const ways = {};
let way = null;
let facts = null;
let spoken = "";

async function begin() {
  find("brand-face").append(mark.element);
  find("invite-face").append(new DrawnFace({ happy: 1 }).element);
  facts = await options();
  for (const { emotion, ...place } of facts.emotions) places.set(emotion, place);
  await speak(preferred(facts.pageLanguages, settings.pageLanguage));
  ways.camera = new CameraWay({ onMood: (mood) => see("camera", mood), onRefused: noCamera });
  ways.photo = new PhotoWay({ onMood: (mood) => see("photo", mood, { isDeliberate: true }) });
  ways.hand = new HandWay({ onMood: (mood) => see("hand", mood, { isDeliberate: true }) });
  ways.live = new LiveWay({ onMood: (mood) => see("live", mood) });
  find("way-live").hidden = !facts.live;
  history.setUp(facts);
  choices.setUp(facts, (what) => {
    if (what === "songs") return songs.refresh({ isWanted: true });
    emotionsChanged();
    if (way === "photo") ways.photo.repeat();
  });
  songs.setUp(facts);
  build();
  setUpWays();
  setUpLanguage();
  moods.addEventListener("mood", showMood);
  setInterval(() => { if (way !== "hand") timeline.add(moods.current); }, 1000);
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
  emotionsChanged();
  plane.build();
  ways.hand.build();
  choices.build();
}

function emotionsChanged() {
  const all = facts.emotions.map(({ emotion }) => emotion);
  const names = settings.grouping === "five" ? all.filter((name) => FIVE.includes(name)) : all;
  bars.build(names);
  timeline.build(names);
  showMood();
}

function see(from, mood, options) {
  if (from === way) moods.take(mood, options);
}

function showMood() {
  const mood = moods.current;
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
  if (way === "camera") ways.camera.stop();
  if (way === "live") ways.live.stop();
  way = next;
  if (next !== "live") change({ way: next });
  for (const tab of find("ways").querySelectorAll("[role=tab]")) {
    const isOn = tab.dataset.way === next;
    tab.setAttribute("aria-selected", String(isOn));
    tab.tabIndex = isOn ? 0 : -1;
    find(`panel-${tab.dataset.way}`).hidden = !isOn;
  }
  find("who").hidden = true;
  moods.forget();
  plane.choosePlaces(next === "hand" ? (valence, energy) => ways.hand.choosePlace(valence, energy) : null);
  if (next === "live") ways.live.start();
}

/** Without a camera the visitor goes on by hand, and is told why. */
function noCamera(reason) {
  const text = t(reason);
  go("hand");
  find("announce").textContent = text;
  const lead = document.querySelector("#panel-hand .lead");
  lead.textContent = `${text} ${t("hand-lead")}`;
}

async function setUpLanguage() {
  const menu = find("page-language");
  const names = await ownNames(facts.pageLanguages);
  const chosen = document.documentElement.lang;
  menu.replaceChildren(...names.map(([code, name]) => make("option", { value: code, lang: code, selected: code === chosen }, name)));
  menu.addEventListener("change", async () => {
    change({ pageLanguage: menu.value });
    await speak(menu.value);
    build();
    songs.rebuild();
  });
}

begin();
