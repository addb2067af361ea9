// Boxes around faces, over a picture or video; and whose mood counts when there are several.

import { find, make } from "./dom.js";
import { emotionName, percent, t } from "./texts.js";

/** The face whose mood counts: its track, or "all". */
let chosen = "all";
let shownFaces = "";

export class Stage {
  /** `picture` is the video or image that lies under the boxes. */
  constructor(stage, picture, onChoose) {
    this.stage = stage;
    this.picture = picture;
    this.layer = stage.querySelector("[data-faces]");
    this.onChoose = onChoose;
    this.boxes = new Map();
  }

  get isMirrored() { return this.stage.classList.contains("mirrored"); }

  /** Shows a result of the analysis and gives the mood that counts, or null. */
  show(result) {
    const faces = result?.faces ?? [];
    if (chosen !== "all" && !faces.some((face) => face.track === chosen)) chosen = "all";
    const seen = new Set();
    faces.forEach((face, index) => {
      const key = face.track ?? index;
      seen.add(key);
      this.#place(this.#box(key), face, result);
    });
    for (const [key, box] of this.boxes) {
      if (seen.has(key)) continue;
      box.remove();
      this.boxes.delete(key);
    }
    this.#showChoice(faces, result);
    if (!faces.length) return null;
    const one = faces.length === 1 ? faces[0] : faces.find((face) => face.track === chosen && chosen !== "all");
    return one ?? result.group;
  }

  clear() { this.show(null); }

  #box(key) {
    let box = this.boxes.get(key);
    if (!box) {
      box = make("button", { class: "face-box", type: "button", tabindex: "-1", "aria-hidden": "true", onclick: () => this.#choose(key) }, make("span"));
      this.boxes.set(key, box);
      this.layer.append(box);
    }
    return box;
  }

  #place(box, face, { width, height }) {
    // The picture is shown whole, with empty bands where its shape differs from the stage's.
    const stage = this.stage.getBoundingClientRect();
    const scale = Math.min(stage.width / width, stage.height / height);
    const left = (stage.width - width * scale) / 2, top = (stage.height - height * scale) / 2;
    const x = this.isMirrored ? width - face.box.x - face.box.width : face.box.x;
    box.style.left = `${left + x * scale}px`;
    box.style.top = `${top + face.box.y * scale}px`;
    box.style.width = `${face.box.width * scale}px`;
    box.style.height = `${face.box.height * scale}px`;
    box.style.setProperty("--mood", `var(--${face.emotion})`);
    box.classList.toggle("other", chosen !== "all" && face.track !== chosen);
    box.classList.toggle("low", top + face.box.y * scale < 30);
    box.firstChild.textContent = face.uncertain
      ? t("uncertain", { emotion: emotionName(face.emotion) })
      : `${emotionName(face.emotion)} ${percent(face.confidence)}`;
  }

  #choose(track) {
    chosen = track;
    shownFaces = "";
    this.onChoose();
  }

  /** Buttons to pick a face or all of them; only with several faces. */
  #showChoice(faces, result) {
    const who = find("who");
    const tracks = faces.length > 1 ? faces.map((face, index) => face.track ?? index) : [];
    const state = JSON.stringify([tracks, chosen]);
    if (state === shownFaces) return;
    shownFaces = state;
    who.hidden = !tracks.length;
    const button = (track, text) => make("button", {
      type: "button", class: "chip", "aria-pressed": String(chosen === track), onclick: () => this.#choose(track),
    }, text);
    who.replaceChildren(button("all", t("everyone")), ...tracks.map((track, i) => button(track, t("face-number", { n: i + 1 }))));
  }
}
