// Reads a version of a file out of its packs: in order, verified chunk by chunk and as a whole, with bounded memory.
import { ContentError } from "./errors.js";
import { base64Of } from "./encoding.js";
import { newBlake3 } from "./hashing.js";
import { isPlace, unpack } from "./packing.js";
import { backOff, getRange } from "./wire.js";

const LOCATED_AT_ONCE = 64; // chunks: their addresses are good for some minutes
const RANGE_BYTES = 8 * 1024 * 1024;
const RANGES_AHEAD = 3;
const TRIES = 5;
const LOOKS = 2; // at bytes that are not what they should be, before the server is asked to look at them

/**
 * The plain bytes of a version, a chunk at a time; rejects with a ContentError rather than give a wrong byte.
 *
 * `node`: `{revision_id, content_hash}` as the API tells it; the hash may be left out. At most `maxBytes` of the start, if that is told; then
 * the whole cannot be compared with its hash, though each chunk is.
 */
export async function* contentOf(api, node, { maxBytes = Infinity, signal } = {}) {
  const manifest = (await api.manifests([node.revision_id])).manifests[0];
  if (!manifest) throw new ContentError("gone");
  if (node.content_hash && manifest.hash !== node.content_hash) throw new ContentError("bad-answer");
  const wantedBytes = Math.min(maxBytes, manifest.size);
  const whole = maxBytes < manifest.size ? null : await newBlake3();
  whole?.init();
  let left = wantedBytes;
  for await (const plain of chunksOf(api, manifest.chunks, wantedBytes, signal)) {
    whole?.update(plain);
    if (whole && plain.length > left) throw new ContentError("bad-answer");
    yield plain.subarray(0, left);
    left -= Math.min(left, plain.length);
  }
  if (left || (whole && base64Of(whole.digest("binary")) !== manifest.hash)) throw new ContentError("bad-answer");
}

async function* chunksOf(api, hashes, wantedBytes, signal) {
  const ranges = rangesOf(api, hashes, wantedBytes);
  const coming = []; // in order
  for (let isOver = false; !isOver || coming.length; ) {
    while (!isOver && coming.length < RANGES_AHEAD) {
      const next = await ranges.next();
      isOver = next.done;
      if (isOver) break;
      const arriving = arrive(api, next.value, signal);
      arriving.catch(() => {}); // whoever takes it is told
      coming.push(arriving);
    }
    if (coming.length) yield* await coming.shift();
  }
}

/** Where the chunks lie that make up so many bytes of the start, in requests. */
async function* rangesOf(api, hashes, wantedBytes) {
  let planned = 0;
  for (let first = 0; first < hashes.length && planned < wantedBytes; first += LOCATED_AT_ONCE) {
    const places = [];
    for (const place of await locate(api, hashes.slice(first, first + LOCATED_AT_ONCE))) {
      if (planned >= wantedBytes) break;
      places.push(place);
      planned += place.plainSize;
    }
    yield* ranges(places);
  }
}

/** Neighbours in a pack come in one request; the same chunk again and again comes once. */
function* ranges(places) {
  let range = [];
  let plainBytes = 0;
  for (const place of places) {
    const last = range.at(-1);
    const isSame = last?.hash === place.hash;
    const isNext = last?.pack === place.pack && place.offset === last.offset + last.storedSize;
    if (range.length && (!(isSame || isNext) || plainBytes + place.plainSize > RANGE_BYTES)) {
      yield range;
      range = [];
      plainBytes = 0;
    }
    range.push(place);
    plainBytes += place.plainSize;
  }
  if (range.length) yield range;
}

/** The places of these chunks, one for each. Rejects unless all lie somewhere, and where something can lie. */
async function locate(api, hashes) {
  const located = await api.locate([...new Set(hashes)]);
  const found = new Map();
  for (const [hash, pack, offset, storedSize, plainSize, codec, keyId = 0] of located.chunks) {
    const place = { hash, pack, offset, storedSize, plainSize, codec, keyId, request: located.packs[pack] };
    if (!place.request || !isPlace(place)) throw new ContentError("bad-answer", { detail: "an impossible place" });
    found.set(hash, place);
  }
  if (!hashes.every((hash) => found.has(hash))) throw new ContentError("gone");
  return hashes.map((hash) => found.get(hash));
}

/** The plain chunks of one range. What fails is asked for again, where it lies then: a pack may have been rewritten. */
async function arrive(api, range, signal) {
  let parts = [range];
  let wrong = 0;
  for (let attempt = 0; ; attempt++) {
    const plain = [];
    try {
      for (const part of parts) plain.push(...(await fetchRange(part, signal)));
      return plain;
    } catch (error) {
      if (error.code === "damaged" && ++wrong >= LOOKS) {
        if (error.chunk) await api.damaged([error.chunk]).catch(() => {});
        throw error;
      }
      if (!error.mayPass || attempt >= TRIES) throw error;
      if (attempt) await backOff(attempt, signal);
    }
    parts = [...ranges(await locate(api, range.map((place) => place.hash)))];
  }
}

async function fetchRange(places, signal) {
  const start = places[0].offset;
  const last = places.at(-1);
  const stored = await getRange(places[0].request, start, last.offset + last.storedSize - start, signal);
  const plain = [];
  for (const [i, place] of places.entries()) {
    if (place.hash === places[i - 1]?.hash) {
      plain.push(plain.at(-1));
      continue;
    }
    const at = place.offset - start;
    plain.push(await unpack(stored.subarray(at, at + place.storedSize), place));
  }
  return plain;
}
