/*
 * Small pictures of pictures, made by the server. What is seen is asked for, many in one request, and again until it is
 * there; what cannot be made small keeps its symbol.
 */

import { hexOf, post } from "./api.js";
import { glyph } from "./present.js";

const TOGETHER_MS = 50;
const AGAIN_MS = 1500;
const TRIES = 8;
const MOST = 100;

export class Thumbnails {
  #tree;
  #waiting = new Map(); // revision to what is to be done when it is there, and how often it was asked for

  constructor(tree) {
    this.#tree = tree;
  }

  /** Puts the picture into `place` once there is one, if the entry is a picture. */
  into(place, entry) {
    if (glyph(entry) !== "image" || !entry.size) return;
    this.#waiting.set(entry.revision_id, { place, tries: 0 });
    this.#soon(TOGETHER_MS);
  }

  #soon(ms) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.#ask().catch(() => this.#waiting.clear()), ms);
  }

  async #ask() {
    for (const [revision, { place }] of this.#waiting) if (!place.isConnected) this.#waiting.delete(revision);
    const asked = [...this.#waiting.keys()].slice(0, MOST);
    if (!asked.length) return;
    const { states } = await post(`${this.#tree.base}/thumbnails`, { revisions: asked });
    asked.forEach((revision, i) => {
      const wanted = this.#waiting.get(revision);
      if (!wanted) return;
      if (states[i] === "ready") this.#show(wanted.place, revision);
      if (!["making", "later"].includes(states[i]) || ++wanted.tries >= TRIES) this.#waiting.delete(revision);
    });
    if (this.#waiting.size) this.#soon(this.#waiting.size > asked.length ? 0 : AGAIN_MS);
  }

  #show(place, revision) {
    const picture = new Image();
    picture.alt = "";
    picture.draggable = false;
    picture.onload = () => place.replaceChildren(picture);
    picture.src = `${this.#tree.base}/thumbnails/${hexOf(revision)}`;
  }
}
