/* What is on its way up and down: a list in the corner, with progress for each file and in total. */

import { Content } from "./content/index.js";
import { toast } from "./dialogs.js";
import { button, fill, h, icon, named } from "./dom.js";
import { counted, size, when } from "./present.js";

const STRETCH_MS = 5000; // of which the pace is told
const SHOWN = 100; // of one transfer, those that are moving or failed before the others

export class Transfers {
  #jobs = new Set();
  #isReachable = true;

  constructor(app) {
    this.app = app;
    this.content = new Content({ namespaceId: app.tree.id });
    this.list = h("div", { class: "jobs" });
    app.tree.addEventListener("reachable", ({ detail }) => {
      this.#isReachable = detail;
      this.#jobs.forEach((job) => job.draw());
    });
    this.summary = h("p", { class: "summary", role: "status" });
    this.fold = button("Fold", () => this.element.classList.toggle("folded"), { glyph: "down", isBare: true });
    this.element = h("section", { class: "transfers", "aria-label": "Transfers", hidden: true }, h("header", {}, this.summary, this.fold), this.list);
  }

  upload({ files, folders }, into, replaces = false) {
    if (!files.length && !folders.length) return;
    const words = files.length === 1 ? [named(files[0].path)] : [counted(files.length, "file")];
    this.#add(this.content.upload({ files, folders, into, replaces }), "upload", words, () => {});
  }

  download(entry, { isOld = false, at } = {}) {
    const name = isOld ? aged(entry.name, at) : entry.name;
    this.#add(this.content.download(entry, { name }), "download", [named(name)], () => toast(`“${name}” is downloaded.`, { kind: "downloaded" }));
  }

  #add(transfer, glyph, words, finished) {
    const job = { transfer, marks: [] };
    const bar = h("progress", { max: 1, value: 0, "aria-label": "Progress" });
    const state = h("p", { class: "quiet" });
    const files = h("ul");
    const pause = button("Pause", () => (transfer.isPaused ? transfer.resume() : transfer.pause()), { glyph: "pause", isBare: true });
    const end = button("Cancel", () => (job.isOver ? this.#remove(job) : transfer.cancel()), { glyph: "close", isBare: true });
    job.element = h("article", { class: "job" }, h("header", {}, icon(glyph), h("p", { class: "title" }, words), pause, end), bar, state, files);
    job.draw = () => {
      bar.value = transfer.totalBytes ? transfer.doneBytes / transfer.totalBytes : job.isOver ? 1 : 0;
      const failed = transfer.files.filter((file) => file.state === "failed");
      state.textContent = job.isOver ? verdict(transfer, failed) : pace(job, this.#isReachable);
      fill(pause, icon(transfer.isPaused ? "play" : "pause"));
      const does = transfer.isPaused ? "Resume" : "Pause";
      pause.title = does;
      pause.setAttribute("aria-label", does);
      pause.hidden = Boolean(job.isOver);
      bar.hidden = Boolean(job.isOver) && !failed.length;
      end.setAttribute("aria-label", job.isOver ? "Dismiss" : "Cancel");
      if (transfer.files.length > 1 || failed.length) {
        const open = transfer.files.filter((file) => file.state === "moving");
        const shown = [...failed, ...open, ...transfer.files.filter((file) => file.state === "waiting")].slice(0, SHOWN);
        fill(files, shown.map(fileItem));
      }
      this.#summarise();
    };
    let frame = 0;
    transfer.onprogress = () => (frame ||= requestAnimationFrame(() => ((frame = 0), job.draw())));
    transfer.done.then(
      () => {
        job.isOver = true;
        job.draw();
        if (transfer.files.every((file) => file.state === "done")) {
          finished();
          setTimeout(() => this.#remove(job), 4000);
        }
      },
      (error) => {
        job.isOver = true;
        job.draw();
        if (error.code === "cancelled") this.#remove(job);
        else toast(error.message, { look: "bad" });
      },
    );
    this.#jobs.add(job);
    this.list.prepend(job.element);
    this.element.hidden = false;
    this.element.classList.remove("folded");
    job.draw();
  }

  #remove(job) {
    this.#jobs.delete(job);
    job.element.remove();
    this.element.hidden = this.#jobs.size === 0;
    this.#summarise();
  }

  #summarise() {
    const open = [...this.#jobs].filter((job) => !job.isOver);
    const files = open.reduce((sum, { transfer }) => sum + transfer.files.length - transfer.doneFiles, 0);
    this.summary.textContent = open.length ? `${counted(files, "file")} moving` : "Transfers";
  }
}

function fileItem({ path, state, done, size: bytes, error }) {
  const words = state === "failed" ? error.message : state === "waiting" ? "waiting" : `${Math.floor(bytes ? (done / bytes) * 100 : 100)} %`;
  return h("li", { class: state }, h("span", { class: "name" }, named(path)), h("span", { class: state === "failed" ? "bad" : "quiet" }, words));
}

/** How fast it goes, and how long it still takes. `marks` are how far it was at moments of the last stretch. */
function pace({ transfer, marks }, isReachable) {
  const so = `${size(transfer.doneBytes)} of ${size(transfer.totalBytes)}`;
  if (transfer.isPaused || !isReachable) {
    marks.length = 0;
    return transfer.isPaused ? `paused at ${so}` : `${so}, waiting for the server`;
  }
  const now = performance.now();
  marks.push({ at: now, done: transfer.doneBytes });
  while (marks[0].at < now - STRETCH_MS) marks.shift();
  const took = (now - marks[0].at) / 1000;
  const rate = (transfer.doneBytes - marks[0].done) / took;
  if (took < 1 || rate < 1) return so;
  const left = Math.ceil((transfer.totalBytes - transfer.doneBytes) / rate);
  return `${so}, ${size(Math.round(rate))}/s, ${left < 90 ? `${left} s` : `${Math.round(left / 60)} min`} left`;
}

function verdict(transfer, failed) {
  if (failed.length) return `${counted(failed.length, "file")} failed, ${transfer.doneFiles} done`;
  return transfer.files.length > 1 ? `${counted(transfer.doneFiles, "file")} done` : "done";
}

/** `report (3 Mar).txt`: an older version beside the present one. */
function aged(name, at) {
  const dot = name.lastIndexOf(".");
  const mark = ` (${when(at).replace(/[:/]/g, ".")})`;
  return dot > 0 ? name.slice(0, dot) + mark + name.slice(dot) : name + mark;
}

