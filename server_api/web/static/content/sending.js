// Chunks on their way up: asked for, packed, sent a few packs at a time, sealed. Bounded memory, each try from the start.
import { base64Of, bytesOf } from "./encoding.js";
import { ContentError } from "./errors.js";
import { PACK_BYTES, PackBuilder } from "./packing.js";
import { backOff, put, whileOffline } from "./wire.js";

const ASKED_AT_ONCE = 2000;
const PACKS_AT_ONCE = 3;
const TRIES = 10;
const TRIES_BEFORE_ANY_SUCCESS = 4; // then it is the address that does not let this page in, rather than the connection

/** What lets work go on, or holds it. */
export class Gate {
  isPaused = false;
  _controller = new AbortController();
  _opened = Promise.resolve();

  pause() {
    if (this.isPaused) return;
    this.isPaused = true;
    this._opened = new Promise((resolve) => (this._open = resolve));
    this._controller.abort(new ContentError("paused"));
  }

  resume() {
    if (!this.isPaused) return;
    this.isPaused = false;
    this._controller = new AbortController();
    this._open();
  }

  /** Resolves while it is open. */
  passed() {
    return this._opened;
  }

  /** Aborts what is on its way when it closes. */
  get signal() {
    return this._controller.signal;
  }
}

/** Sends the chunks of files. A file counts its own: `open` chunks, `settled` bytes, and bytes that are `flying`. */
export class Sending {
  /** `onMoved(file)`: its numbers are others; `onSettled(file)`: all of its chunks that came so far are safe. */
  constructor(api, gate, { onMoved, onSettled }) {
    Object.assign(this, { _api: api, _gate: gate, _onMoved: onMoved, _onSettled: onSettled });
    this._chunks = new Map(); // by hash: on its way; `null`: it is there
    this._batch = [];
    this._batchBytes = 0;
    this._flying = new Set();
    this._error = null;
    this._hasSent = false;
    this._needsMd5 = true;
    this._builder = this._newBuilder();
  }

  /** Copies `data`, and waits while too much is on its way. Rejects once something could not be sent. */
  async add(file, hash, data) {
    const key = base64Of(hash);
    const size = data.length;
    file.chunks.push(key);
    const known = this._chunks.get(key);
    if (known === null) {
      file.settled += size;
      this._onMoved(file);
      return;
    }
    file.open++;
    if (known) {
      known.files.push(file);
      return;
    }
    const chunk = { key, hash, data: data.slice(), size, files: [file] };
    this._chunks.set(key, chunk);
    this._batch.push(chunk);
    this._batchBytes += size;
    if (this._batchBytes >= PACK_BYTES || this._batch.length >= ASKED_AT_ONCE) await this._ask();
  }

  /** Resolves when everything is safe. Rejects with the first thing that could not be sent. */
  async flush() {
    await this._ask();
    if (this._builder.chunks.length) await this._dispatch();
    await Promise.all(this._flying);
    this._check();
  }

  /** These turned out not to be there: they are sent when they come again. */
  forget(keys) {
    for (const key of keys) if (this._chunks.get(key) === null) this._chunks.delete(key);
  }

  _check() {
    if (this._error) throw this._error;
  }

  async _ask() {
    const batch = this._batch;
    this._batch = [];
    this._batchBytes = 0;
    this._check();
    if (!batch.length) return;
    await this._gate.passed();
    const { indices, md5 } = await this._api.missing(batch.map((chunk) => chunk.key));
    this._needsMd5 = md5;
    const missing = new Set(indices);
    for (const [i, chunk] of batch.entries()) if (!missing.has(i)) this._settle(chunk);
    for (const chunk of batch.filter((_, i) => missing.has(i))) {
      this._builder.add(chunk.hash, chunk.data);
      this._packed.push(chunk);
      if (this._builder.isFull) await this._dispatch();
    }
  }

  _newBuilder() {
    this._packed = [];
    return new PackBuilder(bytesOf(this._api.namespaceId));
  }

  async _dispatch() {
    const chunks = this._packed;
    const finishing = this._builder.finish({ withMd5: this._needsMd5 });
    this._builder = this._newBuilder();
    const pack = await finishing;
    for (const chunk of chunks) chunk.data = null; // the pack has it
    while (this._flying.size >= PACKS_AT_ONCE) await Promise.race(this._flying);
    this._check();
    const flight = this._send(pack, new Flight(chunks, this._onMoved)).then(
      () => chunks.forEach((chunk) => this._settle(chunk)),
      (error) => (this._error ??= error),
    );
    this._flying.add(flight);
    flight.then(() => this._flying.delete(flight));
  }

  _settle(chunk) {
    this._chunks.set(chunk.key, null);
    for (const file of chunk.files) {
      file.open--;
      file.settled += chunk.size;
      this._onMoved(file);
      if (!file.open) this._onSettled(file);
    }
  }

  /** Registered again with each try: the address may be too old, and a pack that was announced before is the same one. */
  async _send({ body, chunks, size, crc32c, md5 }, flight) {
    const declared = {
      size,
      crc32c: base64Of(crc32c),
      md5: md5 && base64Of(md5),
      chunks: chunks.map(([hash, ...place]) => [base64Of(hash), ...place]),
    };
    for (let attempt = 0; ; attempt++) {
      await this._gate.passed();
      await whileOffline();
      try {
        const [{ pack_id, put: request }] = (await this._api.register([declared])).packs;
        await put(request, body, { signal: this._gate.signal, onSent: (fraction) => flight.moved(fraction) });
        this._hasSent = true;
        const { sealed } = await this._api.seal([pack_id]);
        flight.moved(0);
        if (sealed.includes(pack_id)) return;
        throw new ContentError("store-refused", { mayPass: true, detail: "it was not sealed" });
      } catch (error) {
        flight.moved(0);
        if (error.code === "paused") {
          attempt = -1;
          continue;
        }
        const tries = this._hasSent ? TRIES : TRIES_BEFORE_ANY_SUCCESS;
        if (!error.mayPass || attempt + 1 >= tries) throw error;
        await backOff(attempt, undefined, error.retryAfterS);
      }
    }
  }
}

/** How much of a pack has gone out, told to the files whose bytes it carries. */
class Flight {
  constructor(chunks, onMoved) {
    this._shares = new Map();
    this._fraction = 0;
    this._onMoved = onMoved;
    for (const { size, files } of chunks) {
      this._shares.set(files[0], (this._shares.get(files[0]) ?? 0) + size);
    }
  }

  moved(fraction) {
    for (const [file, bytes] of this._shares) {
      file.flying += bytes * (fraction - this._fraction);
      this._onMoved(file);
    }
    this._fraction = fraction;
  }
}
