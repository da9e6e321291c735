// Packs: many chunks as one object, version 1 of docs/pack-format.md; and chunks out of stored bytes.
import { bytesOf } from "./encoding.js";
import { ContentError } from "./errors.js";
import { MAX_CHUNK_BYTES } from "./cutting.js";
import { hashers, unzstd } from "./hashing.js";

export const PACK_BYTES = 16 * 1024 * 1024; // about; the last chunk may go beyond it
export const MAX_PACK_BYTES = 32 * 1024 * 1024;
export const MAX_PACK_CHUNKS = 20_000;
export const RAW = 0;
export const ZSTD = 1;
const MAX_STORED_BYTES = MAX_CHUNK_BYTES + 65_536;
const HEADER_BYTES = 32;
const ENTRY_BYTES = 48;

/** Collects chunks to one pack, raw: most of what people upload by hand is compressed already. */
export class PackBuilder {
  /** `namespaceId`: 16 bytes. */
  constructor(namespaceId) {
    const header = new Uint8Array(HEADER_BYTES);
    header.set(new TextEncoder().encode("LOCKPACK"));
    header[8] = 1;
    header.set(namespaceId, 16);
    this.size = HEADER_BYTES;
    this.chunks = [];
    this._parts = [header];
  }

  get isFull() {
    return this.size >= PACK_BYTES || this.chunks.length >= MAX_PACK_CHUNKS;
  }

  /** `hash` and `data` are kept, not copied. */
  add(hash, data) {
    this.chunks.push({ hash, offset: this.size, size: data.length });
    this._parts.push(data);
    this.size += data.length;
  }

  /** `{size, crc32c, md5, chunks, body}`: what is declared, and a Blob to send. The builder is used up. */
  async finish({ withMd5 }) {
    const { blake3, crc32c, md5 } = await hashers();
    const index = new Uint8Array(this.chunks.length * ENTRY_BYTES);
    const view = new DataView(index.buffer);
    this.chunks.forEach(({ hash, offset, size }, i) => {
      const at = i * ENTRY_BYTES;
      index.set(hash, at);
      view.setUint32(at + 32, offset, true);
      view.setUint32(at + 36, size, true);
      view.setUint32(at + 40, size, true);
      view.setUint8(at + 44, RAW);
    });
    const length = new Uint8Array(4);
    new DataView(length.buffer).setUint32(0, index.length, true);
    const parts = [...this._parts, index, blake3(index), length];
    this._parts = [];
    return {
      size: this.size + index.length + 36,
      crc32c: crc32c(...parts),
      md5: withMd5 ? md5(...parts) : null,
      chunks: this.chunks.map(({ hash, offset, size }) => [hash, offset, size, size, RAW]),
      body: new Blob(parts),
    };
  }
}

const isSize = (value, most) => Number.isSafeInteger(value) && value >= 0 && value <= most;

/** Whether this can be the place of a chunk: whatever a server says, no more is asked for or allocated. */
export function isPlace({ offset, storedSize, plainSize, codec, keyId }) {
  return (
    isSize(offset, MAX_PACK_BYTES) &&
    isSize(storedSize, MAX_STORED_BYTES) &&
    isSize(plainSize, MAX_CHUNK_BYTES) &&
    storedSize > 0 &&
    plainSize > 0 &&
    keyId === 0 &&
    (codec === ZSTD || (codec === RAW && storedSize === plainSize))
  );
}

/** The plain bytes of a chunk, which are what its hash (base64) says. Rejects with `damaged`, and which `chunk` it is. */
export async function unpack(stored, place) {
  const { blake3 } = await hashers();
  let plain = stored;
  if (place.codec === ZSTD) {
    try {
      plain = await unzstd(stored, place.plainSize);
    } catch {
      throw damaged(place);
    }
  }
  const wanted = bytesOf(place.hash);
  if (plain.length !== place.plainSize || !blake3(plain).every((byte, i) => byte === wanted[i])) {
    throw damaged(place);
  }
  return plain;
}

const damaged = (place) => Object.assign(new ContentError("damaged", { mayPass: true }), { chunk: place.hash });
