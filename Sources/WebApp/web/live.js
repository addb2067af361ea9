// The camera of the machine that the server runs on (`fermusic live`).

import { find } from "./dom.js";
import { moods } from "./moods.js";
import { Stage } from "./stage.js";

export class LiveWay {
  #events = null;

  constructor({ onMood }) {
    this.onMood = onMood;
    this.image = find("live");
    this.stage = new Stage(find("live-stage"), this.image, () => {});
  }

  enter() {
    if (this.#events) return;
    this.image.src = "/live.mjpg";
    this.image.hidden = false;
    this.#events = new EventSource("/api/v1/events");
    this.#events.addEventListener("frame", (event) => {
      find("live-invite").hidden = true;
      const result = JSON.parse(event.data);
      this.onMood(this.stage.show(result, moods.current?.emotion));
    });
    this.#events.addEventListener("error", () => {
      find("live-invite").hidden = false;
      this.stage.clear();
      this.onMood(null);
      // A stream of pictures that broke off does not come again by itself.
      this.image.src = `/live.mjpg?${Date.now()}`;
    });
  }

  leave() {
    this.#events?.close();
    this.#events = null;
    this.image.removeAttribute("src");
    this.image.hidden = true;
    this.stage.clear();
  }
}
