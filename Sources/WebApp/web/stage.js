// Boxes around faces, over a picture or video; and whose mood counts when there are several.

import { find, make } from "./dom.js";
import { largest } from "./moods.js";
import { emotionName, language, t } from "./texts.js";

/** What a face is called: its track, or in a single picture its place in the list. */
const keyOf = (face, index) => face.track ?? index;

export class Stage {
  /** The face whose mood counts, or "all". */
  #chosen = "all";

  /** `picture` is the video or image that lies under the boxes; `onChoose` is called when a face was picked. */
  constructor(stage, picture, onChoose) {
    this.stage = stage;
    this.picture = picture;
    this.layer = stage.querySelector("[data-faces]");
    this.onChoose = onChoose;
    this.boxes = new Map();
  }

  get isMirrored() { return this.stage.classList.contains("mirrored"); }

  /** Shows a result of the analysis and gives the mood that counts, or null. One face alone has the colour of what the
      page calls its mood (`named`), which is steadier than a single picture. */
  show(result, named) {
    const faces = result?.faces ?? [], keys = faces.map(keyOf);
    if (!keys.includes(this.#chosen)) this.#chosen = "all";
    faces.forEach((face, index) => this.#place(keys, index, face, result, named));
    if (faces.length > 1) this.#part(keys.map((key) => this.boxes.get(key)));
    for (const [key, box] of this.boxes) {
      if (keys.includes(key)) continue;
      box.remove();
      this.boxes.delete(key);
    }
    this.#showChoice(keys);
    if (!faces.length) return null;
    return faces.length === 1 ? faces[0] : faces[keys.indexOf(this.#chosen)] ?? result.group;
  }

  /** Takes the boxes away; other faces will come. */
  clear() {
    this.#chosen = "all";
    this.show(null);
  }

  #box(key) {
    let box = this.boxes.get(key);
    if (!box) {
      box = make("button", { class: "face-box", type: "button", tabindex: "-1", "aria-hidden": "true", onclick: () => this.#choose(key) }, make("span"));
      this.boxes.set(key, box);
      this.layer.append(box);
    }
    return box;
  }

  #place(keys, index, face, { width, height }, named) {
    const key = keys[index], box = this.#box(key);
    // The picture is shown whole, with empty bands where its shape differs from the stage's.
    const stage = this.stage.getBoundingClientRect();
    const scale = Math.min(stage.width / width, stage.height / height);
    const left = (stage.width - width * scale) / 2, top = (stage.height - height * scale) / 2;
    const x = this.isMirrored ? width - face.box.x - face.box.width : face.box.x;
    const upper = top + face.box.y * scale, lower = upper + face.box.height * scale;
    box.style.left = `${left + x * scale}px`;
    box.style.top = `${upper}px`;
    box.style.width = `${face.box.width * scale}px`;
    box.style.height = `${face.box.height * scale}px`;
    const emotion = (keys.length === 1 && named) || largest(face.probabilities);
    box.style.setProperty("--mood", `var(--${emotion})`);
    box.classList.toggle("other", this.#chosen !== "all" && key !== this.#chosen);
    // Words are longer than faces are wide: they go towards the middle, and below the face where there is no room above.
    box.classList.toggle("end", x + face.box.width / 2 > width / 2);
    box.classList.toggle("low", upper < 30 && lower < stage.height - 30);
    box.classList.toggle("within", upper < 30 && lower >= stage.height - 30);
    // Of one face the headline speaks; of several each says which it is.
    box.firstChild.textContent = keys.length > 1 ? `${index + 1} · ${emotionName(emotion)}` : "";
    box.firstChild.hidden = keys.length < 2;
  }

  /** Words of faces beside each other are kept apart: the later ones go below their face. */
  #part(boxes) {
    const placed = [];
    for (const box of boxes) {
      const place = () => box.firstChild.getBoundingClientRect(), words = place();
      const isHidden = placed.some((other) => words.left < other.right && other.left < words.right && words.top < other.bottom && other.top < words.bottom);
      if (isHidden) box.classList.toggle("low");
      placed.push(isHidden ? place() : words);
    }
  }

  #choose(key) {
    this.#chosen = key;
    this.onChoose();
  }

  /** Buttons to pick a face or all of them; only with several faces, and where the stage is seen. */
  #showChoice(keys) {
    if (!this.stage.offsetParent) return;
    const who = find("who");
    const state = JSON.stringify([language, keys, this.#chosen]);
    if (state === who.dataset.state) return;
    who.dataset.state = state;
    who.hidden = keys.length < 2;
    const button = (key, text) => make("button", {
      type: "button", class: "chip", "aria-pressed": String(this.#chosen === key), "data-face": String(key), onclick: () => this.#choose(key),
    }, text);
    const focused = who.contains(document.activeElement) ? document.activeElement.dataset.face : null;
    who.replaceChildren(...(who.hidden ? [] : [button("all", t("everyone")), ...keys.map((key, i) => button(key, t("face-number", { n: i + 1 })))]));
    if (focused) (who.querySelector(`[data-face="${focused}"]`) ?? who.firstChild ?? this.stage.querySelector(":scope > button:not([hidden])") ?? tab())?.focus();
  }
}

/** Where the keyboard goes when its button has gone: the way in that is open. */
const tab = () => document.querySelector("#ways [aria-selected=true]");

/** Takes the buttons away: they were for the faces of another way in. */
export function hideChoice() {
  const who = find("who");
  if (who.contains(document.activeElement)) tab().focus();
  who.replaceChildren();
  who.hidden = true;
  delete who.dataset.state;
}
