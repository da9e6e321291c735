/* What can be done with entries: by menu, by key, by dragging. Each is an ordinary commit on what this page has seen. */

import { ask } from "./api.js";
import { chooseFolder } from "./destinations.js";
import { complain, lineQuestion, question, telling, toast } from "./dialogs.js";
import { h, named } from "./dom.js";
import { gather } from "./content/index.js";
import { refusal } from "./content/names.js";
import { counted } from "./present.js";
import { rewindDialog } from "./rewinding.js";
import { shareDialog } from "./share_dialogs.js";
import { FOLDER, above, joined } from "./tree.js";

/** Why something was left as it is, for the person. */
const REASONS = {
  stale: (name) => `“${name}” was changed elsewhere meanwhile, so it was left as it is. Look at it, and try again.`,
  name_taken: (name) => `Something called “${name}” is there already.`,
  parent_deleted: () => "The folder was deleted meanwhile.",
  cycle: () => "A folder cannot go into itself.",
  forbidden: () => "You may look at this folder, but not change it.",
  quota: () => "Your storage is full. Delete something for good, or ask for more room.",
  invalid: (name) => `“${name}” cannot be used as a name.`,
};

const MOST_AT_ONCE = 100; // in one zip: the server takes no more
const WHY_NO_ZIP = {
  404: "Something of this was deleted meanwhile. Look again, and choose what is there.",
  503: "Many download whole folders from here just now. Try again in a little while.",
};

/** The sentence for a refused operation. */
export const reason = ({ reason: code }, name) => (REASONS[code] ?? (() => `“${name}” was left as it is.`))(name);

const SEVERAL = 200; // from so many on devices would ask, if nobody had been asked here
const MANY = 100_000; // are counted

export class Acts {
  /** The name that is chosen once it is there. */
  toSelect = null;

  constructor(files) {
    this.files = files;
    this.tree = files.tree;
  }

  /** What can be done with these: in the bar, or under “More” there, or in the menu alone where a click does it. */
  items(entries) {
    if (!entries.length) return [];
    const [one] = entries;
    const isOne = entries.length === 1;
    const few = isOne ? "" : ` ${counted(entries.length, "item")}`;
    return [
      isOne && { words: one.kind === FOLDER ? "Open the folder" : "Open", glyph: "folder", act: () => this.files.openEntry(one), isInMenuOnly: true },
      { words: `Download${few}`, short: "Download", glyph: "download", act: telling(() => this.downloadAll(entries)) },
      isOne && { words: "Share …", short: "Share", glyph: "share", act: telling(() => shareDialog(this.tree, one)) },
      isOne && { words: "Rename …", short: "Rename", glyph: "rename", act: telling(() => this.rename(one)) },
      { words: `Move${few} …`, short: "Move", glyph: "move", act: telling(() => this.move(entries)) },
      isOne && one.kind === FOLDER && {
        words: "Go back to an earlier time …", glyph: "restore", act: telling(() => rewindDialog(this.tree, one.path)), isUnderMore: true,
      },
      { words: `Delete${few}`, short: "Delete", glyph: "trash", act: telling(() => this.remove(entries)) },
    ].filter(Boolean);
  }

  async newFolder() {
    const { folderId, path } = await this.files.here();
    return lineQuestion("New folder", "Name", "New folder", "Make the folder", async (name) => {
      check(name, path);
      const [result] = await this.tree.makeFolder(folderId, name);
      if (!result.applied) throw new Error(reason(result, name));
      this.toSelect = name;
      await this.files.refresh();
    });
  }

  rename(entry) {
    const parentId = this.#parentOf(entry);
    const dot = entry.kind === FOLDER ? -1 : entry.name.lastIndexOf(".");
    const selects = dot > 0 ? dot : entry.name.length;
    return lineQuestion("Rename", "New name", entry.name, "Rename", async (name) => {
      if (name === entry.name) return;
      check(name, above(entry.path));
      this.files.panel.rest();
      const [result] = await this.tree.rename(entry, await parentId, name);
      if (!result.applied) {
        this.files.refresh().catch(complain);
        throw new Error(reason(result, result.reason === "stale" ? entry.name : name));
      }
      this.toSelect = name;
      const path = joined(above(entry.path), name);
      this.files.took([], [{ ...entry, name, path, seq: result.seq, revision_id: result.revision }]);
    }, { selects });
  }

  /** Asks where to. */
  async move(entries) {
    const folder = await chooseFolder(this.tree, entries, above(entries[0].path));
    if (folder) await this.moveTo(entries, folder);
  }

  async moveTo(entries, { path, folderId }) {
    const into = entries.filter(({ node_id, path: from }) => node_id !== folderId && above(from) !== path);
    if (!into.length) return;
    this.files.panel.rest();
    const results = await this.tree.move(into, folderId);
    this.files.took(into.filter((_, i) => results[i].applied));
    const moved = results.filter(({ applied }) => applied).length;
    this.#complain(into, results);
    if (moved) toast(`${subject(into, results)} ${moved === 1 ? "is" : "are"} in ${path ? `“${path.split("/").at(-1)}”` : "All files"} now.`, { kind: "moved" });
  }

