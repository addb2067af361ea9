// The ways in: camera, photo, by hand, and the camera of the server's machine. They are tabs (WAI-ARIA "tabs").

import { find } from "./dom.js";
import { hideChoice } from "./stage.js";
import { put } from "./texts.js";

/** By name: each may have `enter`, `leave` and `isRunning`. */
export let all = {};
export let current = null;
let onChange = () => {};

export function setUp(facts, ways, changed) {
  all = ways;
  onChange = changed;
  find("way-live").hidden = !facts.live;
  const tabs = [...find("ways").querySelectorAll("[role=tab]")];
  for (const tab of tabs) {
    tab.addEventListener("click", () => go(tab.dataset.way));
    tab.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!step) return;
      const visible = tabs.filter((other) => !other.hidden);
      const next = visible[(visible.indexOf(tab) + step + visible.length) % visible.length];
      next.focus();
      go(next.dataset.way);
    });
  }
  setUpPhotos();
}

/** A photo pasted or dropped anywhere is a photo; without this the browser would leave the page for it. */
function setUpPhotos() {
  const take = (files) => {
    if (!files.length) return;
    go("photo");
    // Many systems know no type for HEIC: what is no picture is told so.
    const pictures = files.filter((file) => file.type.startsWith("image/"));
    all.photo.show(pictures[0] ?? files[0], { isFirstOfMany: files.length > 1 });
  };
  const isInField = ({ target }) => target.closest?.("input, textarea") !== null;
  addEventListener("paste", (event) => {
    // Some programs put a picture of the words beside them.
    if (isInField(event) && event.clipboardData?.types.includes("text/plain")) return;
    const files = [...(event.clipboardData?.files ?? [])].filter((file) => file.type.startsWith("image/"));
    take(files);
  });
  const mark = (isOn) => find("photo-stage").classList.toggle("dropping", isOn);
  const hasFiles = ({ dataTransfer }) => [...(dataTransfer?.types ?? [])].includes("Files");
  addEventListener("dragover", (event) => {
    // Words may be dragged to where one writes.
    if (!hasFiles(event) && isInField(event)) return;
    event.preventDefault();
    if (!hasFiles(event)) return;
    event.dataTransfer.dropEffect = "copy";
    mark(true);
  });
  addEventListener("dragleave", ({ relatedTarget }) => { if (!relatedTarget) mark(false); });
  addEventListener("drop", (event) => {
    if (!hasFiles(event) && isInField(event)) return;
    event.preventDefault();
    mark(false);
    take([...(event.dataTransfer?.files ?? [])]);
  });
}

export const begin = (way) => go(way);

/** Whether a camera looks at the visitor now. */
export const isWatching = () => (current === "camera" ? all.camera.isRunning : current === "live");

export function go(next) {
  if (next === current || !all[next]) return;
  all[current]?.leave?.();
  current = next;
  for (const tab of find("ways").querySelectorAll("[role=tab]")) {
    const isOn = tab.dataset.way === next;
    tab.setAttribute("aria-selected", String(isOn));
    tab.tabIndex = isOn ? 0 : -1;
    find(`panel-${tab.dataset.way}`).hidden = !isOn;
  }
  find("input").dataset.way = next;
  hideChoice();
  put(find("hand-note"), null);
  onChange();
  all[next].enter?.();
}
