// This browser's camera: pictures go to the server one after the other, never more than it takes.

import * as api from "./api.js";
import { find } from "./dom.js";
import { settings } from "./store.js";
import { Stage } from "./stage.js";
import { t } from "./texts.js";

/** Width of the pictures that are sent, and how many a second at most. */
const WIDTH = 480, RATE = 25;

export class CameraWay {
  #stream = null;
  #session = null;
  #canvas = document.createElement("canvas");
  #times = [];
  #run = 0;

  /** `onMood` gets what is seen; `onRefused` is called when there is no camera or no permission. */
  constructor({ onMood, onRefused }) {
    this.onMood = onMood;
    this.onRefused = onRefused;
    this.video = find("video");
    this.stage = new Stage(find("camera-stage"), this.video, () => {});
    find("camera-start").addEventListener("click", () => this.start());
    find("camera-stop").addEventListener("click", () => this.stop());
    addEventListener("pagehide", () => this.stop());
  }

  get isRunning() { return this.#stream !== null; }

  async start() {
    const note = find("camera-note");
    note.textContent = "";
    // Browsers hide the camera from pages that come neither over https nor from this machine.
    if (!navigator.mediaDevices?.getUserMedia) return this.#refuse(isSecureContext ? "camera-none" : "camera-insecure");
    find("camera-start").disabled = true;
    try {
      this.#stream = await navigator.mediaDevices.getUserMedia({
        audio: false, video: { width: { ideal: 640 }, height: { ideal: 480 }, frameRate: { ideal: 30 }, facingMode: "user" },
      });
    } catch (error) {
      const reasons = { NotAllowedError: "camera-denied", NotFoundError: "camera-none", OverconstrainedError: "camera-none", NotReadableError: "camera-busy" };
      return this.#refuse(reasons[error.name] ?? "camera-none");
    } finally {
      find("camera-start").disabled = false;
    }
    const track = this.#stream.getVideoTracks()[0];
    track.addEventListener("ended", () => { this.stop(); note.textContent = t("camera-lost"); });
    const back = track.getSettings?.().facingMode === "environment";
    find("camera-stage").classList.toggle("mirrored", !back);
    this.video.srcObject = this.#stream;
    await this.video.play().catch(() => {});
    this.#show(true);
    this.#loop(++this.#run);
  }

  stop() {
    if (!this.#stream) return;
    this.#run += 1;
    for (const track of this.#stream.getTracks()) track.stop();
    this.#stream = null;
    this.video.srcObject = null;
    if (this.#session) api.closeSession(this.#session);
    this.#session = null;
    this.#times = [];
    this.#show(false);
    this.stage.clear();
    this.onMood(null);
  }

  #show(isRunning) {
    find("camera-invite").hidden = isRunning;
    find("camera-stop").hidden = !isRunning;
    find("rate").hidden = !isRunning;
    this.video.hidden = !isRunning;
  }

  #refuse(reason) {
    find("camera-note").textContent = t(reason);
    this.onRefused(reason);
  }

  async #loop(run) {
    while (run === this.#run) {
      const began = performance.now();
      let pause = 0;
      try {
        if (document.hidden) pause = 500;
        else await this.#once(run);
      } catch (problem) {
        pause = this.#pauseAfter(problem);
      }
      const left = Math.max(1000 / RATE - (performance.now() - began), pause, 0);
      await new Promise((resolve) => setTimeout(resolve, left));
    }
  }

  async #once(run) {
    if (this.video.readyState < 2) return;
    this.#session ??= (await api.openSession()).session;
    const picture = await this.#grab();
    const result = await api.analyse(picture, { session: this.#session, model: settings.model, grouping: settings.grouping });
    if (run !== this.#run) return;
    find("camera-note").textContent = "";
    this.#count();
    this.onMood(this.stage.show(result), result);
  }

  #grab() {
    const { videoWidth, videoHeight } = this.video;
    const scale = Math.min(1, WIDTH / videoWidth);
    this.#canvas.width = Math.round(videoWidth * scale);
    this.#canvas.height = Math.round(videoHeight * scale);
    this.#canvas.getContext("2d", { alpha: false }).drawImage(this.video, 0, 0, this.#canvas.width, this.#canvas.height);
    return new Promise((resolve, reject) =>
      this.#canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("no picture"))), "image/jpeg", 0.82));
  }

  /** How long to wait after a problem, in milliseconds. */
  #pauseAfter(problem) {
    switch (problem.status) {
      case 404: this.#session = null; return 0;
      case 503: return 150 + Math.random() * 250;
      case 429: return 1000 * Math.min(problem.retryAfter ?? 1, 5);
      default:
        this.stage.clear();
        this.onMood(null);
        find("camera-note").textContent = t(problem.status === 0 ? "server-gone" : "server-failed");
        find("camera-invite").hidden = false;
        return 2000;
    }
  }

  #count() {
    const now = performance.now();
    find("camera-invite").hidden = true;
    this.#times.push(now);
    while (now - this.#times[0] > 2000) this.#times.shift();
    const seconds = (now - this.#times[0]) / 1000;
    if (this.#times.length > 3) find("rate").textContent = t("rate", { n: Math.round((this.#times.length - 1) / seconds) });
  }
}
