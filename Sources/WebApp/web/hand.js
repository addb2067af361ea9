// Choosing the mood by hand: faces to tap, two sliders, a place on the map.

import { DrawnFace } from "./face.js";
import { find, make } from "./dom.js";
import { emotionsAt, moodOf, places } from "./moods.js";
import { emotionName } from "./texts.js";

export class HandWay {
  #buttons = new Map();
  /** What was chosen last, and the face that was tapped for it. */
  #mood = null;
  #pressed = null;

  constructor({ onMood }) {
    this.onMood = onMood;
    this.sliders = { valence: find("hand-valence"), energy: find("hand-energy") };
    for (const slider of Object.values(this.sliders)) {
      slider.addEventListener("change", () => this.choosePlace(this.sliders.valence.value / 100, this.sliders.energy.value / 100));
    }
  }

  enter() {
    if (!this.#mood) return;
    this.#show(this.#pressed);
    this.onMood(this.#mood);
  }

  leave() { this.#show(null); }

  /** Shows the faces, in the page's language. */
  build() {
    // Pleasant ones first.
    const names = [...places.keys()].sort((a, b) => places.get(b).valence - places.get(a).valence);
    find("hand").replaceChildren(...names.map((emotion) => {
      const button = make("button", { type: "button", "data-emotion": emotion, "aria-pressed": String(emotion === this.#pressed), onclick: () => this.chooseEmotion(emotion) },
        new DrawnFace({ [emotion]: 1 }).element, make("span", {}, emotionName(emotion)));
      button.style.setProperty("--mood", `var(--${emotion})`);
      this.#buttons.set(emotion, button);
      return button;
    }));
  }

  /** The face that a mood from elsewhere is named after is marked, not pressed. */
  mark(mood) { for (const [name, button] of this.#buttons) button.classList.toggle("seen", name === mood?.emotion); }

  chooseEmotion(emotion) {
    const probabilities = Object.fromEntries([...places.keys()].map((name) => [name, name === emotion ? 1 : 0]));
    this.#choose(probabilities, emotion);
  }

  choosePlace(valence, energy) { this.#choose(emotionsAt(valence, energy), null, { valence, energy }); }

  #show(emotion) {
    for (const [name, button] of this.#buttons) button.setAttribute("aria-pressed", String(name === emotion));
  }

  #choose(probabilities, pressed, place) {
    const mood = moodOf(probabilities);
    if (place) mood.mood = place;
    this.sliders.valence.value = Math.round(mood.mood.valence * 100);
    this.sliders.energy.value = Math.round(mood.mood.energy * 100);
    // Another way in is left first, and what it knew forgotten.
    this.#mood = null;
    this.onMood(mood);
    this.#mood = mood;
    this.#pressed = pressed;
    this.#show(pressed);
  }
}
