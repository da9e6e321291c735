/* The keyboard in the file browser. Everything it does can be done by pointer, too. */

import { telling } from "./dialogs.js";

export class Keys {
  constructor(files) {
    this.files = files;
    this.typed = "";
    this.typedAt = 0;
    files.rows.element.addEventListener("keydown", (event) => this.#inRows(event));
    files.empty.addEventListener("keydown", ({ key }) => key === "Backspace" && files.goUp());
    files.search.input.addEventListener("keydown", (event) => this.#inSearch(event));
    this.anywhere = (event) => this.#anywhere(event);
    document.addEventListener("keydown", this.anywhere);
  }

  leave() {
    document.removeEventListener("keydown", this.anywhere);
  }

  #anywhere(event) {
    const isTyping = event.target.closest("input, textarea, select, dialog, [contenteditable]");
    if (event.key !== "/" || isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    this.files.search.input.focus();
    this.files.search.input.select();
  }

  #inSearch(event) {
    if (event.key === "Escape") this.files.goUp();
    else if (event.key === "ArrowDown" || event.key === "Enter") {
      this.files.rows.element.focus();
      this.files.selection.go(0, "only");
    } else return;
    event.preventDefault();
  }

  #inRows(event) {
    const { files } = this;
    const { selection, rows, acts } = files;
    const { index } = selection;
    const isCommand = event.ctrlKey || event.metaKey;
    const how = event.shiftKey ? "reach" : isCommand ? "walk" : "only";
    const step = {
      ArrowDown: index < 0 ? 0 : index + rows.columns,
      ArrowUp: index - rows.columns,
      ArrowRight: rows.columns > 1 ? index + 1 : undefined,
      ArrowLeft: rows.columns > 1 ? index - 1 : undefined,
      PageDown: index + rows.pageSize * rows.columns,
      PageUp: index - rows.pageSize * rows.columns,
      Home: 0,
      End: selection.all.length - 1,
    }[event.key];
    const chosen = selection.entries;
    if (event.altKey) return;
    if (step !== undefined) selection.go(step, how);
    else if (event.key === "Enter" && selection.current) files.openEntry(selection.current);
    else if (event.key === "Backspace") files.goUp();
    else if (event.key === " " && selection.current) selection.toggle(selection.current);
    else if (event.key === "F2" && chosen.length === 1) telling(() => acts.rename(chosen[0]))();
    else if (event.key === "Delete" && chosen.length) telling(() => acts.remove(chosen))();
    else if (event.key === "a" && isCommand) selection.everything();
    else if (event.key === "Escape") selection.clear();
    else if (event.key === "ContextMenu" || (event.key === "F10" && event.shiftKey)) {
      const row = rows.elementOf(selection.current?.node_id)?.getBoundingClientRect();
      files.openMenu(row?.left + 40 || 100, row?.bottom || 100);
    } else if (event.key.length === 1 && event.key !== "/" && !isCommand) this.#find(event.key);
    else return;
    event.preventDefault();
  }

  /** The next entry that begins with what was typed within a second. */
  #find(letter) {
    const now = performance.now();
    this.typed = now - this.typedAt < 1000 ? this.typed + letter : letter;
    this.typedAt = now;
    const wanted = this.typed.toLowerCase();
    const found = this.files.selection.all.findIndex(({ name }) => name.toLowerCase().startsWith(wanted));
    if (found >= 0) this.files.selection.go(found, "only");
  }
}
