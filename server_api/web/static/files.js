/* The file browser: what is in a folder, as rows or tiles, and what can be done with it. */

import { Acts } from "./acts.js";
import { complain, menu, telling } from "./dialogs.js";
import { button, fill, h, icon, named } from "./dom.js";
import { droppable } from "./dragging.js";
import { entryRow } from "./entry_row.js";
import { Keys } from "./keys.js";
import { Panel } from "./panel.js";
import { folderAddress } from "./places.js";
import { counted, number, size } from "./present.js";
import { open as preview } from "./preview.js";
import { remember, remembered } from "./remembering.js";
import { rewindDialog } from "./rewinding.js";
import { Rows } from "./rows.js";
import { Search } from "./searching.js";
import { Selection } from "./selection.js";
import { Sorting } from "./sorting.js";
import { Thumbnails } from "./thumbnails.js";
import { Trail } from "./trail.js";
import { FOLDER, above, joined, nameOf, told } from "./tree.js";

const REM = parseFloat(getComputedStyle(document.documentElement).fontSize);
const LAYOUTS = {
  list: { rowHeight: 2.5 * REM, columnWidth: 0 },
  phone: { rowHeight: 3.75 * REM, columnWidth: 0 },
  gallery: { rowHeight: 12 * REM, columnWidth: 11 * REM },
};
const NARROW = matchMedia("(max-width: 43.75em)");

export class Files {
  path = "";
  folderId = null;
  #entries = new Map();
  #looked = 0;
  #shownPath = null;
  #problem = null; // why the folder could not be read

