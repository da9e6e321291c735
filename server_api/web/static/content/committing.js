// Makes uploaded content appear: folders and files in batches, each of which is applied or not. Names that somebody else
// took meanwhile, and versions that are not those that the person decided to replace, stay; ours goes beside them.
import { newId, newNodeId } from "./encoding.js";
import { ContentError } from "./errors.js";
import { FILE, FOLDER, join } from "./placing.js";

const ROUNDS = 8;

/** The commits of one upload. Files: `{name, folder, hash, size, mtimeMs, chunks, target}`. */
export class Committing {
  /** `replaces`: whether a file of the same name becomes a version of that file; else it gets a numbered name. */
  constructor(api, placing, { replaces }) {
    this._api = api;
    this._placing = placing;
    this._replaces = replaces;
  }

  /**
   * Commits the files, and the folders at these paths. `settle(file, result)` for each file, where `result` is
   * `{node_id, revision_id, path}` or a ContentError, whose code is `missing` where the content has to be sent again.
   */
  async commit(files, paths, settle) {
    let folders = await Promise.all(paths.map((path) => this._placing.folder(path)));
    for (let round = 0; files.length || folders.length; round++) {
      if (round === ROUNDS) {
        for (const file of files) settle(file, new ContentError("failed", { detail: "its place keeps changing" }));
        return;
      }
      const steps = await this._steps(files, folders);
      if (!steps.length) return;
      const results = await this._api.commit(steps.map((step) => step.operation));
      const again = [];
      for (const [i, step] of steps.entries()) {
        const answer = read(results[i]);
        if (step.file) {
          const result = await this._fileResult(step, answer);
          if (result === "again") again.push(step.file);
          else settle(step.file, result);
        } else {
          await this._folderResult(step.folder, answer);
        }
      }
      files = again;
      folders = folders.filter((folder) => !folder.isThere);
    }
  }

  /** Parents before children. */
  async _steps(files, folders) {
    const steps = [];
    const made = new Set();
    const make = (folder) => {
      if (folder.isThere || made.has(folder)) return;
      make(folder.parent);
      made.add(folder);
      const place = { parent_id: folder.parent.node_id, name: folder.name };
      steps.push({ folder, operation: create(folder.node_id, FOLDER, place) });
    };
    folders.forEach(make);
    for (const file of files) {
      if (file.target) {
        steps.push({ file, ...change(file.target, file), path: file.target.path });
        continue;
      }
      const within = await this._placing.folder(file.folder);
      make(within);
      const there = within.entry(file.name);
      if (this._replaces && there?.mayReplace) {
        there.mayReplace = false; // once
        steps.push({ file, within, ...change(there, file), path: there.path, isReplacing: true });
      } else {
        const node_id = newNodeId();
        const name = within.claim(file.name, node_id);
        const operation = create(node_id, FILE, { parent_id: within.node_id, name }, contentOf(file));
        steps.push({ file, within, node_id, name, operation, path: join(within.path, name) });
      }
    }
    return steps;
  }

  /** What became of a file, or `again`. */
  async _fileResult({ file, within, name, node_id, path, isReplacing }, answer) {
    if (answer.applied) return { node_id, revision_id: answer.applied, path };
    if (name) within.disclaim(name);
    switch (answer.reason) {
      case "name_taken":
        await this._placing.look(within);
        return "again";
      case "blocked":
        return "again";
      case "stale":
        if (!isReplacing) return new ContentError("changed-meanwhile");
        await this._placing.look(within);
        return "again";
      case "missing":
        return new ContentError("missing");
      case "parent_deleted":
        return new ContentError("folder-gone");
      case "quota":
        return new ContentError("quota-exceeded");
      case "forbidden":
        return new ContentError("forbidden");
      default:
        return new ContentError("failed", { detail: `${answer.reason}: ${answer.detail}` });
    }
  }

  async _folderResult(folder, answer) {
    if (answer.applied) folder.isThere = true;
    else if (answer.reason === "name_taken") await this._placing.retake(folder);
    else if (answer.reason === "parent_deleted") throw new ContentError("folder-gone");
    else if (answer.reason === "quota") throw new ContentError("quota-exceeded");
    else if (answer.reason !== "blocked") throw new ContentError("failed", { detail: `${answer.reason}: ${answer.detail}` });
  }
}

function read([tag, ...rest]) {
  return tag === "applied" ? { applied: rest[1] } : { reason: rest[0], detail: rest[2] };
}

const contentOf = ({ hash, size, mtimeMs, chunks }) => ({
  hash,
  size,
  mtime_ns: mtimeMs * 1e6, // exact: JSON writes the shortest decimal, which has a millisecond's digits
  chunks,
});

const create = (node_id, kind, place, content) => ({ type: "create", operation_id: newId(), node_id, kind, place, content });

function change({ node_id, revision_id }, file) {
  const operation = { type: "change", operation_id: newId(), node_id, base: revision_id, content: contentOf(file) };
  return { node_id, operation };
}
