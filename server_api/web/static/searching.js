/* Searching by name: what was asked for, what was found so far, and whether there may be more. */

import { telling } from "./dialogs.js";
import { button, h, icon } from "./dom.js";

const AFTER_MS = 200; // the person stops typing

export class Search {
  /** What is searched for; "" where nobody searches. */
  query = "";
  #found = { entries: [], before: null };
  #asking = null;
  #soon = 0;

  /** `changed()` is called when something else is to be shown. */
  constructor(tree, changed) {
    this.tree = tree;
    this.changed = changed;
    this.input = h("input", {
      type: "search", placeholder: "Search", "aria-label": "Search by name", maxLength: 255, spellcheck: false,
      oninput: () => {
        clearTimeout(this.#soon);
        this.#soon = setTimeout(telling(() => this.look()), AFTER_MS);
      },
    });
    this.element = h("div", { class: "search" }, icon("search"), this.input);
    this.further = h("div", { class: "further", hidden: true },
      h("p", {}, "There may be more: not all names were looked at."),
      button("Look further", telling(() => this.look({ isFurther: true })), { look: "second" }));
  }

  get entries() {
    return [...this.#found.entries];
  }

  /** Whether all names were looked at. */
  get isComplete() {
    return this.#found.before === null;
  }

  /** Looks anew, or on from where it stopped. */
  async look({ isFurther = false } = {}) {
    const query = this.input.value.trim();
    const known = isFurther && query === this.query ? this.#found : { entries: [], before: null };
    this.#asking?.abort();
    this.#asking = new AbortController();
    if (!query) return void this.leave();
    this.query = query;
    try {
      const { entries, before } = await this.tree.search(query, this.#asking.signal, known.before);
      this.#found = { entries: [...known.entries, ...entries], before };
    } catch (error) {
      if (error.name === "AbortError") return;
      throw error;
    }
    this.further.hidden = this.isComplete;
    this.changed();
  }

  /** Shows the folder again. Whether anybody searched. */
  leave() {
    clearTimeout(this.#soon);
    this.#asking?.abort();
    this.input.value = "";
    this.further.hidden = true;
    if (!this.query) return false;
    this.query = "";
    this.changed();
    return true;
  }
}
