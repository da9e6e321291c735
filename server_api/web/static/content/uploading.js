// One upload: reads files a piece at a time, sends what is missing, and commits the files that are whole.
import { base64Of } from "./encoding.js";
import { ContentError, asContentError } from "./errors.js";
import { MIN_CHUNK_BYTES, cut } from "./cutting.js";
import { Committing } from "./committing.js";
import { hashers, newBlake3 } from "./hashing.js";
import { refusal } from "./names.js";
import { Placing } from "./placing.js";
import { Gate, Sending } from "./sending.js";

const FILES_A_COMMIT = 500;
const COMMIT_EVERY_MS = 1500;
const READINGS = 3; // of a file whose content turned out not to be there after all
const TELL_EVERY_MS = 100;

/** An upload, from names to commits. `run()` once. */
export class Uploading {
  /**
   * `sources`: `[{blob, path, mtimeMs, target}]`; with a `target` (`{node_id, revision_id, path}`) the blob becomes that
   * node's next version, if that revision is still its latest. `folders`: paths that are to be there, empty or not.
   * `tell`: called now and then with the files that changed, `[{id, state, done, error, result}]`.
   */
  constructor(api, { sources, folders = [], into, replaces = false }, tell) {
    this._into = into;
    this._folders = folders;
    this._tell = tell;
    this._gate = new Gate();
    this._placing = new Placing(api, into);
    this._committing = new Committing(api, this._placing, { replaces });
    this._sending = new Sending(api, this._gate, {
      onMoved: (file) => this._touch(file),
      onSettled: (file) => file.isRead && this._isSafe(file),
    });
    this._files = sources.map((source, id) => newFile(source, id));
    this._safe = [];
    this._commits = Promise.resolve();
    this._touched = new Set();
    this._error = null;
  }

  pause() {
    this._gate.pause();
  }

  resume() {
    this._gate.resume();
  }

  /** Resolves when every file is committed or has failed, each with its own reason. */
  async run() {
    const atRoot = !this._into?.path;
    for (const file of this._files) {
      const reason = file.target ? null : reasonAgainst(file.path, atRoot);
      if (reason) this._end(file, new ContentError("name", { message: reason }));
    }
    const folders = this._folders.filter((path) => !reasonAgainst(path, atRoot));
    try {
      if (this._into) await this._placing.load([...new Set([...folders, ...this._open().map((file) => file.folder)])]);
      for (let files; (files = this._open().filter((file) => !file.isRead)).length; ) {
        for (const file of files) {
          if (this._error) throw this._error;
          await this._read(file);
        }
        await this._sending.flush();
        await this._commitSafe();
        if (this._error) throw this._error;
      }
      if (folders.length) await this._committing.commit([], folders, () => {});
    } catch (error) {
      await this._commitSafe().catch(() => {}); // what is whole may appear
      const reason = asContentError(this._error ?? error);
      const open = this._open();
      for (const file of open) this._end(file, reason);
      this._report();
      if (!open.length) throw reason; // folders alone
    }
    this._report();
  }

  _open() {
    return this._files.filter((file) => file.state !== "done" && file.state !== "failed");
  }

  async _read(file) {
    Object.assign(file, { state: "moving", readings: file.readings + 1, chunks: [], open: 0, settled: 0, flying: 0 });
    const { blake3 } = await hashers();
    const whole = file.size > MIN_CHUNK_BYTES ? (this._whole ??= await newBlake3()) : null;
    whole?.init();
    let hash = null;
    try {
      for await (const data of cut(file.blob)) {
        await this._gate.passed();
        whole?.update(data);
        hash = blake3(data);
        await this._sending.add(file, hash, data);
      }
    } catch (error) {
      if (error?.name !== "NotReadableError" && error?.name !== "NotFoundError") throw error;
      this._end(file, asContentError(error));
      return;
    }
    file.hash = base64Of(whole ? whole.digest("binary") : (hash ?? blake3()));
    file.isRead = true;
    if (!file.open) this._isSafe(file);
  }

  _isSafe(file) {
    if (file.state !== "moving") return;
    this._safe.push(file);
    if (this._safe.length >= FILES_A_COMMIT) this._commitSafe().catch(() => {});
    else this._timer ??= setTimeout(() => this._commitSafe().catch(() => {}), COMMIT_EVERY_MS);
  }

  /** One after the other. */
  _commitSafe() {
    clearTimeout(this._timer);
    this._timer = undefined;
    this._commits = this._commits.catch(() => {}).then(async () => {
      try {
        for (let files; (files = this._safe.splice(0, FILES_A_COMMIT)).length; ) {
          await this._committing.commit(files, [], (file, result) => this._settled(file, result));
        }
      } catch (error) {
        this._error ??= error;
        throw error;
      }
    });
    return this._commits;
  }

  _settled(file, result) {
    if (result.code === "missing" && file.readings < READINGS) {
      this._sending.forget(file.chunks);
      file.isRead = false; // once more
    } else {
      this._end(file, result);
    }
  }

  _end(file, result) {
    file.state = result instanceof Error ? "failed" : "done";
    file.result = result;
    file.chunks = [];
    this._touch(file);
  }

  _touch(file) {
    this._touched.add(file);
    this._telling ??= setTimeout(() => this._report(), TELL_EVERY_MS);
  }

  _report() {
    clearTimeout(this._telling);
    this._telling = undefined;
    const told = Array.from(this._touched, ({ id, state, settled, flying, size, result }) => ({
      id,
      state,
      done: state === "done" ? size : Math.min(size, Math.round(settled + flying)),
      ...(state === "done" && { result }),
      ...(state === "failed" && { error: { code: result.code, message: result.message, detail: result.detail } }),
    }));
    this._touched.clear();
    if (told.length) this._tell(told);
  }
}

function newFile({ blob, path, mtimeMs, target }, id) {
  const cut = path.lastIndexOf("/");
  return {
    id,
    blob,
    path,
    target,
    folder: cut < 0 ? "" : path.slice(0, cut),
    name: path.slice(cut + 1),
    size: blob.size,
    mtimeMs,
    state: "waiting",
    readings: 0,
    chunks: [],
    open: 0,
    settled: 0,
    flying: 0,
    isRead: false,
  };
}

/** A sentence, if some name in the path cannot be. */
function reasonAgainst(path, atRoot) {
  for (const [i, name] of path.split("/").entries()) {
    const reason = refusal(name, { atRoot: atRoot && i === 0 });
    if (reason) return reason;
  }
  return null;
}
