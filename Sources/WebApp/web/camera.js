// This browser's camera: pictures go to the server one after the other, never more than it takes, and none that nobody
// looks at.

import * as api from "./api.js";
import { find } from "./dom.js";
import { moods } from "./moods.js";
import { Pace } from "./pace.js";
import { settings } from "./store.js";
import { Stage } from "./stage.js";
import { put } from "./texts.js";

/** Milliseconds after which a page that is not looked at lets the camera go. */
const AWAY = 10_000;

export class CameraWay {
  #stream = null;
  #session = null;
  #canvas = document.createElement("canvas");
  #pace = new Pace();
  /** Changes with each start and stop, so that what was under way before knows that it is over. */
  #run = 0;
  #isSeen = true;
  #awayTimer = null;
  /** Whether the camera was let go because the page was not looked at, and comes back with the visitor. */
  #isResting = false;

  /** `onMood` gets what is seen; `onRefused` is called when there is no camera or no permission. */
  constructor({ onMood, onRefused }) {
    this.onMood = onMood;
    this.onRefused = onRefused;
    this.video = find("video");
    this.stage = new Stage(find("camera-stage"), this.video, () => {});
    find("camera-start").addEventListener("click", () => this.start());
    find("camera-stop").addEventListener("click", () => this.stop());
    addEventListener("pagehide", () => this.stop());
    document.addEventListener("visibilitychange", () => this.#look());
    new IntersectionObserver((entries) => { this.#isSeen = entries.at(-1).isIntersecting; }).observe(find("camera-stage"));
  }

  get isRunning() { return this.#stream !== null; }

  leave() { this.stop(); }

  async start() {
    // Whatever runs ends first: two streams would leave one that nobody can stop.
    this.#end();
    const run = this.#run;
    this.#note(null);
    // Browsers hide the camera from pages that come neither over https nor from this machine.
    if (!navigator.mediaDevices?.getUserMedia) return this.#refuse(isSecureContext ? "camera-none" : "camera-insecure");
    const hasFocus = document.activeElement === find("camera-start");
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
    track.addEventListener("ended", () => { if (run === this.#run) { this.stop(); this.#note("camera-lost"); } });
    const back = track.getSettings?.().facingMode === "environment";
    find("camera-stage").classList.toggle("mirrored", !back);
    this.video.srcObject = stream;
    this.#pace = new Pace();
    // The way to stop it is there as soon as the camera is on, whatever its pictures do.
    this.#show(true);
    if (hasFocus) find("camera-stop").focus();
    this.video.play().catch(() => {});
    this.#note("camera-looking");
    this.onMood(null, { isLooking: true });
    // Nobody may be there any more.
    this.#look();
    this.#loop(run);
  }

  /** The visitor is done with the camera. */
  stop() {
    this.#isResting = false;
    const hasFocus = find("camera-stage").contains(document.activeElement);
    const wasRunning = this.isRunning;
    this.#end();
    this.#note(null);
    if (wasRunning && hasFocus) find("camera-start").focus();
  }

  #end() {
    this.#run += 1;
    clearTimeout(this.#awayTimer);
    find("camera-start").disabled = false;
    if (!this.#stream) return;
    stopTracks(this.#stream);
    this.#stream = null;
    this.video.srcObject = null;
    if (this.#session) api.closeSession(this.#session);
    this.#session = null;
    this.#show(false);
    this.stage.clear();
    this.onMood(null);
  }

  /** Nobody before the page: the camera's light should not stay on for that. */
  #look() {
    clearTimeout(this.#awayTimer);
    if (document.hidden && this.isRunning) {
      this.#awayTimer = setTimeout(() => { this.stop(); this.#isResting = true; }, AWAY);
    } else if (!document.hidden && this.#isResting) {
      this.#isResting = false;
      this.start();
    }
  }

  #show(isRunning) {
    find("camera-invite").hidden = isRunning;
    find("camera-stop").hidden = !isRunning;
    this.video.hidden = !isRunning;
    find("camera-stage").classList.toggle("on", isRunning);
    find("input").classList.toggle("seeing", isRunning);
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
        if (document.hidden || !this.#isSeen) pause = 300;
        else await this.#once(run);
      } catch (problem) {
        if (run !== this.#run) return;
        pause = this.#pauseAfter(problem);
      }
      const left = Math.max(this.#pace.interval - (performance.now() - began), pause, 0);
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
    const began = performance.now();
    const result = await api.analyse(picture, { session: this.#session, model: settings.model, grouping: settings.grouping });
    if (run !== this.#run) return;
    const mood = this.stage.show(result, moods.current?.emotion);
    this.#pace.took(performance.now() - began, mood);
    this.#note(this.#pace.isLooking ? "camera-looking" : null);
    this.onMood(mood, { isLooking: this.#pace.isLooking });
  }

  #grab() {
    const { videoWidth, videoHeight } = this.video;
    const scale = Math.min(1, this.#pace.width / videoWidth);
    this.#canvas.width = Math.round(videoWidth * scale);
    this.#canvas.height = Math.round(videoHeight * scale);
    this.#canvas.getContext("2d", { alpha: false }).drawImage(this.video, 0, 0, this.#canvas.width, this.#canvas.height);
    return new Promise((resolve, reject) =>
      this.#canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("no picture"))), "image/jpeg", this.#pace.quality));
  }

  /** How long to wait after a problem, in milliseconds. The camera goes on: what is wrong stands below the picture. */
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
    this.onMood(null, { isLooking: true });
    this.#note(problem.text ?? "server-failed");
    return 1000 * Math.min(problem.retryAfter ?? 1, 10);
  }
}

function stopTracks(stream) {
  for (const track of stream.getTracks()) track.stop();
}
