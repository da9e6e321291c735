/*
 * Rows or tiles of any number: only those that can be seen are elements.
 *
 * `make(item, index)` gives the element of an item, `key(item)` what tells it from others. Heights are fixed, so that a
 * place is arithmetic.
 */

import { h } from "./dom.js";

const BEYOND = 6; // rows above and below what is seen

export class Rows {
  /** Called whenever other elements are seen. */
  ondrawn = () => {};
  #made = new Map();
  #items = [];
  #frame = 0;

  constructor({ make, key, label }) {
    this.#make = make;
    this.#key = key;
    this.space = h("div", { class: "space", role: "presentation" });
    this.element = h(
      "div",
      { class: "rows", role: "listbox", tabIndex: 0, "aria-multiselectable": "true", "aria-label": label, onscroll: () => this.#soon() },
      this.space,
    );
    new ResizeObserver(() => this.#soon()).observe(this.element);
  }

  #make;
  #key;

  /** `columnWidth` 0: one column as wide as there is room. */
  lay({ rowHeight, columnWidth }) {
    this.rowHeight = rowHeight;
    this.columnWidth = columnWidth;
    this.#forget();
    this.#soon();
  }

  /** Shows these, in this order; elements of items that are the same object stay as they are. */
  show(items) {
    this.#items = items;
    this.#draw();
  }

  /** Makes all that is seen anew: something beside the items has changed. */
  refresh() {
    this.#forget();
    this.#draw();
  }

  get columns() {
    if (!this.columnWidth) return 1;
    return Math.max(1, Math.floor(this.space.clientWidth / this.columnWidth));
  }

  /** How many rows fit. */
  get pageSize() {
    return Math.max(1, Math.floor(this.element.clientHeight / this.rowHeight) - 1);
  }

  /** Scrolls no more than it takes. */
  reveal(index) {
    const top = Math.floor(index / this.columns) * this.rowHeight;
    const { scrollTop, clientHeight } = this.element;
    if (top < scrollTop) this.element.scrollTop = top;
    else if (top + this.rowHeight > scrollTop + clientHeight) this.element.scrollTop = top + this.rowHeight - clientHeight;
    this.#draw();
  }

  elementOf(key) {
    return this.#made.get(key)?.element;
  }

  #forget() {
    for (const { element } of this.#made.values()) element.remove();
    this.#made.clear();
  }

  #soon() {
    this.#frame ||= requestAnimationFrame(() => this.#draw());
  }

  #draw() {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    const { columns } = this;
    this.space.style.height = `${Math.ceil(this.#items.length / columns) * this.rowHeight}px`;
    const first = Math.max(0, Math.floor(this.element.scrollTop / this.rowHeight) - BEYOND) * columns;
    const seen = (Math.ceil(this.element.clientHeight / this.rowHeight) + 2 * BEYOND) * columns;
    const last = Math.min(this.#items.length, first + seen);
    const gone = new Map(this.#made);
    let before = null;
    for (let index = first; index < last; index++) {
      const item = this.#items[index];
      const key = this.#key(item);
      gone.delete(key);
      let made = this.#made.get(key);
      if (made?.item !== item) {
        made?.element.remove();
        made = { item, element: this.#make(item, index) };
        this.#made.set(key, made);
      }
      const { element } = made;
      element.style.top = `${Math.floor(index / columns) * this.rowHeight}px`;
      element.style.left = `${((index % columns) * 100) / columns}%`;
      element.style.width = `${100 / columns}%`;
      element.setAttribute("aria-posinset", index + 1);
      element.setAttribute("aria-setsize", this.#items.length);
      // In the order that is seen, for those who hear it.
      const next = before ? before.nextSibling : this.space.firstChild;
      if (element !== next) this.space.insertBefore(element, next);
      before = element;
    }
    for (const [key, { element }] of gone) {
      element.remove();
      this.#made.delete(key);
    }
    this.ondrawn();
  }
}
