/* The file browser: what is in a folder, as rows or tiles, and what can be done with it. */

import { Acts } from "./acts.js";
import { complain, menu, telling, toast } from "./dialogs.js";
import { button, fill, h, icon, named, showable } from "./dom.js";
import { draggable, droppable } from "./dragging.js";
import { Keys } from "./keys.js";
import { Panel } from "./panel.js";
import { folderAddress } from "./places.js";
import { counted, exactly, glyph, size, when } from "./present.js";
import { open as preview } from "./preview.js";
import { rewindDialog } from "./rewinding.js";
import { Rows } from "./rows.js";
import { Selection } from "./selection.js";
import { Thumbnails } from "./thumbnails.js";
import { FOLDER, above, joined, nameOf, told } from "./tree.js";

const LAYOUTS = {
  list: { rowHeight: 40, columnWidth: 0 },
  phone: { rowHeight: 60, columnWidth: 0 },
  gallery: { rowHeight: 192, columnWidth: 176 },
};
const NARROW = matchMedia("(max-width: 700px)");
const names = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });
const ORDERS = {
  name: (a, b) => names.compare(a.name, b.name) || (a.name < b.name ? -1 : 1),
  changed: (a, b) => a.committed_at - b.committed_at || ORDERS.name(a, b),
  size: (a, b) => a.size - b.size || ORDERS.name(a, b),
};
const SEARCH_AFTER_MS = 200;

export class Files {
  path = "";
  folderId = null;
  query = "";
  #entries = new Map();
  #looked = 0;

