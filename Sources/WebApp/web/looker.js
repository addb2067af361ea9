// Who looks at pictures: this device where it can, or the server.

import * as api from "./api.js";
import { isPossible, load } from "./fermusic.js";
import * as matcher from "./matcher.js";
import { change, settings } from "./store.js";

/** Milliseconds for one search of a picture above which a device is too slow. */
const TOO_SLOW = 250;

let facts = null;
/** The engine with its model, or the promise of it. */
let loading = null, loaded = "";

export function setUp(options) { facts = options; }

/** What the engine is made of here; null where the server has none. */
const engine = () => facts.engine?.models[settings.model ?? facts.models[0]] ? facts.engine : null;

/** Whether visitors can choose. */
export const hasChoice = () => !api.isStatic && Boolean(engine()) && isPossible();

/** "device" or "server". Known before any picture is taken. */
export function place() {
  if (api.isStatic) return "device";
  if (!hasChoice() || settings.place === "server") return "server";
  return settings.place === "device" || settings.slowIn !== facts.version ? "device" : "server";
}

/** What is said where this device cannot look. */
export let refusal = null;

/** Loads what this device needs to look. Whether it will: where it is too slow or lacks something, from now on the server
    looks, if there is one, and the visitor must be told first. What was only not to be had is asked for again. */
export async function ready() {
  if (place() === "server") return true;
  try {
    const recogniser = await recogniserOf(settings.model ?? facts.models[0]);
    if (api.isStatic || settings.place === "device" || recogniser.speed <= TOO_SLOW) {
      matcher.prepare();
      return true;
    }
  } catch (problem) {
    loading = null;
    if (problem.isMissing) return refuse("device-unloaded");
  }
  refuse(api.isStatic ? "device-missing" : "device-slow");
  if (api.isStatic) return false;
  change({ slowIn: facts.version, place: null });
  dispatchEvent(new Event("fermusic-place"));
  return false;
}

function refuse(reason) {
  refusal = reason;
  return false;
}

async function recogniserOf(model) {
  if (!loading || loaded !== model) {
    loading?.then((old) => old.close()).catch(() => {});
    loaded = model;
    const { module, detector, models } = facts.engine;
    const address = (path) => new URL(path, location.href);
    loading = load({ module: address(module), detector: address(detector), emotions: address(models[model]) }).then(async (recogniser) => {
      const points = new Map(facts.emotions.map(({ emotion, ...point }) => [emotion, point]));
      if (recogniser.classes.every((name) => points.has(name))) await recogniser.setPlaces(recogniser.classes.map((name) => points.get(name)));
      recogniser.speed = await recogniser.measure();
      return recogniser;
    });
  }
  return loading;
}

/** The classes that are told apart; undefined for all. */
const wanted = () => facts.emotionSets.find(({ name }) => name === settings.grouping)?.emotions;

/** Looks at a stream's pictures here. */
class DeviceLooker {
  isFollowed = true;
  isNear = true;
  #began = performance.now();
  #wish = null;

  async look(video, pace) {
    const model = settings.model ?? facts.models[0], recogniser = await recogniserOf(model);
    const wish = `${model} ${settings.grouping}`;
    try {
      if (wish !== this.#wish) await recogniser.begin(wanted());
      this.#wish = wish;
      return await recogniser.analyse(video, { time: (performance.now() - this.#began) / 1000, side: pace.width });
    } catch (error) {
      // What failed once is not used again.
      recogniser.close();
      loading = this.#wish = null;
      throw error;
    }
  }

  end() {}
}

/** Sends a stream's pictures to the server, one after the other. */
class ServerLooker {
  isNear = false;
  #canvas = document.createElement("canvas");
  #session = null;
  #isOver = false;

  get isFollowed() { return this.#session !== null; }

  async look(video, pace) {
    if (!this.#session) {
      const { session } = await api.openSession();
      if (this.#isOver) return api.closeSession(session);
      this.#session = session;
    }
    const picture = await this.#grab(video, pace);
    try {
      return await api.analyse(picture, { session: this.#session, model: settings.model, grouping: settings.grouping });
    } catch (problem) {
      if (problem.status === 404) this.#session = null;
      throw problem;
    }
  }

  #grab(video, pace) {
    const scale = Math.min(1, pace.width / video.videoWidth);
    this.#canvas.width = Math.round(video.videoWidth * scale);
    this.#canvas.height = Math.round(video.videoHeight * scale);
    this.#canvas.getContext("2d", { alpha: false }).drawImage(video, 0, 0, this.#canvas.width, this.#canvas.height);
    return new Promise((resolve, reject) =>
      this.#canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("no picture"))), "image/jpeg", pace.quality));
  }

  end() {
    this.#isOver = true;
    if (this.#session) api.closeSession(this.#session);
    this.#session = null;
  }
}

/** For a new stream. */
export const stream = () => (place() === "device" ? new DeviceLooker() : new ServerLooker());

/** The faces in a picture of its own, a Blob. */
export async function lookAt(picture) {
  if (place() === "server") return api.analyse(picture, { model: settings.model, grouping: settings.grouping });
  const recogniser = await recogniserOf(settings.model ?? facts.models[0]);
  await recogniser.begin(wanted());
  return recogniser.analyse(picture);
}
