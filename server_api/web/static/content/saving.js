// Where downloaded bytes go on this device: a file that the person chose, or the browser's downloads; piece by piece. A
// sink has `write(bytes)`, which it keeps, `close()` once all is right, and `abort()`, after which nothing is left.
import { ContentError, asContentError } from "./errors.js";

const SMALL_BYTES = 8 * 1024 * 1024; // are collected, and nobody is asked where
const MOST_COLLECTED_BYTES = 512 * 1024 * 1024; // browsers keep them on the disk
const BINARY = "application/octet-stream"; // whatever it is: it is saved, not shown
const PING_EVERY_MS = 10_000;
const LET_GO_MS = 60_000;

/** Call it in the click itself: it may open the dialog where to save. */
export async function openSink({ to, name, size }) {
  if (to) return fileSink(to);
  if (size <= SMALL_BYTES) return collectingSink(name);
  if (self.showSaveFilePicker) return fileSink(await ask(name));
  if (navigator.serviceWorker) return streamingSink(name, size);
  if (size > MOST_COLLECTED_BYTES) throw new ContentError("too-large");
  return collectingSink(name);
}

async function ask(name) {
  try {
    return await self.showSaveFilePicker({ suggestedName: name, startIn: "downloads" });
  } catch (error) {
    throw asContentError(error);
  }
}

/** The browser writes beside the file, and puts it in place when it is closed. */
async function fileSink(handle) {
  const file = await handle.createWritable();
  const told = (promise) => promise.catch((error) => Promise.reject(new ContentError("not-saved", { detail: `${error}` })));
  return {
    write: (bytes) => told(file.write(bytes)),
    close: () => told(file.close()),
    abort: () => file.abort().catch(() => {}),
  };
}

function collectingSink(name) {
  let parts = [];
  return {
    write: async (bytes) => void parts.push(new Blob([bytes])),
    close: async () => {
      const url = URL.createObjectURL(new Blob(parts, { type: BINARY }));
      const link = Object.assign(document.createElement("a"), { href: url, download: name });
      link.click();
      setTimeout(() => URL.revokeObjectURL(url), LET_GO_MS);
    },
    abort: async () => void (parts = []),
  };
}

/** A download that a service worker answers with what the page hands it. */
export async function streamingSink(name, size) {
  const worker = await serviceWorker();
  const id = Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
  const { port1: port, port2 } = new MessageChannel();
  const signals = { ready: newSignal(), pulled: newSignal() };
  port.onmessage = ({ data }) => {
    if (data.cancelled) signals.pulled.fail(new ContentError("cancelled"));
    else signals[data.signal].give();
  };
  worker.postMessage({ save: id, name, size }, [port2]);
  await signals.ready.taken();
  const frame = Object.assign(document.createElement("iframe"), { hidden: true, src: new URL(`save/${id}`, import.meta.url).href });
  document.body.append(frame);
  const pinging = setInterval(() => worker.postMessage({ ping: id }), PING_EVERY_MS); // or the browser ends it
  const end = (message) => {
    clearInterval(pinging);
    port.postMessage(message);
    setTimeout(() => frame.remove(), LET_GO_MS);
  };
  return {
    write: async (bytes) => {
      await signals.pulled.taken();
      port.postMessage({ piece: bytes }, [bytes.buffer]);
    },
    close: async () => end({ end: true }),
    abort: async () => end({ failed: true }),
  };
}

async function serviceWorker() {
  const scope = new URL("save/", import.meta.url).href;
  const registration = await navigator.serviceWorker.register(new URL("./save_worker.js", import.meta.url), { scope });
  const worker = registration.active ?? registration.waiting ?? registration.installing;
  while (worker.state !== "activated") {
    await new Promise((resolve) => worker.addEventListener("statechange", resolve, { once: true }));
    if (worker.state === "redundant") throw new ContentError("not-saved", { detail: "no service worker" });
  }
  return worker;
}

/** Given any number of times, taken one at a time. */
function newSignal() {
  let given = 0;
  let error = null;
  let wake = () => {};
  return {
    give: () => (given++, wake()),
    fail: (reason) => ((error = reason), wake()),
    taken: async () => {
      while (!given && !error) await new Promise((resolve) => (wake = resolve));
      if (error) throw error;
      given--;
    },
  };
}
