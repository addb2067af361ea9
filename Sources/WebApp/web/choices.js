// What visitors choose: languages, artists, what songs shall do, how many, where to listen, which model.

import * as api from "./api.js";
import { find, icon, make } from "./dom.js";
import * as looker from "./looker.js";
import { change, settings } from "./store.js";
import { languageName, put, t } from "./texts.js";

let facts = {};
let onChange = () => {};
/** Languages that are always offered; all others show with "more". */
const FEW = 12;
let showsAll = false;
/** Seconds that one song may fade into the next. */
const FADES = [0, 3, 6, 10];
const SERVICES = { spotify: "Spotify", youtube: "YouTube", deezer: "Deezer", itunes: "iTunes" };

/** The emotions that are told apart: those that were chosen, else as many as a model knows. */
export const chosenEmotions = () => facts.emotionSets.find(({ name }) => name === settings.grouping) ?? facts.emotionSets.at(-1);

export const serviceName = (service) => SERVICES[service] ?? service;

/** `report` is called with "songs" or "analysis", whichever the choice concerns. */
export function setUp(options, report) {
  facts = options;
  onChange = report;
  const details = find("choices");
  details.open = settings.choicesOpen;
  details.addEventListener("toggle", () => change({ choicesOpen: details.open }));
  const count = find("count");
  count.max = Math.min(30, options.limits.count);
  count.value = settings.count;
  count.addEventListener("input", () => { find("count-value").textContent = count.value; });
  count.addEventListener("change", () => set({ count: Number(count.value) }, "songs"));
  find("service").addEventListener("change", (event) => set({ service: event.target.value }, "songs"));
  find("fade").addEventListener("change", (event) => change({ fade: Number(event.target.value) }));
  find("model").addEventListener("change", (event) => set({ model: event.target.value }, "analysis"));
  find("place").addEventListener("change", (event) => set({ place: event.target.value, slowIn: null }, "analysis"));
  if (!options.models.includes(settings.model)) change({ model: null });
  if (!options.modes.includes(settings.mode)) change({ mode: "match" });
  setUpArtists();
  addEventListener("fermusic-choices", build);
}

function set(values, what) {
  change(values);
  summarise();
  onChange(what);
}

/** Shows everything, in the page's language. */
export function build() {
  segments("modes", "mode", facts.modes.map((mode) => [mode, t(`mode-${mode}`), t(`mode-${mode}-hint`)]), settings.mode, (mode) => { set({ mode }, "songs"); modeWords(); });
  modeWords();
  segments("grouping", "grouping", facts.emotionSets.map(({ name }) => [name, t(name)]), chosenEmotions().name, (grouping) => set({ grouping }, "analysis"));
  find("count-value").textContent = settings.count;
  const services = ["any", "spotify", "youtube", ...facts.services.filter((name) => !["spotify", "youtube"].includes(name))];
  find("service").replaceChildren(...services.map((name) =>
    new Option(name === "any" ? t("service-any") : serviceName(name), name, false, name === settings.service)));
  find("fade").replaceChildren(...FADES.map((n) => new Option(t(n ? "fade-seconds" : "fade-none", { n }), n, false, n === settings.fade)));
  find("model").replaceChildren(...facts.models.map((id) => new Option(id, id, false, id === settings.model)));
  find("place-field").hidden = !looker.hasChoice();
  find("place").replaceChildren(...["device", "server"].map((place) =>
    new Option(t(`place-${place}`), place, false, place === looker.place())));
  languages();
  artistChips();
  summarise();
}

const modeWords = () => put(find("mode-words"), `mode-${settings.mode}-hint`);

function segments(id, name, entries, chosen, choose) {
  find(id).replaceChildren(...entries.map(([value, text, hint]) => make("label", { title: hint },
    make("input", { type: "radio", name, value, checked: value === chosen, onchange: () => choose(value) }), text)));
}

/** A tap wants a language or takes that back; unwanted ones come from songs ("not in this language") and a tap lets them in. */
function languages() {
  const marked = new Set([...settings.languages, ...settings.without]);
  const list = facts.languages.filter((entry, index) => showsAll || index < FEW || marked.has(entry.code));
  const chips = list.map(({ code, songs }) => {
    const isWanted = settings.languages.includes(code), isOut = settings.without.includes(code);
    return make("button", {
      type: "button", class: isOut ? "chip off" : "chip", "aria-pressed": String(isWanted), title: t("songs-count", { n: songs }),
      "aria-label": isOut ? t("language-out", { language: languageName(code) }) : null,
      onclick: () => toggleLanguage(code), "data-language": code,
    }, languageName(code));
  });
  if (facts.languages.length > FEW) {
    chips.push(make("button", { type: "button", class: "chip", "aria-expanded": String(showsAll), onclick: showAll },
      t(showsAll ? "fewer" : "more-languages", { n: facts.languages.length - FEW })));
  }
  find("languages").replaceChildren(...chips);
}

