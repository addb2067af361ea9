// This browser's camera: pictures go to the server one after the other, never more than it takes.

import * as api from "./api.js";
import { find } from "./dom.js";
import { settings } from "./store.js";
import { Stage } from "./stage.js";
import { put, t } from "./texts.js";

/** Width of the pictures that are sent, and how many a second at most. */
const WIDTH = 480, RATE = 25;

export class CameraWay {
  #stream = null;
  #session = null;
  #canvas = document.createElement("canvas");
  #times = [];
  /** Changes with each start and stop, so that what was under way before knows that it is over. */
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

  leave() { this.stop(); }

  async start() {
    const run = ++this.#run;
    this.#note(null);
    // Browsers hide the camera from pages that come neither over https nor from this machine.
    if (!navigator.mediaDevices?.getUserMedia) return this.#refuse(isSecureContext ? "camera-none" : "camera-insecure");
    find("camera-start").disabled = true;
    let stream;
    try {
      stream = await navigator.mediaDevices.getUserMedia({
        audio: false, video: { width: { ideal: 640 }, height: { ideal: 480 }, frameRate: { ideal: 30 }, facingMode: "user" },
      });
    } catch (error) {
      if (run !== this.#run) return;
      const reasons = { NotAllowedError: "camera-denied", NotFoundError: "camera-none", OverconstrainedError: "camera-none", NotReadableError: "camera-busy" };
      return this.#refuse(reasons[error.name] ?? "camera-none");
    } finally {
      if (run === this.#run) find("camera-start").disabled = false;
    }
    // The visitor may have gone elsewhere before the browser's question was answered.
    if (run !== this.#run) return stopTracks(stream);
    this.#stream = stream;
    const track = stream.getVideoTracks()[0];
    track.addEventListener("ended", () => { this.stop(); this.#note("camera-lost"); });
    const back = track.getSettings?.().facingMode === "environment";
    find("camera-stage").classList.toggle("mirrored", !back);
    this.video.srcObject = stream;
    await this.video.play().catch(() => {});
    if (run !== this.#run) return;
    this.#show(true);
    this.#loop(run);
  }

  stop() {
    this.#run += 1;
    find("camera-start").disabled = false;
    if (!this.#stream) return;
    stopTracks(this.#stream);
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

  #note(key) { put(find("camera-note"), key); }

  #refuse(reason) {
    this.#note(reason);
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
    if (!this.#session) {
      const { session } = await api.openSession();
      if (run !== this.#run) return api.closeSession(session);
      this.#session = session;
    }
    const picture = await this.#grab();
    const result = await api.analyse(picture, { session: this.#session, model: settings.model, grouping: settings.grouping });
    if (run !== this.#run) return;
    this.#note(null);
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
    const isFollowed = this.#session !== null;
    if (problem.status === 404) {
      this.#session = null;
      return 0;
    }
    // Of many pictures one may be too much; the next will do.
    if (problem.status === 503 && isFollowed) return 150 + Math.random() * 250;
    if (problem.status === 429 && isFollowed) return 1000 * Math.min(problem.retryAfter ?? 1, 5);
    this.stage.clear();
    this.onMood(null);
    this.#note(problem.text ?? "server-failed");
    find("camera-invite").hidden = false;
    return 1000 * Math.min(problem.retryAfter ?? 2, 10);
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

function stopTracks(stream) {
  for (const track of stream.getTracks()) track.stop();
}
