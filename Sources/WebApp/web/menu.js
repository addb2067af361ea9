// The menu of a song's card (WAI-ARIA "menu button"): one for all cards.

import { find, icon, make } from "./dom.js";

let opener = null;

/** Opens it at a button. Entries: { name (of the symbol), words, action } or { name, words, address }. */
export function open(button, label, entries) {
  const menu = find("menu");
  if (opener === button) return menu.hidePopover();
  opener?.setAttribute("aria-expanded", "false");
  opener = button;
  menu.setAttribute("aria-label", label);
  menu.replaceChildren(...entries.map(({ name, words, action, address }) => {
    const inside = [icon(name), make("span", {}, words)];
    const common = { role: "menuitem", tabindex: "-1", class: `menu-item ${name}` };
    return address
      ? make("a", { ...common, href: address, target: "_blank", rel: "noopener noreferrer", onclick: () => menu.hidePopover() }, ...inside)
      : make("button", { ...common, type: "button", onclick: () => { menu.hidePopover(); action(); } }, ...inside);
  }));
  menu.showPopover();
  button.setAttribute("aria-expanded", "true");
  const at = button.getBoundingClientRect(), box = menu.getBoundingClientRect();
  const left = Math.min(Math.max(8, at.right - box.width), innerWidth - box.width - 8);
  const top = at.bottom + box.height + 8 < innerHeight ? at.bottom + 4 : Math.max(8, at.top - box.height - 4);
  menu.style.left = `${left}px`;
  menu.style.top = `${top}px`;
  menu.firstChild.focus();
}

export function setUp() {
  const menu = find("menu");
  menu.addEventListener("keydown", (event) => {
    const items = [...menu.children], place = items.indexOf(document.activeElement);
    const to = { ArrowDown: (place + 1) % items.length, ArrowUp: (place + items.length - 1) % items.length, Home: 0, End: items.length - 1 }[event.key];
    if (to !== undefined) {
      event.preventDefault();
      items[to].focus();
    } else if (event.key === "Escape") {
      // The event of it comes later than the next key may.
      event.preventDefault();
      menu.hidePopover();
      closed();
    } else if (event.key === "Tab") {
      menu.hidePopover();
    }
  });
  menu.addEventListener("toggle", ({ newState }) => {
    if (newState === "closed" && opener) closed();
  });
}

function closed() {
  opener.setAttribute("aria-expanded", "false");
  if (document.activeElement === document.body || find("menu").contains(document.activeElement)) opener.focus();
  opener = null;
}