  constructor(app) {
    this.app = app;
    this.tree = app.tree;
    this.sort = remembered("sort", { by: "name", isDown: false });
    this.view = remembered("view", "list");
    this.rows = new Rows({ make: (entry) => this.#row(entry), key: (entry) => entry.node_id, label: "Files" });
    this.thumbnails = new Thumbnails(this.tree);
    this.selection = new Selection(this.rows, () => this.#selected());
    this.acts = new Acts(this);
    this.panel = new Panel(this);
    this.#build();
    this.keys = new Keys(this);
    NARROW.addEventListener("change", () => this.#lay());
    this.#lay();
  }

  #build() {
    this.trail = h("nav", { class: "trail", "aria-label": "Folder" });
    this.search = h("input", {
      type: "search", placeholder: "Search", "aria-label": "Search by name", maxLength: 255, spellcheck: false,
      oninput: () => this.#soonSearch(),
    });
    this.viewButton = button("", () => this.#changeView(), { isBare: true, glyph: "grid" });
    const upload = (isFolder) => () => this.acts.pick(isFolder);
    this.tools = h(
      "div", { class: "tools", role: "toolbar", "aria-label": "Folder" },
      button("Upload", (event) => menuBelow(event, [
        { words: "Upload files", glyph: "file", act: upload(false) },
        { words: "Upload a folder", glyph: "folder", act: upload(true) },
      ]), { glyph: "upload", look: "main", "aria-haspopup": "menu" }),
      button("New folder", telling(() => this.acts.newFolder()), { glyph: "folderNew" }),
    );
    this.chosen = h("div", { class: "tools chosen", role: "toolbar", "aria-label": "Selection", hidden: true });
    this.heads = h("div", { class: "heads" });
    this.count = h("p", { class: "count", role: "status" });
    this.empty = h("div", { class: "empty", hidden: true });
    this.further = h("div", { class: "further", hidden: true },
      h("p", {}, "There may be more: not all names were looked at."),
      button("Look further", telling(() => this.#find({ isFurther: true })), { look: "second" }));
    this.element = h(
      "div", { class: "files" },
      h("header", { class: "where" }, this.trail, h("div", { class: "search" }, icon("search"), this.search), this.viewButton,
        button("Details", () => this.panel.toggle(), { glyph: "panel", isBare: true })),
      h("div", { class: "acts" }, this.tools, this.chosen),
      h("section", { class: "content", "aria-label": "Content" }, this.heads, this.rows.element, this.empty, this.further, this.count),
      this.panel.element,
    );
    droppable(this.rows.element, { into: () => this, files: this });
    this.rows.element.addEventListener("contextmenu", (event) => this.#menu(event));
    this.rows.element.addEventListener("click", (event) => event.target === this.rows.element || event.target === this.rows.space ? this.selection.clear() : null);
  }

  // --- where one is ----------------------------------------------------------------------------------------------

  async open(names) {
    this.#leaveSearch();
    this.path = names.join("/");
    this.#drawTrail();
    await this.refresh();
    if (this.isShowing) this.rows.element.focus({ preventScroll: true });
  }

  /** Whether nothing else has the keys. */
  get isShowing() {
    return !document.querySelector("dialog[open]") && document.activeElement !== this.search;
  }

  /** Reads the folder anew. */
  async refresh() {
    const look = ++this.#looked;
    let found;
    try {
      found = await this.tree.list(this.path);
    } catch (error) {
      if (error.code !== "not-found") throw error;
      found = { folderId: null, entries: [] };
    }
    if (look !== this.#looked) return;
    this.folderId = found.folderId;
    if (!this.folderId) found.entries = [];
    this.#entries = new Map(found.entries.map((entry) => [entry.node_id, entry]));
    if (!this.query) this.#draw();
  }

  goUp() {
    if (this.query) this.#leaveSearch();
    else if (this.path) {
      this.acts.toSelect = nameOf(this.path);
      location.hash = folderAddress(above(this.path));
    }
  }

  /** What a double click does. */
  openEntry(entry) {
    if (entry.kind === FOLDER) location.hash = folderAddress(entry.path);
    else telling(preview)(this, entry);
  }

  leave() {
    this.keys.leave();
  }

  // --- what others change ----------------------------------------------------------------------------------------

  changed(changes) {
    let isOurs = false;
    let folderMayBeGone = false;
    for (const change of changes) {
      const known = this.#entries.get(change.node_id);
      if (change.parent_id === this.folderId && !change.deleted) {
        if (known && known.seq >= change.seq) continue;
        this.#entries.set(change.node_id, told({ ...change, path: joined(this.path, change.name) }));
        isOurs = true;
      } else if (known && known.seq < change.seq) {
        this.#entries.delete(change.node_id);
        isOurs = true;
      } else if (change.kind === FOLDER && this.path) folderMayBeGone = true;
    }
    if (isOurs && !this.query) this.#draw();
    if (folderMayBeGone || !this.folderId) this.#lookWhetherThere().catch(() => {});
  }

  async #lookWhetherThere() {
    const path = this.path;
    const folderId = await this.tree.folderAt(path);
    if (path === this.path && folderId !== this.folderId) await this.refresh();
  }

  /** The entry of a name in this folder. */
  entryNamed(name) {
    return [...this.#entries.values()].find((entry) => entry.name === name);
  }

  /** Takes in what a commit of this page did, before the feed tells it. */
  took(gone, changed = []) {
    gone.forEach(({ node_id }) => this.#entries.delete(node_id));
    changed.forEach((entry) => this.#entries.set(entry.node_id, entry));
    if (this.query) this.#find().catch(complain);
    else this.#draw();
    if (document.activeElement === document.body) this.rows.element.focus({ preventScroll: true });
  }

  // --- searching -------------------------------------------------------------------------------------------------

  #soonSearch() {
    clearTimeout(this.searching);
    this.searching = setTimeout(telling(() => this.#find()), SEARCH_AFTER_MS);
  }

  /** Looks anew, or on from where it stopped. */
  async #find({ isFurther = false } = {}) {
    const isSame = this.query === this.search.value.trim();
    this.query = this.search.value.trim();
    this.asking?.abort();
    this.asking = new AbortController();
    if (!this.query) return this.#leaveSearch();
    const known = isFurther && isSame ? this.found : { entries: [], before: null };
    try {
      const { entries, before } = await this.tree.search(this.query, this.asking.signal, known.before);
      this.found = { entries: [...known.entries, ...entries], before };
      this.#draw();
    } catch (error) {
      if (error.name !== "AbortError") throw error;
    }
    return undefined;
  }

  #leaveSearch() {
    this.asking?.abort();
    this.search.value = "";
    if (!this.query) return;
    this.query = "";
    this.#draw();
    this.rows.element.focus();
  }

  // --- drawing ---------------------------------------------------------------------------------------------------

  #draw() {
    const entries = this.query ? [...this.found.entries] : [...this.#entries.values()];
    if (!this.query) {
      const order = ORDERS[this.sort.by];
      const turn = this.sort.isDown ? -1 : 1;
      entries.sort((a, b) => (b.kind === FOLDER) - (a.kind === FOLDER) || turn * order(a, b));
    }
    this.#drawHeads();
    this.selection.among(entries);
    this.rows.show(entries);
    if (this.acts.toSelect && !this.query) {
      const wanted = entries.find(({ name }) => name === this.acts.toSelect);
      if (wanted) {
        this.acts.toSelect = null;
        this.selection.only(wanted);
        this.rows.reveal(entries.indexOf(wanted));
        this.rows.element.focus({ preventScroll: true });
      }
    }
    this.#drawEmpty(entries.length);
    this.further.hidden = !this.query || this.found.before === null;
    this.#selected();
  }

  #drawTrail() {
    const steps = this.path ? this.path.split("/") : [];
    const crumbs = [{ name: "All files", path: "" }, ...steps.map((name, i) => ({ name, path: steps.slice(0, i + 1).join("/") }))];
    fill(
      this.trail,
      h("ol", {}, crumbs.map(({ name, path }, i) => {
        const isLast = i === crumbs.length - 1;
        const link = h("a", { href: folderAddress(path), "aria-current": isLast ? "page" : null }, named(name));
        droppable(link, { into: async () => ({ path, folderId: await this.tree.folderAt(path) }), files: this });
        return h("li", {}, i ? icon("next") : null, link);
      })),
    );
  }

  #drawHeads() {
    const head = (by, words) => {
      const isBy = this.sort.by === by && !this.query;
      return h("button", {
        type: "button", class: `head ${by}`, disabled: Boolean(this.query), "aria-pressed": String(isBy),
        onclick: () => this.#sortBy(by),
      }, words, isBy ? icon(this.sort.isDown ? "down" : "up") : null);
    };
    fill(this.heads, head("name", "Name"), this.query ? h("span", { class: "head place" }, "Folder") : null, head("changed", "Changed"), head("size", "Size"));
  }

  #drawEmpty(number) {
    this.empty.hidden = number > 0;
    this.rows.element.hidden = number === 0;
    if (number) return;
    if (this.query) fill(this.empty, icon("search"), h("p", {}, this.found.before === null ? "Nothing has " : "Nothing so far has ", h("b", {}, named(this.query)), " in its name."));
    else if (!this.folderId) {
      fill(this.empty, icon("folder"), h("p", {}, "This folder is not here any more."), h("a", { href: folderAddress("") }, "Go to all files"));
    } else {
      fill(this.empty, icon("upload"), h("p", {}, this.path ? "This folder is empty." : "Nothing is here yet."),
        h("p", { class: "quiet" }, "Drop files here, or choose some."),
        button("Upload files", () => this.acts.pick(false), { look: "main", glyph: "upload" }));
    }
  }

  #selected() {
    const chosen = this.selection.entries;
    this.chosen.hidden = chosen.length === 0;
    this.tools.hidden = chosen.length > 0;
    const items = this.acts.items(chosen);
    fill(this.chosen, button("Clear the selection", () => this.selection.clear(), { glyph: "close", isBare: true }),
      h("span", { class: "number" }, `${chosen.length} selected`),
      items.filter(({ isInMenuOnly }) => !isInMenuOnly).map(({ words, short, glyph: shape, act, look }) =>
        button(short ?? words, act, { glyph: shape, look: look ?? "plain" })));
    this.#drawCount(chosen);
    this.panel.show(chosen);
  }

  #drawCount(chosen) {
    const entries = chosen.length ? chosen : this.selection.all;
    const folders = entries.filter(({ kind }) => kind === FOLDER).length;
    const files = entries.length - folders;
    const bytes = entries.reduce((sum, entry) => sum + entry.size, 0);
    const parts = [folders && counted(folders, "folder"), files && counted(files, "file"), bytes && size(bytes)].filter(Boolean);
    this.count.textContent = parts.length ? `${parts.join(", ")}${chosen.length ? " selected" : ""}` : "";
  }

  #row(entry) {
    const isTile = this.rows.columnWidth > 0;
    const isFolder = entry.kind === FOLDER;
    const row = h(
      "div",
      {
        class: `row${isFolder ? " folder" : ""}`, role: "option", id: `n-${entry.node_id}`,
        "aria-selected": String(this.selection.has(entry)),
        onclick: (event) => this.#click(event, entry),
        ondblclick: (event) => event.target.closest(".tick") || this.openEntry(entry),
      },
      h("span", { class: "tick" }, icon("check")),
      h("span", { class: "picture" }, icon(glyph(entry))),
      h("span", { class: "name", title: showable(entry.name) }, named(entry.name)),
      this.query && !isTile ? h("span", { class: "place" }, named(above(entry.path) || "All files")) : null,
      h("time", { class: "changed", dateTime: new Date(entry.committed_at).toISOString(), title: exactly(entry.committed_at) }, when(entry.committed_at)),
      h("span", { class: "size" }, isFolder ? "" : size(entry.size)),
    );
    if (isTile) this.thumbnails.into(row.querySelector(".picture"), entry);
    draggable(row, this, entry);
    if (isFolder) droppable(row, { into: () => ({ path: entry.path, folderId: entry.node_id }), files: this });
    return row;
  }

  #click(event, entry) {
    const isTouch = event.pointerType === "touch";
    if (event.target.closest(".tick") || event.ctrlKey || event.metaKey) this.selection.toggle(entry);
    else if (event.shiftKey) this.selection.reach(entry);
    else if (isTouch && this.selection.entries.length) this.selection.toggle(entry);
    else if (isTouch) this.openEntry(entry);
    else this.selection.only(entry);
  }

  #menu(event) {
    const row = event.target.closest(".row");
    const entry = row && this.selection.all.find(({ node_id }) => row.id === `n-${node_id}`);
    event.preventDefault();
    if (entry && !this.selection.has(entry)) this.selection.only(entry);
    else if (!entry) this.selection.clear();
    this.openMenu(event.clientX, event.clientY);
  }

  /** What can be done with the selection, or with the folder. */
  openMenu(x, y) {
    const chosen = this.selection.entries;
    const here = [
      { words: "Upload files", glyph: "upload", act: () => this.acts.pick(false) },
      { words: "New folder", glyph: "folderNew", act: telling(() => this.acts.newFolder()) },
      this.path && this.folderId && {
        words: "Download this folder", glyph: "download", act: telling(() => this.acts.downloadAll([{ node_id: this.folderId, kind: FOLDER }])),
      },
      { words: "Go back to an earlier time …", glyph: "restore", act: telling(() => rewindDialog(this.tree, this.path)) },
    ];
    menu(x, y, chosen.length ? this.acts.items(chosen) : here);
  }

  // --- how it is shown -------------------------------------------------------------------------------------------

  #sortBy(by) {
    this.sort = { by, isDown: this.sort.by === by ? !this.sort.isDown : by !== "name" };
    remember("sort", this.sort);
    this.#draw();
  }

  #changeView() {
    this.view = this.view === "list" ? "gallery" : "list";
    remember("view", this.view);
    this.#lay();
  }

  #lay() {
    const isGallery = this.view === "gallery";
    this.element.dataset.view = this.view;
    const words = isGallery ? "Show as a list" : "Show as a gallery";
    fill(this.viewButton, icon(isGallery ? "list" : "grid"));
    this.viewButton.title = words;
    this.viewButton.setAttribute("aria-label", words);
    this.rows.lay(LAYOUTS[isGallery ? "gallery" : NARROW.matches ? "phone" : "list"]);
  }

  tell(words, options) {
    toast(words, options);
  }
}

function menuBelow(event, items) {
  const { left, bottom } = event.currentTarget.getBoundingClientRect();
  menu(left, bottom + 4, items);
}

function remembered(key, otherwise) {
  try {
    return JSON.parse(localStorage.getItem(`lockstep-${key}`)) ?? otherwise;
  } catch {
    return otherwise;
  }
}

const remember = (key, value) => localStorage.setItem(`lockstep-${key}`, JSON.stringify(value));