function showAll() {
  showsAll = !showsAll;
  languages();
  find("languages").lastChild.focus();
}

function toggleLanguage(code) {
  const isWanted = settings.languages.includes(code), isOut = settings.without.includes(code);
  const without = settings.without.filter((other) => other !== code);
  const wanted = settings.languages.filter((other) => other !== code);
  if (!isWanted && !isOut) wanted.push(code);
  set({ languages: wanted, without }, "songs");
  languages();
  document.querySelector(`[data-language="${code}"]`)?.focus();
}

/** The choices in a line, for when they are folded. */
function summarise() {
  const parts = [];
  if (settings.languages.length) parts.push(settings.languages.map(languageName).join(", "));
  if (settings.without.length) parts.push(t("not-languages", { list: settings.without.map(languageName).join(", ") }));
  if (settings.artists.length) parts.push(settings.artists.join(", "));
  find("choices-note").textContent = parts.join(" · ");
}

// Favourite artists: a text field with a list to choose from (WAI-ARIA "combobox").

let found = [], active = -1, asking = null, timer = null;

function setUpArtists() {
  const input = find("artist");
  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => complete(input.value.trim()), 150);
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (!found.length) return;
      event.preventDefault();
      active = (active + (event.key === "ArrowDown" ? 1 : found.length)) % found.length;
      if (event.key === "ArrowUp" && active === found.length) active = 0;
      mark();
    } else if (event.key === "Enter") {
      event.preventDefault();
      enter(input.value.trim());
    } else if (event.key === "Escape") {
      close();
    } else if (event.key === "Backspace" && !input.value && settings.artists.length) {
      remove(settings.artists.at(-1));
    }
  });
  input.addEventListener("blur", () => setTimeout(close, 150));
}

/** What was typed means the first artist who is offered for it; of a name that nobody has, the visitor is told. */
async function enter(text) {
  if (!text) return;
  clearTimeout(timer);
  const problem = active < 0 ? await complete(text) : null;
  if (problem) return problem.name !== "AbortError" && put(find("artist-note"), problem.text ?? "server-failed");
  const name = found[Math.max(0, active)]?.name;
  if (name) add(name);
  else if (!settings.artists.includes(text)) put(find("artist-note"), "artist-unknown");
}

/** Offers artists for what was typed. Gives the problem, if there was one: then there are none, also not those of before. */
async function complete(text) {
  put(find("artist-note"), null);
  asking?.abort();
  if (!text) return close();
  const mine = (asking = new AbortController());
  found = [];
  active = -1;
  let answer;
  try {
    answer = await api.artists(text, mine.signal);
  } catch (problem) {
    if (mine === asking) close();
    return problem;
  }
  found = answer.artists.filter((artist) => !settings.artists.includes(artist.name));
  active = -1;
  find("artist-list").replaceChildren(...found.map(({ name, songs }, index) => make("li", {
    role: "option", id: `artist-${index}`, "aria-selected": "false", onpointerdown: (event) => { event.preventDefault(); add(name); },
  }, make("span", {}, name), make("span", {}, t("songs-count", { n: songs })))));
  find("artist-list").hidden = !found.length;
  find("artist").setAttribute("aria-expanded", String(found.length > 0));
}

function mark() {
  [...find("artist-list").children].forEach((node, index) => {
    node.setAttribute("aria-selected", String(index === active));
    if (index === active) node.scrollIntoView({ block: "nearest" });
  });
  find("artist").setAttribute("aria-activedescendant", active >= 0 ? `artist-${active}` : "");
}

function close() {
  found = [];
  active = -1;
  find("artist-list").hidden = true;
  find("artist").setAttribute("aria-expanded", "false");
  find("artist").removeAttribute("aria-activedescendant");
}

function add(name) {
  find("artist").value = "";
  close();
  if (settings.artists.length < 30) set({ artists: [...new Set([...settings.artists, name])] }, "songs");
  artistChips();
}

function remove(name) {
  set({ artists: settings.artists.filter((other) => other !== name) }, "songs");
  artistChips();
  find("artist").focus();
}

function artistChips() {
  find("artist-chips").replaceChildren(...settings.artists.map((name) => make("button", {
    type: "button", class: "chip", "aria-label": t("remove-artist", { name }), onclick: () => remove(name),
  }, name, icon("close"))));
}
