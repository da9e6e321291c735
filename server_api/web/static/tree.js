/*
 * The account's files on the server: reads folders, makes changes, and tells what others change, as it happens.
 *
 * A page keeps no tree. It knows a position in the change feed (epoch, seq, revision), from which it goes on; folders are
 * read when they are looked at.
 */

import { Refused, Unreachable, get, hexOf, post } from "./api.js";
import { newId, newNodeId, uuidOf } from "./content/encoding.js";

export const FILE = 1;
export const FOLDER = 2;
export const ROOT = "AAAAAAAAAAAAAAAAAAAAAA==";

const WAIT_S = 50;
const TRIES = 5;
const BATCH = 1000;
const FOUND = 500;
const SEARCHES = 20;

/** The name at the end of a path. */
export const nameOf = (path) => path.slice(path.lastIndexOf("/") + 1);
/** The path of the folder that this is in. */
export const above = (path) => path.slice(0, Math.max(path.lastIndexOf("/"), 0));
export const joined = (folder, name) => (folder ? `${folder}/${name}` : name);

/**
 * Events: `changed` (detail: the latest states of nodes), `lost` (everything has to be read anew), `reachable` (detail:
 * whether the server can be reached).
 */
export class Tree extends EventTarget {
  #waiting = null;
  #queue = Promise.resolve();

  /** The account's own namespace. */
  static async open() {
    const tree = new Tree();
    await tree.#orient();
    return tree;
  }