  async remove(entries) {
    this.files.panel.rest();
    const number = await this.tree.countFiles(entries, MANY);
    const isApproved = number > SEVERAL;
    if (isApproved && !(await approve(entries, number))) return;
    const parents = await Promise.all(entries.map((entry) => this.#parentOf(entry)));
    const results = await this.tree.remove(entries, { isApproved });
    this.files.took(entries.filter((_, i) => results[i].applied));
    this.#complain(entries, results);
    const gone = results.filter(({ applied }) => applied).length;
    if (!gone) return;
    toast(`${subject(entries, results)} ${gone === 1 ? "is" : "are"} deleted, on every device.`, {
      kind: "deleted", action: "Undo", act: telling(() => this.#undo(entries, results, parents)),
    });
  }

  async #undo(entries, results, parents) {
    const refused = [];
    for (const parentId of new Set(parents)) {
      const here = entries.map((_, i) => i).filter((i) => parents[i] === parentId);
      refused.push(...(await this.tree.bringBack(here.map((i) => entries[i]), here.map((i) => results[i]), parentId)));
    }
    await this.files.refresh();
    if (refused.length) toast(`${counted(refused.length, "item")} could not come back to the same place. Look under Deleted.`, { look: "bad" });
    else toast("Everything is back.", { kind: "deleted" });
  }

  download(entry) {
    this.files.app.transfers.download(entry);
  }

  /** A file as it is; a folder, or several things, as one zip that the server makes as it sends it. */
  async downloadAll(entries) {
    const isWithFolder = entries.some(({ kind }) => kind === FOLDER);
    if (!isWithFolder && (entries.length === 1 || entries.length > MOST_AT_ONCE)) return entries.forEach((entry) => this.download(entry));
    if (entries.length > MOST_AT_ONCE) {
      return toast(`${counted(entries.length, "item")} are too many for one download. Choose up to ${MOST_AT_ONCE}, or the folder that they are in.`, { look: "bad" });
    }
    const address = this.tree.zipOf(entries);
    try {
      await ask("HEAD", address); // the browser itself would not say why not
    } catch (error) {
      error.message = WHY_NO_ZIP[error.status] ?? error.message;
      throw error;
    }
    return h("a", { href: address, download: "" }).click();
  }

  /** Asks for files, or for a folder, to upload. */
  pick(isFolder) {
    const { path, folderId } = this.files;
    const input = h("input", {
      type: "file", multiple: true, webkitdirectory: isFolder, hidden: true,
      onchange: telling(async () => this.upload(await gather(input), await this.files.here({ path, folderId }))),
    });
    document.body.append(input);
    input.addEventListener("cancel", () => input.remove());
    input.addEventListener("change", () => input.remove());
    input.click();
  }

  /** Of files whose names are taken the person says what becomes. */
  async upload(found, { path, folderId }) {
    const { entries } = await this.tree.list(path);
    const taken = new Set(entries.filter(({ kind }) => kind !== FOLDER).map(({ name }) => name.normalize("NFC")));
    const same = found.files.filter((file) => taken.has(file.path.normalize("NFC")));
    let replaces = false;
    if (same.length) {
      const isOne = same.length === 1;
      const answer = await question(isOne ? `“${same[0].path}” is there already` : `${same.length} of these names are taken`, [
        h("p", {}, isOne ? "Both can be kept, or the new one becomes its next version." : "Both can be kept, or the new ones become the next versions."),
      ], [["Keep both", () => "both", "second"], [`Put the new ${isOne ? "one in its place" : "ones in their places"}`, () => "new"]]);
      if (!answer) return;
      replaces = answer === "new";
    }
    this.files.app.transfers.upload(found, { node_id: folderId, path }, replaces);
  }

  /** The folder that it is in: of what a search found, another than this one. */
  #parentOf(entry) {
    const folder = above(entry.path);
    return !this.files.query && folder === this.files.path ? this.files.folderId : this.tree.folderAt(folder);
  }

  /** Says what was refused: once for each reason. */
  #complain(entries, results) {
    const refused = results.map((result, i) => ({ result, entry: entries[i] })).filter(({ result }) => !result.applied);
    if (!refused.length) return;
    this.files.refresh().catch(complain);
    const [{ result, entry }] = refused;
    const others = refused.length - 1;
    toast(reason(result, entry.name) + (others ? ` So it is with ${others === 1 ? "one other" : `${others} others`}.` : ""), { look: "bad" });
  }
}

/** What was done to, in words. */
function subject(entries, results) {
  const done = entries.filter((_, i) => results[i].applied);
  return done.length === 1 ? `“${done[0].name}”` : counted(done.length, "item");
}

/** Rejects what no device takes as a name. */
function check(name, folder) {
  const wrong = refusal(name, { atRoot: !folder });
  if (wrong) throw new Error(wrong);
}

/** Asks before many files go from every device; whether they may. */
function approve(entries, number) {
  const files = number > MANY ? `more than ${counted(MANY, "file")}` : counted(number, "file");
  return question(`Delete ${files}?`, [
    h("p", {}, entries.length === 1 ? ["All of ", h("b", {}, named(entries[0].name))] : `All of ${counted(entries.length, "item")}`, " goes from every device of yours."),
    h("p", { class: "quiet" }, "“Undo” and “Deleted” bring it back."),
  ], [[`Delete ${files} everywhere`, () => true]]);
}
