// This browser's camera: pictures are looked at one after the other, here or by the server, and none that nobody looks
// at.

import { find } from "./dom.js";
import * as looker from "./looker.js";
import { moods } from "./moods.js";
import { Pace } from "./pace.js";
import { Stage } from "./stage.js";
import { put } from "./texts.js";

/** Milliseconds after which a page that is not looked at lets the camera go. */
const AWAY = 10_000;

export class CameraWay {
  #stream = null;
  /** Who looks at the pictures. */
  #looker = null;
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
    const isReady = looker.ready();
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
    this.#note("camera-loading");
    // Nobody else gets the picture than who was said to: the visitor decides anew.
    if (!await isReady) {
      stopTracks(stream);
      return run === this.#run && this.#note(looker.refusal);
    }
    if (run !== this.#run) return stopTracks(stream);
    this.#stream = stream;
    this.#looker = looker.stream();
    const track = stream.getVideoTracks()[0];
    track.addEventListener("ended", () => { if (run === this.#run) { this.stop(); this.#note("camera-lost"); } });
    const back = track.getSettings?.().facingMode === "environment";
    find("camera-stage").classList.toggle("mirrored", !back);
    this.video.srcObject = stream;
    this.#pace = new Pace({ isNear: this.#looker.isNear });
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
    this.#looker?.end();
    this.#looker = null;
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
    const began = performance.now();
    const result = await this.#looker.look(this.video, this.#pace);
    if (run !== this.#run || !result) return;
    const mood = this.stage.show(result, moods.current?.emotion);
    this.#pace.took(performance.now() - began, mood);
    this.#note(this.#pace.isLooking ? "camera-looking" : null);
    this.onMood(mood, { isLooking: this.#pace.isLooking });
  }

  /** How long to wait after a problem, in milliseconds. The camera goes on: what is wrong stands below the picture. */
  #pauseAfter(problem) {
    const isFollowed = this.#looker.isFollowed;
    // The server has forgotten who this was; the next picture says it again.
    if (problem.status === 404) return 0;
    // Of many pictures one may be too much; the next will do.
    if (problem.status === 503 && isFollowed) return 150 + Math.random() * 250;
    if (problem.status === 429 && isFollowed) return 1000 * Math.min(problem.retryAfter ?? 1, 5);
    this.stage.clear();
    this.onMood(null, { isLooking: true });
    this.#note(problem.text ?? (this.#looker.isNear ? "device-failed" : "server-failed"));
    return 1000 * Math.min(problem.retryAfter ?? 1, 10);
  }
}

function stopTracks(stream) {
  for (const track of stream.getTracks()) track.stop();
}
