/*
 * A PDF, for reading: each page is drawn when it comes into view, and let go when it is far. pdf.js reads it, in a worker that
 * ends with the preview. Nothing in it runs, leads anywhere or can be filled in: there is a picture of each page, and its words.
 */

import { PDFWorker, TextLayer, VerbosityLevel, getDocument } from "./vendor/pdf.min.mjs";
import { fill, h } from "./dom.js";
import { counted } from "./present.js";

const VENDOR = new URL("./vendor/", import.meta.url);
const PARTS = new Set(["FoxitDingbats.pfb", "FoxitSymbol.pfb", "jbig2.wasm", "openjpeg.wasm"]);
const MOST_PAGES = 2000;
const MOST_PIXELS = 16_000_000; // of a page as it is drawn
const MOST_PIXELS_OF_IMAGE = 64_000_000; // larger ones are left out of their page
const LONGEST_SIDE = 8192;
const TALLEST = 20; // as many times as it is wide
const SHARPEST = 3;
const SMALL_WITHIN_MS = 30_000;
const ENDS_WITHIN_MS = 1000;
const PROBLEMS = {
  PasswordException: ["This PDF is locked with a password.", "Download it, and open it with a program that asks for one."],
  InvalidPDFException: ["This PDF is damaged, so it cannot be shown here.", "Download it: another program may make more of it."],
  other: ["This PDF cannot be shown here.", "Download it, and open it with another program."],
};

/**
 * Puts the pages into `place`, or a sentence that says why there are none. They are there until `signal` is aborted. `advice` is
 * for where nothing can be downloaded.
 */
export async function drawPages(place, bytes, signal, advice) {
  try {
    const pdf = await read(bytes, signal);
    const first = await until(signal, pdf.getPage(1));
    if (!signal.aborted) new Pages(place, pdf, first, signal, advice);
  } catch (error) {
    const [problem, remedy] = PROBLEMS[error.name] ?? PROBLEMS.other;
    if (!signal.aborted) fill(place, h("p", { role: "status" }, `${problem} ${advice ?? remedy}`));
  }
}

/** Puts the first page into `place`, small. Rejects if it cannot be shown, or not soon. */
export async function drawFirstPage(place, bytes, signal) {
  const done = new AbortController();
  const ends = AbortSignal.any([signal, done.signal, AbortSignal.timeout(SMALL_WITHIN_MS)]);
  try {
    const page = await until(ends, (await read(bytes, ends)).getPage(1));
    const { width, height } = page.getViewport({ scale: 1 });
    const { canvas, drawn } = draw(page, Math.min(place.clientWidth / width, place.clientHeight / height));
    await until(ends, drawn.promise);
    fill(place, canvas);
  } finally {
    done.abort();
  }
}

/** The document. Its worker ends when `signal` is aborted. */
async function read(bytes, signal) {
  signal.throwIfAborted();
  const port = new Worker(new URL("pdf.worker.min.mjs", VENDOR), { type: "module" });
  const worker = PDFWorker.create({ port, verbosity: VerbosityLevel.ERRORS });
  const task = getDocument({
    data: bytes, worker, verbosity: VerbosityLevel.ERRORS, isEvalSupported: false, enableXfa: false,
    maxImageSize: MOST_PIXELS_OF_IMAGE, canvasMaxAreaInBytes: MOST_PIXELS_OF_IMAGE * 4, BinaryDataFactory: Parts, useWorkerFetch: false,
  });
  signal.addEventListener("abort", () => {
    const end = () => (worker.destroy(), port.terminate());
    setTimeout(end, ENDS_WITHIN_MS); // it may be at something that never ends
    task.destroy().then(end, end);
  }, { once: true });
  const broken = new Promise((_, reject) => port.addEventListener("error", () => reject(new Error("no worker"))));
  return until(signal, Promise.race([task.promise, broken]));
}

/** What else pdf.js may ask for: what PDFs take for granted, and what unfolds their pictures. */
class Parts {
  async fetch({ filename }) {
    if (!PARTS.has(filename)) throw new Error(`${filename} is not here`);
    const answer = await fetch(new URL(filename, VENDOR));
    if (!answer.ok) throw new Error(`${filename} did not come`);
    return new Uint8Array(await answer.arrayBuffer());
  }
}

/** A canvas that the page is being drawn on: `{canvas, viewport, drawn}`, of which `drawn` can be waited for or cancelled. */
function draw(page, scale) {
  const viewport = page.getViewport({ scale });
  const { width, height } = viewport;
  const sharp = Math.min(devicePixelRatio, SHARPEST, Math.sqrt(MOST_PIXELS / (width * height)), LONGEST_SIDE / Math.max(width, height));
  const canvas = h("canvas", { width: Math.max(width * sharp, 1), height: Math.max(height * sharp, 1), "aria-hidden": "true" });
  canvas.style.width = `${width}px`;
  canvas.style.height = `${height}px`;
  return { canvas, viewport, drawn: page.render({ canvas, viewport, transform: [sharp, 0, 0, sharp, 0, 0] }) };
}

