// Speaks to the server's API (JSON) and to the store (signed requests), and makes of every failure a ContentError.
import { uuidOf } from "./encoding.js";
import { ContentError } from "./errors.js";

const TRIES = 6;
const LONGEST_WAIT_S = 60;
const SIGNED_NAME = /^(x-amz-[a-z0-9-]{1,60}|content-md5|content-type|if-none-match)$/i;
const GATEWAYS = new Set([429, 502, 503, 504]);

/** Waits longer with each attempt, up to half a minute, and never at the same time as everybody else. */
export function backOff(attempt, signal, atLeastS = 0) {
  const wait = Math.max(Math.min(2 ** attempt, 30) * (0.5 + Math.random() / 2), atLeastS) * 1000;
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const timer = setTimeout(resolve, wait);
    signal?.addEventListener("abort", () => (clearTimeout(timer), reject(signal.reason)), { once: true });
  });
}

/** Resolves once the browser believes to be connected. */
export function whileOffline() {
  if (navigator.onLine) return Promise.resolve();
  return new Promise((resolve) => self.addEventListener("online", resolve, { once: true }));
}

/** The content half of the API, for one namespace. */
export class Api {
  /**
   * `namespaceId`: base64, as the API tells it. `headers` go along with each request to the API, and with none to the store.
   */
  constructor({ namespaceId, headers }) {
    this._headers = headers;
    this._base = `/v1/namespaces/${uuidOf(namespaceId)}`;
    this.namespaceId = namespaceId;
  }

  list = (path, after) => this._post("/list", { path, after });
  missing = (chunks) => this._post("/chunks/missing", { chunks });
  register = (packs) => this._post("/packs", { packs });
  seal = (packs) => this._post("/packs/seal", { packs });
  manifests = (revisions) => this._post("/manifests", { revisions });
  locate = (chunks) => this._post("/chunks/locate", { chunks });
  damaged = (chunks) => this._post("/chunks/damaged", { chunks });

  /** The same operations may be sent any number of times: what was applied answers as it did. */
  async commit(operations) {
    for (let attempt = 0; ; attempt++) {
      this._known ??= await this._whatIsKnown();
      const { epoch } = this._known;
      const number = ++this._known.number;
      try {
        return (await this._post("/commits", { epoch, number, operations })).results;
      } catch (error) {
        // The server was put back to a backup, or another tab of this browser was quicker.
        if (!["unknown-cursor", "superseded"].includes(error.code) || attempt >= TRIES) throw error;
        this._known = undefined;
      }
    }
  }

  async _whatIsKnown() {
    const { epoch, namespaces } = await this._send("GET", "/v1/namespaces");
    const own = namespaces.find((namespace) => namespace.namespace_id === this.namespaceId);
    return { epoch, number: own?.commit_number ?? Date.now() };
  }

  _post(path, body) {
    return this._send("POST", this._base + path, body);
  }

  async _send(method, path, body) {
    for (let attempt = 0; ; attempt++) {
      await whileOffline();
      try {
        return await this._sendOnce(method, path, body);
      } catch (error) {
        if (!error.mayPass || attempt >= TRIES || error.retryAfterS > LONGEST_WAIT_S) throw error;
        await backOff(attempt, undefined, error.retryAfterS);
      }
    }
  }

  async _sendOnce(method, path, body) {
    let response;
    try {
      response = await fetch(path, {
        method,
        body: body && JSON.stringify(body),
        headers: { ...(body && { "Content-Type": "application/json" }), Accept: "application/json", ...this._headers },
        cache: "no-store",
        redirect: "error",
      });
      if (response.ok) return await response.json();
    } catch (error) {
      throw new ContentError("offline", { detail: `${error}`, mayPass: true });
    }
    const problem = await response.json().catch(() => ({}));
    const passes = GATEWAYS.has(response.status);
    throw new ContentError(problem.code ?? (passes ? "offline" : "failed"), {
      detail: `${method} ${path}: ${response.status} ${problem.detail ?? ""} (${problem.request_id ?? ""})`,
      mayPass: passes,
      retryAfterS: problem.retry_after_s ?? 0,
    });
  }
}

