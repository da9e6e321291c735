// Where uploaded files go: folders that are there or have to be made, and names that are free in them.
import { newNodeId } from "./encoding.js";
import { comparable, numbered } from "./names.js";

export const FILE = 1;
export const FOLDER = 2;

/** A folder of the namespace as it was when the upload began, and what the upload puts there. */
class Folder {
  constructor({ node_id, parent = null, name, isThere }) {
    Object.assign(this, { node_id, parent, name, isThere, entries: new Map() });
  }

  /** Where it is in the namespace; of the folder that the upload goes into, `name` is that. */
  get path() {
    return this.parent ? join(this.parent.path, this.name) : this.name;
  }

  /**
   * Takes in what the server has there now. What it did not have when the upload began, nobody has decided to replace.
   */
  refresh(listed, { isFirst }) {
    const before = this.entries;
    this.entries = new Map();
    for (const entry of listed) {
      const key = comparable(nameIn(entry.path));
      const known = before.get(key);
      const isSeen = isFirst || (known?.mayReplace && known.revision_id === entry.revision_id);
      this.entries.set(key, { ...entry, mayReplace: isSeen && entry.kind === FILE });
    }
    for (const [key, entry] of before) if (entry.isOurs && !this.entries.has(key)) this.entries.set(key, entry);
  }

  entry(name) {
    return this.entries.get(comparable(name));
  }

  /** The name, or the first numbered one that nothing has here; it is taken from now on. */
  claim(name, node_id) {
    let free = name;
    if (this.entry(name)) for (free of numbered(name)) if (!this.entry(free)) break;
    this.entries.set(comparable(free), { node_id, kind: 0, isOurs: true });
    return free;
  }

  /** The name belongs to nobody of ours any more: another one had it. */
  disclaim(name) {
    this.entries.delete(comparable(name));
  }
}

/** The folders of one upload. */
export class Placing {
  /** `into`: `{node_id, path}` of the folder that everything goes into; the path is empty for the topmost. */
  constructor(api, into) {
    this._api = api;
    this._top = new Folder({ node_id: into?.node_id, name: into?.path, isThere: true });
    this._folders = new Map();
  }

  /** Looks at the folder that the upload goes into, and at those below that have a name of a folder to be uploaded. */
  async load(paths) {
    await this.look(this._top, { isFirst: true });
    this._folders.set("", Promise.resolve(this._top));
    for (const path of paths) await this.folder(path);
  }

  /** The folder at this path below the one that the upload goes into. */
  folder(path) {
    let found = this._folders.get(path);
    if (!found) this._folders.set(path, (found = this._open(path)));
    return found;
  }

  async _open(path) {
    const cut = path.lastIndexOf("/");
    const parent = await this.folder(cut < 0 ? "" : path.slice(0, cut));
    const name = path.slice(cut + 1);
    const there = parent.entry(name);
    if (there?.kind === FOLDER) {
      const folder = new Folder({ node_id: there.node_id, parent, name: nameIn(there.path), isThere: true });
      await this.look(folder, { isFirst: true });
      return folder;
    }
    const node_id = newNodeId();
    return new Folder({ node_id, parent, name: parent.claim(name, node_id), isThere: false });
  }

  /** Reads what is in a folder (again). */
  async look(folder, { isFirst = false } = {}) {
    const listed = [];
    for (let complete = false; !complete; ) {
      const page = await this._api.list(folder.path, listed.at(-1)?.path);
      listed.push(...page.entries);
      complete = page.complete || !page.entries.length;
    }
    folder.refresh(listed, { isFirst });
  }

  /** Somebody else has made something of this folder's name: if it is a folder it is ours as well, else ours is numbered. */
  async retake(folder) {
    const { parent, name } = folder;
    parent.disclaim(name);
    await this.look(parent);
    const there = parent.entry(name);
    if (there?.kind === FOLDER) {
      Object.assign(folder, { node_id: there.node_id, name: nameIn(there.path), isThere: true });
      await this.look(folder);
    } else {
      folder.name = parent.claim(name, folder.node_id);
    }
  }
}

export const join = (path, name) => (path ? `${path}/${name}` : name);

const nameIn = (path) => path.slice(path.lastIndexOf("/") + 1);
