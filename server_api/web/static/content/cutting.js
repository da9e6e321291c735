// Cuts files where their content says so: FastCDC with the rule and the limits of devices (sync_engine/core/chunking.py),
// so that what a device has sent is not sent again from here, and the other way round.
import { GEAR } from "../vendor/gear.js";

export const MIN_CHUNK_BYTES = 256 * 1024;
export const AVERAGE_CHUNK_BYTES = 1024 * 1024;
export const MAX_CHUNK_BYTES = 4 * 1024 * 1024;
const PIECE_BYTES = 4 * 1024 * 1024;

// The rolling hash has 64 bits and no mask looks beyond the 48th, so two halves of 24 bits do: whole numbers to JavaScript.
const MASK_BEFORE_AVERAGE = 0xd91767537000;
const MASK_AFTER_AVERAGE = 0xd91707537000;
const HALF = 0x1000000;
const high = (number) => Math.floor(number / HALF);
const low = (number) => number % HALF;
const GEAR_HIGH = Int32Array.from(GEAR, (hex) => high(parseInt(hex, 16)));
const GEAR_LOW = Int32Array.from(GEAR, (hex) => low(parseInt(hex, 16)));

/** How long the chunk is that begins at `start`, of which `left` bytes are there: at least MAX_CHUNK_BYTES, or all. */
function chunkLength(bytes, start, left) {
  if (left <= MIN_CHUNK_BYTES) return left;
  const whole = Math.min(left, MAX_CHUNK_BYTES);
  const average = Math.min(whole, AVERAGE_CHUNK_BYTES);
  const state = { high: 0, low: 0 };
  // Devices look at two bytes at a time, so at an odd length they leave the last one out.
  const before = roll(bytes, start + MIN_CHUNK_BYTES, start + (average & ~1), MASK_BEFORE_AVERAGE, state);
  if (before >= 0) return before - start;
  const after = roll(bytes, start + (average & ~1), start + (whole & ~1), MASK_AFTER_AVERAGE, state);
  return after >= 0 ? after - start : whole;
}

/** The first place from `start` on where the hash meets the mask, or -1; `state` carries the hash on. */
function roll(bytes, start, end, mask, state) {
  const maskHigh = high(mask);
  const maskLow = low(mask);
  let hashHigh = state.high;
  let hashLow = state.low;
  for (let at = start; at < end; at++) {
    const byte = bytes[at];
    hashLow = (hashLow << 1) + GEAR_LOW[byte];
    hashHigh = ((hashHigh << 1) + GEAR_HIGH[byte] + (hashLow >>> 24)) & 0xffffff;
    hashLow &= 0xffffff;
    if (((hashHigh & maskHigh) | (hashLow & maskLow)) === 0) return at;
  }
  state.high = hashHigh;
  state.low = hashLow;
  return -1;
}

/**
 * The chunks of a Blob, in order. Each is a view that the next one overwrites: copy what is to be kept.
 *
 * Holds 8 MiB, however large the Blob is. Rejects with NotReadableError when the file changes meanwhile.
 */
export async function* cut(blob) {
  const size = blob.size;
  const buffer = new Uint8Array(Math.min(size, MAX_CHUNK_BYTES + PIECE_BYTES));
  let read = 0; // of the file
  let start = 0; // of what is not cut yet, in the buffer
  let end = 0;
  while (start < end || read < size) {
    if (end - start < MAX_CHUNK_BYTES && read < size) {
      buffer.copyWithin(0, start, end);
      end -= start;
      start = 0;
      const piece = await blob.slice(read, read + Math.min(PIECE_BYTES, buffer.length - end)).arrayBuffer();
      if (!piece.byteLength) throw new DOMException("the file is shorter than it was", "NotReadableError");
      buffer.set(new Uint8Array(piece), end);
      read += piece.byteLength;
      end += piece.byteLength;
      continue;
    }
    const length = chunkLength(buffer, start, end - start);
    yield buffer.subarray(start, start + length);
    start += length;
  }
}