/** Whether a store may answer otherwise the next time; a 403 may be an address that is too old. */
const mayPass = (status) => [403, 408, 409, 429].includes(status) || status >= 500;

/** The headers that bind what is sent; a server decides on no others. */
function signedHeaders(request) {
  const headers = Object.entries(request.headers ?? {});
  if (headers.some(([name]) => !SIGNED_NAME.test(name))) throw new ContentError("bad-answer");
  return headers;
}

function addressOf(request) {
  const url = new URL(request.url, self.location.origin);
  if (url.protocol !== "https:" && url.protocol !== "http:") throw new ContentError("bad-answer");
  return url.href;
}

/**
 * Sends a Blob with a signed PUT, whole. A 412 is success: it is there already, and the seal tells whether rightly.
 *
 * `onSent(fraction)` while it goes. What fails `mayPass`; the caller has it signed again, for the address may be too old.
 */
export async function put(request, body, { signal, onSent }) {
  const address = addressOf(request);
  const headers = signedHeaders(request);
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const sending = new XMLHttpRequest();
    const abort = () => sending.abort();
    const fail = (code, passes = true) =>
      reject(new ContentError(code, { mayPass: passes, detail: `PUT: ${sending.status} ${sending.responseText.slice(0, 300)}` }));
    sending.open("PUT", address);
    for (const [name, value] of headers) sending.setRequestHeader(name, value);
    sending.upload.onprogress = (event) => event.lengthComputable && onSent(event.loaded / event.total);
    sending.onloadend = () => signal.removeEventListener("abort", abort);
    sending.onabort = () => reject(signal.reason);
    sending.onerror = () => fail("store-unreachable");
    sending.onload = () => {
      const { status } = sending;
      if ((status >= 200 && status < 300) || status === 412) resolve();
      else if (status === 507) fail("store-full", false);
      else fail("store-refused", status === 400 || mayPass(status)); // 400: the bytes were damaged on their way
    };
    signal.addEventListener("abort", abort);
    sending.send(body);
  });
}

/** So many bytes of an object from `start` on, exactly. Rejects with `gone` where the object is not there (any more). */
export async function getRange(request, start, length, signal) {
  const address = addressOf(request);
  let response;
  try {
    response = await fetch(address, {
      headers: { Range: `bytes=${start}-${start + length - 1}` },
      credentials: "omit",
      cache: "no-store",
      referrerPolicy: "no-referrer",
      signal,
    });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new ContentError("store-unreachable", { detail: `${error}`, mayPass: true });
  }
  const { status } = response;
  if (status !== 206) {
    await response.body?.cancel();
    const code = [404, 410, 416].includes(status) ? "gone" : "store-refused";
    throw new ContentError(code, { mayPass: code === "gone" || mayPass(status), detail: `GET: ${status}` });
  }
  return readExactly(response, length);
}

/** Stops reading where more comes than was asked for: nothing is taken on trust. */
async function readExactly(response, length) {
  const bytes = new Uint8Array(length);
  let at = 0;
  try {
    for await (const piece of pieces(response.body)) {
      if (at + piece.length > length) throw new ContentError("damaged", { mayPass: true });
      bytes.set(piece, at);
      at += piece.length;
    }
  } catch (error) {
    if (error instanceof ContentError || error.name === "AbortError") throw error;
    throw new ContentError("store-unreachable", { detail: `${error}`, mayPass: true });
  }
  if (at !== length) throw new ContentError("damaged", { mayPass: true });
  return bytes;
}

async function* pieces(stream) {
  const reader = stream.getReader();
  try {
    for (let next; !(next = await reader.read()).done; ) yield next.value;
  } finally {
    await reader.cancel().catch(() => {});
  }
}
