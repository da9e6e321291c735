// Hashes and checksums (hash-wasm), and zstd (zstddec). A hasher is made once and used again: making one compiles it.
import "../vendor/blake3.umd.min.js";
import "../vendor/crc32.umd.min.js";
import "../vendor/md5.umd.min.js";
import { ZSTDDecoder } from "../vendor/zstddec.mjs";

const CRC32C_POLYNOMIAL = 0x82f63b78;
const { createBLAKE3, createCRC32, createMD5 } = globalThis.hashwasm;
const zstd = new ZSTDDecoder();

/** A hasher with `init()`, `update(bytes)` and `digest("binary")`. */
export const newBlake3 = () => createBLAKE3();

let once;

async function make() {
  const [blake3, crc32c, md5] = await Promise.all([createBLAKE3(), createCRC32(CRC32C_POLYNOMIAL), createMD5()]);
  const over = (hasher) => (...parts) => {
    hasher.init();
    for (const part of parts) hasher.update(part);
    return hasher.digest("binary");
  };
  return { blake3: over(blake3), crc32c: over(crc32c), md5: over(md5) };
}

/** `{blake3, crc32c, md5}`: each takes pieces of bytes and gives the digest of them all. CRC32C is big endian. */
export const hashers = () => (once ??= make());

/** The plain bytes of one zstd frame; never allocates more than `plainSize` for them. The caller hashes what it gets. */
export async function unzstd(stored, plainSize) {
  await zstd.init();
  return zstd.decode(stored, plainSize);
}
