// Puts the page together.

import * as api from "./api.js";
import * as bars from "./bars.js";
import { CameraWay } from "./camera.js";
import * as choices from "./choices.js";
import { find, make } from "./dom.js";
import { DrawnFace } from "./face.js";
import { HandWay } from "./hand.js";
import * as install from "./install.js";
import * as looker from "./looker.js";
import { LiveWay } from "./live.js";
import * as matcher from "./matcher.js";
import { moods, places } from "./moods.js";
import { PhotoWay } from "./photo.js";
import * as pieces from "./pieces.js";
import * as plane from "./plane.js";
import * as player from "./player.js";
import { say } from "./snack.js";
import * as songs from "./songs.js";
import * as sources from "./sources.js";
import { change, setHousehold, settings } from "./store.js";
import { preferred, put, speak, t } from "./texts.js";
import * as timeline from "./timeline.js";
import * as said from "./said.js";
import * as ways from "./ways.js";

let facts = null;
/** The emotions that bars and timeline have, one after the other. */
let told = "";
const mark = new DrawnFace();

async function begin() {
  find("brand-face").append(mark.element);
  find("invite-face").append(new DrawnFace({ happy: 1 }).element);
  facts = await options();
  setHousehold(facts.opinions);
  for (const { emotion, ...place } of facts.emotions) places.set(emotion, place);
  await Promise.all([speak(preferred(facts.pageLanguages.map(({ code }) => code), settings.pageLanguage)), pieces.load()]);
  looker.setUp(facts);
  matcher.setUp(facts.matcher, () => looker.place() === "device");
  if (api.isStatic) beStatic();
  ways.setUp(facts, {
    camera: new CameraWay({ onMood: (mood, how) => see("camera", mood, how), onRefused: noCamera }),
    photo: new PhotoWay({ onMood: (mood) => see("photo", mood, { isDeliberate: true }) }),
    hand: new HandWay({ onMood: (mood) => { ways.go("hand"); see("hand", mood, { isDeliberate: true }); } }),
    live: new LiveWay({ onMood: (mood) => see("live", mood) }),
  }, wayChanged);
  for (const [id, load] of Object.entries({ "open-history": () => import("./history.js"), "open-playlists": () => import("./playlists.js") })) {
    find(id).addEventListener("click", () => later(load, ({ openDialog }) => openDialog(facts)));
  }
  sources.setUp(facts);
  player.setUp();
  choices.setUp(facts, (what) => {
    showPrivacy();
    if (what === "songs") {
      // Covers of a service that is not asked any more are not loaded either.
      songs.rebuild();
      player.rebuild();
      return songs.refresh();
    }
    showPlace();
    emotionsChanged();
    ways.all.photo.repeat();
  });
  songs.setUp(facts);
  build();
  setUpLanguage();
  moods.addEventListener("mood", showMood);
  addEventListener("fermusic-choices", showPrivacy);
  for (const event of ["fermusic-choices", "fermusic-place"]) addEventListener(event, showPlace);
  setInterval(() => { if (ways.current !== "hand") timeline.add(moods.current); }, 1000);
  // On phones the map would stand before the songs.
  find("exact").open = matchMedia("(min-width: 861px)").matches;
  find("exact").addEventListener("toggle", plane.wake);
  const reasons = find("reasons");
  reasons.open = settings.reasonsOpen;
  reasons.addEventListener("toggle", () => { change({ reasonsOpen: reasons.open }); plane.wake(); timeline.paint(); });
  // Until here a click would have been lost.
  for (const part of document.querySelectorAll("[inert]")) part.inert = false;
  ways.begin(facts.live ? "live" : "camera");
  songs.begin();
  openShared();
  addEventListener("hashchange", openShared);
  install.keep();
  setTimeout(matcher.prepare, install.LATER);
  const photo = await install.sharedPhoto();
  if (!photo) return;
  ways.go("photo");
  ways.all.photo.show(photo);
}

/** Does something with a part of the page that most visits do without. */
const later = (load, use) => load().then(use, () => say(t("server-gone")));

/** A playlist that somebody has sent. */
function openShared() {
  if (location.hash.startsWith("#playlist=")) later(() => import("./playlists.js"), (playlists) => playlists.openShared());
}

/** Without a server: what leads to it is not shown. */
function beStatic() { for (const node of document.querySelectorAll("[data-server]")) node.hidden = true; }

/** Asks again while the server cannot be reached or fails: it may be starting. */
async function options() {
  for (let attempt = 0; ; attempt += 1) {
    try {
      const answer = await api.options();
      find("failed").hidden = true;
      return answer;
    } catch (problem) {
      // The page has no texts yet: English is what it comes with.
      find("failed").hidden = false;
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
  ways.all.hand.build();
  ways.all.photo.redraw();
  choices.build();
  showPrivacy();
  showPlace();
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
  const service = sources.askedService();
  find("privacy").textContent = service ? t("privacy-asked", { service: choices.serviceName(service) }) : t("privacy");
}

/** Who looks at pictures: said before any is taken. */
function showPlace() {
  const place = looker.place();
  const prefix = place === "server" ? "" : matcher.isUsed() ? "device-" : "mood-";
  for (const id of ["camera-promise", "photo-promise", "seen-promise"]) put(find(id), prefix + id);
  put(find("place-words"), place === "server" ? "place-server-words" : matcher.isUsed() ? "place-device-words" : "place-mood-words");
  find("place").value = place;
}

let isLooking = false;
function see(from, mood, how = {}) {
  if (from !== ways.current) return;
  isLooking = how.isLooking ?? false;
  moods.take(mood, how);
}

function showMood() {
  const mood = moods.current;
  if (mood) tell(Object.keys(mood.probabilities));
  bars.show(mood);
  plane.show(mood);
  mark.show(mood?.probabilities ?? { neutral: 1 });
  ways.all.hand.mark(mood);
  const isWatching = ways.isWatching();
  document.documentElement.dataset.mood = mood?.emotion ?? "none";
  document.documentElement.style.setProperty("--mood", mood ? `var(--${mood.emotion})` : "var(--accent)");
  said.show(mood, { isByHand: ways.current === "hand", isWatching, isLooking });
}

function wayChanged() {
  moods.forget();
  emotionsChanged();
  const byHand = ways.current === "hand";
  // By hand the map is there to be tapped.
  if (byHand) find("exact").append(find("map"));
  else find("timeline-part").before(find("map"));
  plane.choosePlaces(byHand ? (valence, energy) => ways.all.hand.choosePlace(valence, energy) : null);
}

/** Without a camera the visitor goes on by hand, and is told why. */
function noCamera(reason) {
  const hadFocus = document.activeElement === document.body || find("panel-camera").contains(document.activeElement);
  ways.go("hand");
  put(find("hand-note"), reason);
  if (hadFocus) find("way-hand").focus({ preventScroll: true });
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
    player.rebuild();
  });
}

begin().catch((problem) => {
  find("failed").hidden = false;
  find("failed").textContent = "The server does not answer. Load this page again to try once more.";
  throw problem;
});