class Pages {
  #near = new Set();
  #drawn = new Map(); // from the number of a page to what lets it go
  #isDrawing = false;
  #current = 0;

  constructor(place, pdf, first, signal, advice = "Download it to see the others.") {
    this.pdf = pdf;
    this.signal = signal;
    const number = Math.min(pdf.numPages, MOST_PAGES);
    this.sheets = Array.from({ length: number }, (_, i) => h("div", { class: "sheet", role: "group", "aria-label": this.#name(i) }));
    this.sheets.forEach((sheet) => shape(sheet, first));
    this.element = h("div", { class: "sheets", role: "region", "aria-label": "Pages", tabIndex: 0 }, this.sheets);
    this.position = h("p", { class: "quiet" });
    const rest = pdf.numPages > number ? h("p", { class: "quiet" }, `The first ${counted(number, "page")} are shown here. ${advice}`) : null;
    fill(place, this.element, this.position, rest);
    if (place.closest("dialog")?.contains(document.activeElement)) this.element.focus({ preventScroll: true }); // arrows scroll it
    this.#stand(0);
    this.#watch();
  }

  #name = (i) => `Page ${i + 1} of ${this.pdf.numPages}`;

  #watch() {
    const numbers = new Map(this.sheets.map((sheet, i) => [sheet, i]));
    const observe = (rootMargin, told) => {
      const tell = (seen) => seen.forEach(({ target, isIntersecting }) => told(numbers.get(target), isIntersecting));
      const observer = new IntersectionObserver(tell, { root: this.element, rootMargin });
      this.sheets.forEach((sheet) => observer.observe(sheet));
      return observer;
    };
    const near = observe("100% 0px", (i, isNear) => (isNear ? this.#come(i) : this.#leave(i)));
    const middle = observe("-50% 0px", (i, isThere) => isThere && this.#stand(i));
    let { clientWidth } = this.element;
    const resized = new ResizeObserver(() => {
      if (this.element.clientWidth === clientWidth) return;
      ({ clientWidth } = this.element);
      [...this.#drawn.keys()].forEach((i) => this.#letGo(i));
      this.#drawNear();
    });
    resized.observe(this.element);
    this.signal.addEventListener("abort", () => {
      [near, middle, resized].forEach((observer) => observer.disconnect());
      this.#near.clear();
      [...this.#drawn.keys()].forEach((i) => this.#letGo(i));
      TextLayer.cleanup();
    }, { once: true });
  }

  #stand(i) {
    this.#current = i;
    this.position.textContent = this.#name(i);
  }

  #come(i) {
    this.#near.add(i);
    this.#drawNear();
  }

  #leave(i) {
    this.#near.delete(i);
    this.#letGo(i);
  }

  #letGo(i) {
    this.#drawn.get(i)?.();
    this.#drawn.delete(i);
  }

  /** One page after the other, first what is looked at. */
  async #drawNear() {
    if (this.#isDrawing) return;
    this.#isDrawing = true;
    const distance = (i) => Math.abs(i - this.#current);
    const next = () => [...this.#near].filter((i) => !this.#drawn.has(i)).sort((a, b) => distance(a) - distance(b))[0];
    for (let i = next(); i !== undefined; i = next()) await this.#draw(i);
    this.#isDrawing = false;
  }

  async #draw(i) {
    const sheet = this.sheets[i];
    let drawn = null;
    let page = null;
    let isWanted = true;
    this.#drawn.set(i, () => {
      isWanted = false;
      drawn?.cancel();
      sheet.querySelectorAll("canvas").forEach((canvas) => (canvas.width = canvas.height = 0)); // or it is kept for a while
      sheet.replaceChildren();
      page?.cleanup();
    });
    try {
      page = await until(this.signal, this.pdf.getPage(i + 1));
      if (!isWanted) return;
      const scale = shape(sheet, page);
      const made = draw(page, scale);
      ({ drawn } = made);
      const words = h("div", { class: "words" });
      const paper = h("div", { class: "paper" }, made.canvas, words);
      paper.style.setProperty("--total-scale-factor", scale * page.userUnit);
      fill(sheet, paper);
      await until(this.signal, drawn.promise);
      const written = new TextLayer({ textContentSource: page.streamTextContent(), container: words, viewport: made.viewport });
      await until(this.signal, written.render()).catch(() => {}); // its picture is there
    } catch {
      if (isWanted && !this.signal.aborted) fill(sheet, h("p", {}, `${this.#name(i)} cannot be shown.`));
    }
  }
}

/** Gives the sheet the page's shape; how large the page is on it then. */
function shape(sheet, page) {
  const { width, height } = page.getViewport({ scale: 1 });
  sheet.style.aspectRatio = String(Math.max(width / height, 1 / TALLEST));
  return Math.min(sheet.clientWidth / width, (TALLEST * sheet.clientWidth) / height);
}

/** What the promise has, unless the signal is aborted before. */
const until = (signal, promise) =>
  new Promise((resolve, reject) => {
    const leave = () => reject(signal.reason);
    if (signal.aborted) leave();
    signal.addEventListener("abort", leave, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", leave));
  });
