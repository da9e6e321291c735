/* What the pages beside the files have in common: a title, a list that is read page by page, and a place that is empty. */

import { complain, telling } from "./dialogs.js";
import { button, fill, h, icon } from "./dom.js";

/**
 * A page with a list. `read(before)` gives `{items, before, complete}`, `draw(item)` a list item; `empty` is what is said
 * where there is nothing.
 */
export class ListPage {
  constructor(app, { title, hint = "", glyph, empty }) {
    this.app = app;
    this.tree = app.tree;
    this.list = h("ol", { class: "list" });
    this.empty = h("div", { class: "empty", hidden: true }, icon(glyph), h("p", {}, empty));
    this.more = button("Show older ones", telling(() => this.#read()), { look: "second", hidden: true });
    this.head = h("header", { class: "title" }, h("h1", {}, title), hint ? h("p", { class: "quiet" }, hint) : null);
    this.element = h("div", { class: "page" }, this.head, this.list, this.empty, this.more);
  }

  async open() {
    this.before = null;
    this.looked = (this.looked ?? 0) + 1;
    await this.#read(true);
  }

  refresh() {
    return this.open();
  }

  /** A change elsewhere: soon, and once for many. */
  changed() {
    clearTimeout(this.soon);
    this.soon = setTimeout(() => this.open().catch(complain), 300);
  }

  leave() {
    clearTimeout(this.soon);
  }

  async #read(isFirst = false) {
    const { looked } = this;
    const items = [];
    let page = { before: this.before, complete: false };
    // The server may look through a stretch of the log in which there is nothing.
    for (let asked = 0; !items.length && !page.complete && asked < 50; asked++) {
      page = await this.read(page.before);
      items.push(...page.items);
    }
    if (looked !== this.looked) return;
    this.before = page.before;
    const drawn = items.map((item) => this.draw(item));
    if (isFirst) fill(this.list, drawn);
    else this.list.append(...drawn);
    this.empty.hidden = this.list.childElementCount > 0;
    this.more.hidden = page.complete;
  }
}
