// Small helpers for making and finding elements.

export const find = (id) => document.getElementById(id);

/** Makes an element: make("button", { class: "key", onclick: f }, "text", otherElement). */
export function make(name, attributes = {}, ...children) {
  return fill(document.createElement(name), attributes, children);
}

/** The same for SVG. */
export function draw(name, attributes = {}, ...children) {
  return fill(document.createElementNS("http://www.w3.org/2000/svg", name), attributes, children);
}

function fill(node, attributes, children) {
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else node.setAttribute(key, value === true ? "" : value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return node;
}

/** One of the symbols at the end of index.html. */
export function icon(name) {
  const use = draw("use");
  use.setAttribute("href", `#i-${name}`);
  return draw("svg", { "aria-hidden": "true" }, use);
}

export const calm = matchMedia("(prefers-reduced-motion: reduce)");
