/* Which of the entries are chosen, and at which one the keyboard is. */

export class Selection {
  all = [];
  #chosen = new Set();
  #at = null; // the id where the keyboard is
  #from = null; // the id that a range begins with
  #tell;

  constructor(rows, tell) {
    this.rows = rows;
    this.#tell = tell;
    rows.ondrawn = () => this.#show();
  }

  /** These are there now, in this order: what is gone is not chosen any more. */
  among(entries) {
    this.all = entries;
    const there = new Set(entries.map(({ node_id }) => node_id));
    for (const id of this.#chosen) if (!there.has(id)) this.#chosen.delete(id);
    if (!there.has(this.#at)) this.#at = null;
    if (!there.has(this.#from)) this.#from = null;
  }

  get entries() {
    return this.#chosen.size ? this.all.filter((entry) => this.#chosen.has(entry.node_id)) : [];
  }

  /** The one that Enter opens. */
  get current() {
    return this.all[this.index] ?? null;
  }

  get index() {
    return this.#at === null ? -1 : this.all.findIndex(({ node_id }) => node_id === this.#at);
  }

  has = (entry) => this.#chosen.has(entry.node_id);

  clear() {
    this.#chosen.clear();
    this.#mark();
  }

  everything() {
    this.all.forEach(({ node_id }) => this.#chosen.add(node_id));
    this.#mark();
  }

  only(entry) {
    this.#chosen = new Set([entry.node_id]);
    this.#from = this.#at = entry.node_id;
    this.#mark();
  }

  toggle(entry) {
    if (!this.#chosen.delete(entry.node_id)) this.#chosen.add(entry.node_id);
    this.#from = this.#at = entry.node_id;
    this.#mark();
  }

  /** From where the range begins to there. */
  reach(entry) {
    const to = this.all.indexOf(entry);
    const from = Math.max(this.all.findIndex(({ node_id }) => node_id === this.#from), 0);
    const range = this.all.slice(Math.min(from, to), Math.max(from, to) + 1);
    this.#chosen = new Set(range.map(({ node_id }) => node_id));
    this.#at = entry.node_id;
    this.#mark();
  }

  /** The keyboard goes there: alone (`only`), with a range (`reach`), or choosing nothing (`walk`). */
  go(index, how) {
    if (!this.all.length) return;
    const entry = this.all[Math.max(0, Math.min(index, this.all.length - 1))];
    if (how === "walk") {
      this.#at = entry.node_id;
      this.#mark();
    } else this[how](entry);
    this.rows.reveal(this.all.indexOf(entry));
    this.#mark();
  }

  #mark() {
    this.#show();
    this.#tell();
  }

  #show() {
    const list = this.rows.element;
    for (const row of this.rows.space.children) {
      const id = row.id.slice(2);
      row.setAttribute("aria-selected", String(this.#chosen.has(id)));
      row.classList.toggle("at", id === this.#at);
    }
    if (this.#at && this.rows.elementOf(this.#at)) list.setAttribute("aria-activedescendant", `n-${this.#at}`);
    else list.removeAttribute("aria-activedescendant");
  }
}