  async #orient() {
    const { namespaces, epoch } = await get("/v1/namespaces");
    const mine = namespaces.find((each) => each.role === "owner") ?? namespaces[0];
    this.id = mine.namespace_id;
    this.base = `/v1/namespaces/${uuidOf(mine.namespace_id)}`;
    this.role = mine.role;
    this.epoch = epoch;
    this.seq = mine.seq;
    this.revision = mine.revision_id;
    this.number = mine.commit_number;
  }

  // --- reading ---------------------------------------------------------------------------------------------------

  /** `{folderId, entries}` of a folder; each entry has its name. Rejects with `not-found` (Refused). */
  async list(path) {
    const entries = [];
    let folderId = null;
    for (let after = null, complete = false; !complete; after = entries.at(-1)?.path) {
      const page = await post(`${this.base}/list`, { path, after });
      folderId = page.folder_id ?? null;
      complete = page.complete;
      entries.push(...page.entries.map(told));
    }
    return { folderId, entries };
  }

  /** The id of the folder at a path, or `null`. */
  async folderAt(path) {
    if (!path) return ROOT;
    try {
      return (await post(`${this.base}/list`, { path, limit: 1 })).folder_id ?? null;
    } catch (error) {
      if (error.code === "not-found") return null;
      throw error;
    }
  }

  /**
   * What has this in its name, as far as it is looked for at once: `{entries, before}`. From `before` on one can look further,
   * unless it is `null`.
   */
  async search(query, signal, before = null) {
    const entries = [];
    let page = { before, complete: false };
    for (let asked = 0; !page.complete && entries.length < FOUND && asked < SEARCHES; asked++) {
      page = await post(`${this.base}/search`, { query, before: page.before, limit: FOUND }, { signal });
      entries.push(...page.entries.map(told));
    }
    return { entries, before: page.complete ? null : page.before };
  }

  /** The address of these as one zip. */
  zipOf = (entries) => `${this.base}/zip?${new URLSearchParams(entries.map(({ node_id }) => ["node", hexOf(node_id)]))}`;

  details = (path, signal) => post(`${this.base}/details`, { path }, { signal });
  versions = (path, after) => post(`${this.base}/history`, { path, after, limit: 50 });
  restore = (path, revisionId, to) => post(`${this.base}/restore`, { path, revision_id: revisionId, to });
  deleted = (path, before) => post(`${this.base}/deleted`, { path, before, limit: 100 });
  activity = (before, more = {}) => post(`${this.base}/activity`, { before, limit: 100, ...more });
  rewind = (request) => post(`${this.base}/rewind`, request);

  // --- changing --------------------------------------------------------------------------------------------------

  makeFolder(parentId, name) {
    return this.commit([
      { type: "create", operation_id: newId(), node_id: newNodeId(), kind: FOLDER, place: { parent_id: parentId, name } },
    ]);
  }

  rename = (entry, parentId, name) => this.commit([placed(entry, parentId, name)]);

  move = (entries, parentId) => this.commit(entries.map((entry) => placed(entry, parentId, entry.name)));

  /** How many files there are in these, up to one more than `most`. */
  async countFiles(entries, most) {
    let number = entries.filter(({ kind }) => kind !== FOLDER).length;
    for (const { path } of entries.filter(({ kind }) => kind === FOLDER)) {
      for (let after = null, complete = false; !complete && number <= most; ) {
        const page = await post(`${this.base}/list`, { path, recursive: true, after });
        number += page.entries.filter(({ kind }) => kind !== FOLDER).length;
        complete = page.complete;
        after = page.entries.at(-1)?.path;
      }
    }
    return number;
  }

  /** `isApproved`: a person was asked; other devices do not ask again. */
  remove(entries, { isApproved = false } = {}) {
    const seen_seq = this.seq;
    return this.commit(
      entries.map(({ node_id, revision_id }) => ({
        type: "delete", operation_id: newId(), node_id, base: revision_id, seen_seq, approved: isApproved,
      })),
    );
  }

  /** Takes a deletion back: `results` are those of `remove`. Files come in one commit; folders as they were before it. */
  async bringBack(entries, results, parentId) {
    const gone = entries.map((entry, i) => ({ entry, result: results[i] })).filter(({ result }) => result.applied);
    const files = gone.filter(({ entry }) => entry.kind !== FOLDER);
    const refused = [];
    if (files.length) {
      const back = await this.commit(
        files.map(({ entry, result }) => ({ ...placed(entry, parentId, entry.name), base: result.revision, revive: true })),
      );
      refused.push(...back.filter((result) => !result.applied));
    }
    for (const { entry, result } of gone.filter(({ entry }) => entry.kind === FOLDER)) {
      // A restored folder also has what was deleted below it long before; that goes again.
      const { path } = await this.restore(entry.path);
      await this.rewind({ path, to_seq: result.seq - 1 });
    }
    return refused;
  }

  /**
   * One result for each operation: `{applied: true, seq, revision}` or `{applied: false, reason}`. One commit at a time;
   * sent again with the same ids where no answer came or another tab was quicker, so that nothing happens twice.
   */
  commit(operations) {
    const results = this.#queue.then(async () => {
      const all = [];
      for (let at = 0; at < operations.length; at += BATCH) all.push(...(await this.#commit(operations.slice(at, at + BATCH))));
      return all;
    });
    this.#queue = results.catch(() => {});
    return results;
  }

  async #commit(operations) {
    for (let attempt = 1; ; attempt++) {
      this.number += 1;
      try {
        const { results } = await post(`${this.base}/commits`, { epoch: this.epoch, number: this.number, operations });
        return results.map(([tag, first, second]) =>
          tag === "applied" ? { applied: true, seq: first, revision: second } : { applied: false, reason: first },
        );
      } catch (error) {
        const isSuperseded = error instanceof Refused && error.code === "superseded";
        if (attempt === TRIES && error instanceof Unreachable) error.message += " What you did last may not have happened.";
        if (attempt === TRIES || !(isSuperseded || error instanceof Unreachable)) throw error;
        if (isSuperseded) await this.#renumber();
        else await delay(500 * 2 ** attempt);
      }
    }
  }

  async #renumber() {
    const { namespaces } = await get("/v1/namespaces");
    this.number = namespaces.find((each) => each.namespace_id === this.id).commit_number;
  }

  // --- what others change ----------------------------------------------------------------------------------------

  /** Tells of changes from now on, while the page can be seen: a browser has few connections for all its tabs. */
  follow() {
    const turn = () => (document.hidden ? this.rest() : this.#start());
    document.addEventListener("visibilitychange", turn);
    turn();
  }

  /** Hears of nothing more, until the page is hidden and seen again. */
  rest() {
    this.#waiting?.abort();
    this.#waiting = null;
  }

  #start() {
    if (this.#waiting) return;
    this.#waiting = new AbortController();
    this.#wait(this.#waiting.signal).catch((error) => error.name !== "AbortError" && console.error(error));
  }

  async #wait(signal) {
    for (let failures = 0; !signal.aborted; ) {
      try {
        const asked = { epoch: this.epoch, namespaces: { [this.id]: this.seq }, timeout_s: WAIT_S };
        const { moved } = await post("/v1/wait", asked, { signal });
        if (Object.keys(moved).length) await this.#read(signal);
        if (failures) this.#tell("reachable", true);
        failures = 0;
      } catch (error) {
        if (signal.aborted) return;
        if (error.code === "unknown-cursor") {
          await this.#orient();
          this.#tell("lost");
          continue;
        }
        if (!failures) this.#tell("reachable", false);
        failures += 1;
        await delay(Math.min(1000 * 2 ** failures, 10_000));
      }
    }
  }

  async #read(signal) {
    for (let complete = false; !complete; ) {
      const query = new URLSearchParams({ epoch: hexOf(this.epoch), seq: this.seq });
      if (this.revision) query.set("revision", hexOf(this.revision));
      const page = await get(`${this.base}/changes?${query}`, { signal });
      this.seq = page.seq;
      this.revision = page.revision_id;
      complete = page.complete;
      this.#tell("changed", page.changes);
    }
  }

  #tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}

/** An entry as the pages have it. */
export const told = (entry) => ({ size: 0, mtime_ns: 0, ...entry, name: nameOf(entry.path) });

function placed({ node_id, revision_id }, parentId, name) {
  return { type: "change", operation_id: newId(), node_id, base: revision_id, place: { parent_id: parentId, name } };
}

const delay = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