  constructor(app) {
    this.app = app;
    this.tree = app.tree;
    this.view = remembered("view", "list");
    this.rows = new Rows({ make: (entry) => entryRow(this, entry), key: (entry) => entry.node_id, label: "Files" });
    this.thumbnails = new Thumbnails(this.tree);
    this.search = new Search(this.tree, () => this.#draw());
    this.sorting = new Sorting(() => {
      this.#draw();
      this.rows.element.scrollTop = 0;
    });
    this.trail = new Trail(this);
    this.selection = new Selection(this.rows, () => this.#selected());
    this.acts = new Acts(this);
    this.panel = new Panel(this);
    this.#build();
    this.keys = new Keys(this);
    NARROW.addEventListener("change", () => this.#lay());
    this.#lay();
  }

  #build() {
    this.viewButton = button("", () => this.#changeView(), { isBare: true, glyph: "grid" });
    const upload = (isFolder) => () => this.acts.pick(isFolder);
    this.tools = h(
      "div", { class: "tools", role: "toolbar", "aria-label": "Folder" },
      button("Upload", (event) => menuBelow(event, [
        { words: "Upload files", glyph: "file", act: upload(false) },
        { words: "Upload a folder", glyph: "folder", act: upload(true) },
      ]), { glyph: "upload", look: "main", "aria-haspopup": "menu" }),
      button("New folder", telling(() => this.acts.newFolder()), { glyph: "folderNew" }),
      button("More", (event) => menuBelow(event, this.#actsHere()), { glyph: "more", isBare: true, "aria-haspopup": "menu" }),
    );
    this.chosen = h("div", { class: "tools chosen", role: "toolbar", "aria-label": "Selection", hidden: true });
    this.count = h("p", { class: "count", role: "status" });
    this.empty = h("div", { class: "empty", hidden: true });
    this.content = h("section", { class: "content", "aria-label": "Content" },
      this.sorting.element, this.rows.element, this.empty, this.search.further, this.count);
    this.element = h(
      "div", { class: "files" },
      h("header", { class: "where" }, this.trail.element, this.search.element, this.viewButton,
        button("Details", () => this.panel.toggle(), { glyph: "panel", isBare: true })),
      h("div", { class: "acts" }, this.tools, this.chosen),
      this.content,
      this.panel.element,
    );
    droppable(this.content, { into: () => this.here(), files: this });
    this.rows.element.addEventListener("scrollend", () => this.#rememberPlace());
    this.rows.element.addEventListener("contextmenu", (event) => this.#menu(event));
    this.rows.element.addEventListener("click", (event) => event.target === this.rows.element || event.target === this.rows.space ? this.selection.clear() : null);
  }

  // --- where one is ----------------------------------------------------------------------------------------------

  async open(names) {
    this.search.leave();
    this.path = names.join("/");
    this.trail.show(this.path);
    this.panel.makeRoom();
    const isFromBelow = Boolean(this.acts.toSelect);
    const { top = 0 } = history.state ?? {};
    if (this.path !== this.#shownPath) this.folderId = null; // nothing goes into the one before
    await this.refresh();
    if (!isFromBelow) this.rows.element.scrollTop = top;
    if (this.isShowing) this.focus();
  }

  /** The folder where one is, also while it is still being read: `{path, folderId}`. */
  async here({ path, folderId } = this) {
    const found = folderId ?? (await this.tree.folderAt(path));
    if (!found) throw new Error("This folder is not here any more.");
    return { path, folderId: found };
  }

  /** Gives the keys to the entries; where there are none, to what can be done about that. */
  focus() {
    const place = this.rows.element.hidden ? this.empty.querySelector("button, a") : this.rows.element;
    place?.focus({ preventScroll: true });
  }

  /** For whoever comes back here. */
  #rememberPlace() {
    if (this.#shownPath === this.path && !this.query) history.replaceState({ top: this.rows.element.scrollTop }, "");
  }

  /** What is searched for; "" where nobody searches. */
  get query() {
    return this.search.query;
  }

  /** Whether nothing else has the keys. */
  get isShowing() {
    return !document.querySelector("dialog[open]") && document.activeElement !== this.search.input;
  }

  /** Reads the folder anew. */
  async refresh() {
    const look = ++this.#looked;
    let found = { folderId: null, entries: [] };
    let problem = null;
    try {
      found = await this.tree.list(this.path);
    } catch (error) {
      if (error.code !== "not-found") problem = error;
    }
    if (look !== this.#looked) return;
    if (problem && this.path === this.#shownPath) throw problem; // what was read before is still shown
    this.#problem = problem;
    this.#shownPath = problem ? null : this.path;
    this.folderId = found.folderId;
    if (!this.folderId) found.entries = [];
    this.#entries = new Map(found.entries.map((entry) => [entry.node_id, entry]));
    if (!this.query) this.#draw();
  }

  goUp() {
    if (this.search.leave()) this.focus();
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
    if (this.query) this.search.look().catch(complain);
    else this.#draw();
    if (document.activeElement === document.body) this.focus();
  }

  // --- drawing ---------------------------------------------------------------------------------------------------

  #draw() {
    const entries = this.sorting.sorted(this.query ? this.search.entries : [...this.#entries.values()], { isSearch: Boolean(this.query) });
    this.sorting.draw();
    this.selection.among(entries);
    this.rows.show(entries);
    this.#drawEmpty(entries.length === 0);
    const wanted = this.acts.toSelect && !this.query && entries.find(({ name }) => name === this.acts.toSelect);
    if (wanted) {
      this.acts.toSelect = null;
      this.selection.only(wanted);
      this.rows.reveal(entries.indexOf(wanted));
      this.focus();
    }
    this.#selected();
  }

  #drawEmpty(isEmpty) {
    this.empty.hidden = !isEmpty;
    this.rows.element.hidden = isEmpty;
    if (!isEmpty) return;
    if (this.query) fill(this.empty, icon("search"), h("p", {}, this.search.isComplete ? "Nothing has " : "Nothing so far has ", h("b", {}, named(this.query)), " in its name."));
    else if (this.#problem) {
      fill(this.empty, icon("attention"), h("p", {}, this.#problem.message), button("Try again", telling(() => this.refresh()), { look: "second" }));
    } else if (!this.folderId) {
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
    const items = this.acts.items(chosen).filter(({ isInMenuOnly }) => !isInMenuOnly);
    const more = items.filter(({ isUnderMore }) => isUnderMore);
    fill(this.chosen, button("Clear the selection", () => this.selection.clear(), { glyph: "close", isBare: true }),
      h("span", { class: "number" }, `${number(chosen.length)} selected`),
      items.filter(({ isUnderMore }) => !isUnderMore).map(({ words, short, glyph: shape, act, look }) =>
        button(short ?? words, act, { glyph: shape, look: look ?? "plain", title: short ?? words })),
      more.length ? button("More", (event) => menuBelow(event, more), { glyph: "more", isBare: true, "aria-haspopup": "menu" }) : null);
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
      ...this.#actsHere(),
    ];
    menu(x, y, chosen.length ? this.acts.items(chosen) : here);
  }

  /** What can be done with the folder as a whole. */
  #actsHere() {
    return [
      this.path && this.folderId && {
        words: "Download this folder", glyph: "download", act: telling(() => this.acts.downloadAll([{ node_id: this.folderId, kind: FOLDER }])),
      },
      { words: "Go back to an earlier time …", glyph: "restore", act: telling(() => rewindDialog(this.tree, this.path)) },
    ];
  }

  // --- how it is shown -------------------------------------------------------------------------------------------

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
}

function menuBelow(event, items) {
  const { left, bottom } = event.currentTarget.getBoundingClientRect();
  menu(left, bottom + 4, items);
}
