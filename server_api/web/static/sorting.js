/* In which order entries are shown, folders first, and the heads by which that is chosen. */

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
  /** `changed()` is called when another order is chosen. */
  constructor(changed) {
    this.chosen = remembered("sort", { by: "name", isDown: false });
    this.changed = changed;
    this.element = h("div", { class: "heads" });
  }

  sorted(entries) {
    const order = ORDERS[this.chosen.by];
    const turn = this.chosen.isDown ? -1 : 1;
    return entries.sort((a, b) => (b.kind === FOLDER) - (a.kind === FOLDER) || turn * order(a, b));
  }

  /** What a search found stays in its own order, and tells its folders. */
  draw({ isSearch }) {
    const head = (by, words) => {
      const isBy = this.chosen.by === by && !isSearch;
      return h("button", {
        type: "button", class: `head ${by}`, disabled: isSearch, "aria-pressed": String(isBy), onclick: () => this.#choose(by),
      }, words, isBy ? icon(this.chosen.isDown ? "down" : "up") : null);
    };
    fill(this.element, head("name", "Name"), isSearch ? h("span", { class: "head place" }, "Folder") : null, head("changed", "Changed"), head("size", "Size"));
  }

  #choose(by) {
    this.chosen = { by, isDown: this.chosen.by === by ? !this.chosen.isDown : by !== "name" };
    remember("sort", this.chosen);
    this.changed();
  }
}
