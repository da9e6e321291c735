/* In which order entries are shown, and the heads by which that is chosen: of a folder, and of what a search found. */

import { fill, h, icon } from "./dom.js";
import { remember, remembered } from "./remembering.js";
import { FOLDER } from "./tree.js";

const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });

/** As people count: `a9` is before `a10`. */
export const byName = (a, b) => collator.compare(a.name, b.name) || (a.name < b.name ? -1 : 1);

const ORDERS = {
  name: byName,
  changed: (a, b) => a.committed_at - b.committed_at || byName(a, b),
  size: (a, b) => a.size - b.size || byName(a, b),
};

export class Sorting {
  /** What a search found: first what changed last. */
  #ofSearch = { by: "changed", isDown: true };
  #isSearch = false;

  /** `changed()` is called when another order is chosen. */
  constructor(changed) {
    this.ofFolder = remembered("sort", { by: "name", isDown: false });
    this.changed = changed;
    this.element = h("div", { class: "heads" });
  }

  get chosen() {
    return this.#isSearch ? this.#ofSearch : this.ofFolder;
  }

  /** Folders first, but among what a search found. */
  sorted(entries, { isSearch }) {
    this.#isSearch = isSearch;
    const order = ORDERS[this.chosen.by];
    const turn = this.chosen.isDown ? -1 : 1;
    return entries.sort((a, b) => (!isSearch && (b.kind === FOLDER) - (a.kind === FOLDER)) || turn * order(a, b));
  }

  /** What a search found tells its folders as well. */
  draw() {
    const head = (by, words) => {
      const isBy = this.chosen.by === by;
      return h("button", {
        type: "button", class: `head ${by}`, "aria-pressed": String(isBy), onclick: () => this.#choose(by),
      }, words, isBy ? icon(this.chosen.isDown ? "down" : "up") : null);
    };
    fill(this.element, head("name", "Name"), this.#isSearch ? h("span", { class: "head place" }, "Folder") : null, head("changed", "Changed"), head("size", "Size"));
  }

  #choose(by) {
    const chosen = { by, isDown: this.chosen.by === by ? !this.chosen.isDown : by !== "name" };
    if (this.#isSearch) this.#ofSearch = chosen;
    else remember("sort", this.ofFolder = chosen);
    this.changed();
  }
}
