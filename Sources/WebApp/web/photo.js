// A photo: dropped, chosen or taken.

import * as api from "./api.js";
import { find } from "./dom.js";
import { settings } from "./store.js";
import { Stage } from "./stage.js";
import { t } from "./texts.js";

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
      const file = [...event.dataTransfer.files].find((file) => file.type.startsWith("image/"));
      if (file) this.show(file);
    });
    addEventListener("resize", () => this.#result && this.stage.show(this.#result));
  }

  async show(file) {
    const turn = ++this.#turn;
    this.#file = file;
    const note = find("photo-note");
    note.textContent = t("photo-looking");
    this.stage.clear();
    try {
      const picture = await smaller(file);
      const result = await this.#analyse(picture);
      if (turn !== this.#turn) return;
      if (this.image.src) URL.revokeObjectURL(this.image.src);
      this.image.src = URL.createObjectURL(picture);
      this.image.alt = file.name;
      await this.image.decode().catch(() => {});
      this.image.hidden = false;
      find("photo-invite").hidden = result.faces.length > 0;
      find("photo-again").hidden = false;
      note.textContent = result.faces.length ? "" : t("photo-no-face");
      this.#result = result;
      this.#report();
    } catch (problem) {
      if (turn !== this.#turn) return;
      this.image.hidden = true;
      find("photo-invite").hidden = false;
      note.textContent = t(problem.status === 422 || problem.name === "InvalidStateError" ? "photo-bad" : problem.status === 0 ? "server-gone" : "server-failed");
    }
  }

  /** Looks at the photo again: with another model, say. */
  repeat() { if (this.#file) this.show(this.#file); }

  #report() { this.onMood(this.stage.show(this.#result), this.#result); }

  async #analyse(picture) {
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await api.analyse(picture, { model: settings.model, grouping: settings.grouping });
      } catch (problem) {
        if ((problem.status !== 503 && problem.status !== 429) || attempt >= 5) throw problem;
        await new Promise((resolve) => setTimeout(resolve, 1000 * (problem.retryAfter ?? 1)));
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
