/* Elements, made without markup: what a person typed can never become any. */

import { ICONS } from "./icons.js";

const SVG = "http://www.w3.org/2000/svg";

/**
 * An element. Of `props`, `class` and what has a dash are attributes; functions are listeners (`onclick`); the rest are
 * properties. Children are elements, texts, arrays of them, or nothing.
 */
export function h(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null) continue;
    if (name === "class" || name === "role" || name.includes("-")) {
      if (value !== false) element.setAttribute(name, value);
    } else element[name] = value;
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** One of the icons, 20 pixels wide, in the text's colour. It says nothing: a word stands beside it, or a label. */
export const icon = (name) => svg("svg", { viewBox: "0 0 20 20", class: "icon", "aria-hidden": "true" }, svg("path", { d: ICONS[name] }));

/** An element of a drawing, of attributes alone. */
export function svg(tag, attributes, ...children) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children.flat());
  return element;
}

/** A button: its icon, its words, or both. With an icon alone the words are its label. */
export function button(words, onclick, { glyph, isBare = false, look = "plain", ...props } = {}) {
  const label = isBare ? { "aria-label": words, title: words } : {};
  return h(
    "button",
    { type: "button", class: `${look}${isBare ? " bare" : ""}`, onclick, ...label, ...props },
    glyph && icon(glyph),
    !isBare && h("span", {}, words),
  );
}

/** The text with a mark in place of each character that cannot be seen or that turns the text around. */
export const showable = (text) => text.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, "\ufffd");

/** A name, as it is shown: whatever script it is in, the words around it stay where they are. */
export const named = (name) => h("bdi", {}, showable(name));

/** Puts these in place of what is in an element. */
export function fill(element, ...children) {
  element.replaceChildren(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}
