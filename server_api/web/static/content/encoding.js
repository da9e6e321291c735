// Bytes as the API's JSON writes them (base64), and random ids.

export function base64Of(bytes) {
  let text = "";
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(text);
}

export const bytesOf = (base64) => Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));

/** 16 random bytes; `crypto.randomUUID` is not there on plain http. */
const newBytes = () => crypto.getRandomValues(new Uint8Array(16));

/** An operation's id. */
export const newId = () => base64Of(newBytes());

/** A node's id: a UUIDv7, whose first 48 bits are the time. */
export function newNodeId() {
  const bytes = newBytes();
  new DataView(bytes.buffer).setUint16(0, Math.floor(Date.now() / 2 ** 32));
  new DataView(bytes.buffer).setUint32(2, Date.now() % 2 ** 32);
  bytes[6] = (bytes[6] & 0x0f) | 0x70;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  return base64Of(bytes);
}

/** How a route names an id: with hyphens. */
export function uuidOf(base64) {
  const hex = Array.from(bytesOf(base64), (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
