// A photo: dropped, chosen or taken.

import * as api from "./api.js";
import { find } from "./dom.js";
import { settings } from "./store.js";
import { Stage } from "./stage.js";
import { put } from "./texts.js";

/** Larger photos are made smaller before they are sent. */
const SIDE = 1280;

export class PhotoWay {
  #result = null;
  #file = null;
  #turn = 0;

  constructor({ onMood }) {
    this.onMood = onMood;
    this.image = find("photo");
    this.frame = find("photo-stage");
    this.stage = new Stage(this.frame, this.image, () => this.#report());
    const input = find("photo-file");
    input.addEventListener("change", () => { if (input.files[0]) this.show(input.files[0]); input.value = ""; });
    find("photo-again").addEventListener("click", () => input.click());
    for (const kind of ["dragenter", "dragover"]) {
      this.frame.addEventListener(kind, (event) => { event.preventDefault(); this.frame.classList.add("dropping"); });
    }
    for (const kind of ["dragleave", "drop"]) this.frame.addEventListener(kind, () => this.frame.classList.remove("dropping"));
    this.frame.addEventListener("drop", (event) => {
      event.preventDefault();
      // Many systems know no type for HEIC: what is no picture is told so.
      const files = [...event.dataTransfer.files];
      const file = files.find((file) => file.type.startsWith("image/")) ?? files[0];
      if (file) this.show(file);
    });
    addEventListener("resize", () => this.redraw());
  }

  /** The mood that was found last counts again. */
  enter() { this.#report(); }

  /** Boxes and words anew: the page's size or language has changed. */
  redraw() { if (this.#result && this.frame.offsetParent) this.stage.show(this.#result); }

  /** `leads`: whether the page may go to the songs then. */
  async show(file, leads = true) {
    const turn = ++this.#turn;
    if (file !== this.#file) this.stage.clear();
    this.#file = file;
    this.#result = null;
    const note = find("photo-note");
    put(note, "photo-looking");
    try {
      const picture = await smaller(file);
      const result = await this.#analyse(picture);
      if (turn !== this.#turn) return;
      if (this.image.src) URL.revokeObjectURL(this.image.src);
      this.image.src = URL.createObjectURL(picture);
      this.image.alt = file.name;
      await this.image.decode().catch(() => {});
      if (turn !== this.#turn) return;
      this.image.hidden = false;
      find("photo-invite").hidden = result.faces.length > 0;
      find("photo-again").hidden = false;
      put(note, result.faces.length ? null : "photo-no-face");
      this.#result = result;
      this.#report({ leads });
    } catch (problem) {
      if (turn !== this.#turn) return;
      this.stage.clear();
      this.image.hidden = true;
      find("photo-invite").hidden = false;
      put(note, problem.text ?? (problem.name === "InvalidStateError" ? "photo-bad" : "server-failed"));
    }
  }

  /** Looks at the photo again: with another model, say. */
  repeat() { if (this.#file) this.show(this.#file, false); }

  #report(how) { if (this.#result && this.frame.offsetParent) this.onMood(this.stage.show(this.#result), how); }

  async #analyse(picture) {
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await api.analyse(picture, { model: settings.model, grouping: settings.grouping });
      } catch (problem) {
        if (!problem.retryAfter || attempt >= 5) throw problem;
        await new Promise((resolve) => setTimeout(resolve, 1000 * problem.retryAfter));
      }
    }
  }
}

/** The photo upright and at most SIDE pixels wide and high, as JPEG. */
async function smaller(file) {
  const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
  const scale = Math.min(1, SIDE / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(picture.width * scale));
  canvas.height = Math.max(1, Math.round(picture.height * scale));
  const context = canvas.getContext("2d", { alpha: false });
  context.fillStyle = "#fff";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  return new Promise((resolve, reject) =>
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("no picture"))), "image/jpeg", 0.92));
}
