// A line at the bottom that says what has happened, and offers to take it back.

import { find, make } from "./dom.js";

/** Milliseconds for which it is there, unless somebody points at it. */
const LASTING = 8000;
let timer = null;

/** Shows a text; `undo` is { words, action }. */
export function say(text, undo = null) {
  const bar = find("snack");
  // Only what was there before its words came is read out by all screen readers.
  const said = find("snack-said");
  const hide = () => { bar.hidden = true; said.textContent = ""; };
  said.textContent = text;
  bar.replaceChildren(make("span", { "aria-hidden": "true" }, text));
  if (undo) bar.append(make("button", { type: "button", class: "snack-key", onclick: () => { hide(); undo.action(); find("songs-title").focus({ preventScroll: true }); } }, undo.words));
  bar.hidden = false;
  const wait = () => {
    clearTimeout(timer);
    timer = setTimeout(() => (bar.matches(":hover, :focus-within") ? wait() : hide()), LASTING);
  };
  wait();
}
