// A photo: dropped, chosen or taken.

import { find } from "./dom.js";
import * as looker from "./looker.js";
import { Stage } from "./stage.js";
import { put } from "./texts.js";

/** Larger photos are made smaller before they are looked at; small faces of groups are still seen in these. */
const SIDE = 2560;

export class PhotoWay {
  #result = null;
  #file = null;
  #turn = 0;
  /** Whether what it knows is another model's, say. */
  #isDue = false;

  constructor({ onMood }) {
    this.onMood = onMood;
    this.image = find("photo");
    this.frame = find("photo-stage");
    this.stage = new Stage(this.frame, this.image, () => this.#report());
    const input = find("photo-file");
    input.addEventListener("change", () => { if (input.files[0]) this.show(input.files[0]); input.value = ""; });
    find("photo-again").addEventListener("click", () => input.click());
    addEventListener("resize", () => this.redraw());
  }

  /** The mood that was found last counts again. */
  enter() {
    if (this.#isDue) return this.repeat();
    find("input").classList.toggle("seeing", this.#result !== null);
    this.#report();
  }

  /** Boxes and words anew: the page's size or language has changed. */
  redraw() { if (this.#result && this.frame.offsetParent) this.stage.show(this.#result); }

  /** `isFirstOfMany`: others were dropped with it, and are not looked at. */
  async show(file, { isFirstOfMany = false } = {}) {
    const turn = ++this.#turn;
    if (file !== this.#file) this.stage.clear();
    this.#file = file;
    this.#result = null;
    this.#isDue = false;
    const note = find("photo-note");
    put(note, "photo-looking");
    try {
      // Nobody else gets the picture than who was said to: the visitor decides anew.
      if (!await looker.ready()) return turn === this.#turn && put(note, looker.refusal);
      if (turn !== this.#turn) return;
      const { picture, isShown } = await smaller(file);
      const result = turn === this.#turn ? await this.#analyse(picture, turn) : null;
      if (turn !== this.#turn) return;
      if (this.image.src) URL.revokeObjectURL(this.image.src);
      this.image.removeAttribute("src");
      if (isShown) {
        this.image.src = URL.createObjectURL(picture);
        this.image.alt = file.name;
        await this.image.decode().catch(() => {});
        if (turn !== this.#turn) return;
      }
      this.#place(true);
      this.image.hidden = !isShown;
      put(note, !result.faces.length ? "photo-no-face" : !isShown ? "photo-unseen" : isFirstOfMany ? "photo-first" : null);
      this.#result = result;
      if (result.faces.length) this.#report();
      else this.onMood(null);
    } catch (problem) {
      if (turn !== this.#turn) return;
      this.#place(false);
      put(note, (problem.text === "photo-bad" ? badPicture(file) : problem.text) ?? (problem.name === "InvalidStateError" ? badPicture(file) : looker.place() === "device" ? "device-failed" : "server-failed"));
      this.onMood(null);
    }
  }

  /** Whether there is a photo on the page, or the invitation to give one. */
  #place(isThere) {
    if (!isThere) this.stage.clear();
    const hadFocus = find(isThere ? "photo-invite" : "photo-again").contains(document.activeElement);
    this.image.hidden = !isThere;
    find("photo-invite").hidden = isThere;
    find("photo-again").hidden = !isThere;
    this.frame.classList.toggle("on", isThere);
    if (hadFocus) find(isThere ? "photo-again" : "photo-file").focus();
    if (isHere()) find("input").classList.toggle("seeing", isThere);
  }

  leave() { find("input").classList.remove("seeing"); }

  /** Looks at the photo again, with another model, say: now, or when the visitor comes back to it. */
  repeat() {
    if (!this.#file) return;
    if (isHere()) this.show(this.#file);
    else this.#isDue = true;
  }

  #report() { if (this.#result?.faces.length && this.frame.offsetParent) this.onMood(this.stage.show(this.#result)); }

  /** Nothing of a photo that another one has replaced. */
  async #analyse(picture, turn) {
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await looker.lookAt(picture);
      } catch (problem) {
        if (!problem.retryAfter || attempt >= 5) throw problem;
        await new Promise((resolve) => setTimeout(resolve, 1000 * problem.retryAfter));
        if (turn !== this.#turn) return null;
      }
    }
  }
}

/** Whether photos are the way in that is open; their answers may come when another one is. */
const isHere = () => find("input").dataset.way === "photo";

const isHEIC = (file) => /^image\/hei[cf]/.test(file.type) || /\.hei[cf]$/i.test(file.name);

const badPicture = (file) => (!isHEIC(file) ? "photo-bad" : looker.place() === "device" ? "device-heic" : "photo-heic");

/** The photo upright and at most SIDE pixels wide and high, as JPEG. What this browser cannot show may still be read by the
    server, where that looks: HEIC goes there as it is. */
async function smaller(file) {
  let picture;
  try {
    picture = await createImageBitmap(file, { imageOrientation: "from-image" });
  } catch (problem) {
    if (!isHEIC(file) || looker.place() === "device") throw problem;
    return { picture: new Blob([file], { type: "image/heic" }), isShown: false };
  }
  const scale = Math.min(1, SIDE / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(picture.width * scale));
  canvas.height = Math.max(1, Math.round(picture.height * scale));
  const context = canvas.getContext("2d", { alpha: false });
  context.fillStyle = "#fff";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  const small = await new Promise((resolve, reject) =>
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("no picture"))), "image/jpeg", 0.92));
  return { picture: small, isShown: true };
}
