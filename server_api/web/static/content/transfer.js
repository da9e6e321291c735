// A transfer as the page sees it: how far it is, and what can be done with it.
import { ContentError, asContentError } from "./errors.js";

const WORKER = new URL("./worker.js", import.meta.url);
const running = new Set();

/** Leaving the page now would stop what is under way; the browser asks. */
function hold(event) {
  event.preventDefault();
}

function keepPage(transfer) {
  running.add(transfer);
  addEventListener("beforeunload", hold);
  const release = () => {
    running.delete(transfer);
    if (!running.size) removeEventListener("beforeunload", hold);
  };
  transfer.done.then(release, release);
}

/** Attributes: `files`, `doneBytes`, `totalBytes`, `doneFiles`, `isPaused`, `done` (a promise), `onprogress`. */
export class Transfer {
  onprogress = () => {};
  doneBytes = 0;
  doneFiles = 0;
  isPaused = false;
  _fail = () => {};

  constructor(files, { isSilent = false } = {}) {
    this.files = files.map((file) => ({ ...file, state: "waiting", done: 0 }));
    this.totalBytes = files.reduce((sum, file) => sum + file.size, 0);
    this.done = new Promise((resolve, reject) => Object.assign(this, { _resolve: resolve, _reject: reject }));
    this.done.catch(() => {}); // whoever awaits it is told
    if (!isSilent) keepPage(this);
  }

  /** `work(start)` is the transfer; `start(message, take)` has a worker do a task, each piece of which goes to `take`. */
  run(work) {
    work((message, take) => this._start(message, take)).then(
      () => this._end("done"),
      (error) => this._end("failed", asContentError(error)),
    );
  }

  /** What is on its way stops at once; uploads go on later with what has not arrived. */
  pause() {
    if (this.isPaused) return;
    this.isPaused = true;
    this._resumed = new Promise((resolve) => (this._goOn = resolve));
    this._worker?.postMessage({ task: "pause" });
    this.onprogress();
  }

  resume() {
    if (!this.isPaused) return;
    this.isPaused = false;
    this._goOn();
    this._worker?.postMessage({ task: "resume" });
    this.onprogress();
  }

  /** Files that are committed stay. `done` rejects with `cancelled`. */
  cancel() {
    const error = new ContentError("cancelled");
    this._fail(error);
    this._end("failed", error);
  }

  /** The files that have not told by themselves what became of them. */
  _end(state, error) {
    this._worker?.terminate();
    const open = this.files.filter((file) => file.state !== "done" && file.state !== "failed");
    if (error) open.forEach((file) => Object.assign(file, { state, error }));
    else this._update(open.map((file) => ({ id: this.files.indexOf(file), state, done: file.size })));
    if (error) this._reject(error);
    else this._resolve(this);
    this.onprogress();
  }

  _start(message, take) {
    return new Promise((resolve, reject) => {
      this._fail = reject;
      const worker = new Worker(WORKER, { type: "module" });
      this._worker = worker;
      let writing = Promise.resolve();
      const handlers = {
        files: (files) => this._update(files),
        piece: (piece) => {
          const { length } = piece; // whoever takes it may pass it on
          writing = writing.then(() => this._resumed).then(() => take(piece)).then(() => {
            this._update([{ id: 0, state: "moving", done: this.files[0].done + length }]);
            worker.postMessage({ task: "taken" });
          });
          writing.catch(reject);
        },
        done: () => writing.then(resolve, reject),
        failed: (told) => reject(revived(told)),
      };
      worker.onmessage = ({ data }) => {
        for (const [name, value] of Object.entries(data)) handlers[name](value);
      };
      worker.onerror = (event) => reject(new ContentError("failed", { detail: event.message }));
      worker.postMessage(message);
    });
  }

  _update(told) {
    for (const { id, error, ...rest } of told) {
      const file = this.files[id];
      this.doneBytes += rest.done - file.done;
      if (rest.state === "done" && file.state !== "done") this.doneFiles++;
      Object.assign(file, rest, error && { error: revived(error) });
    }
    this.onprogress();
  }
}

const revived = ({ code, message, detail }) => new ContentError(code, { message, detail });
