// What a name may be: the rules of server_api/contract/names.py, told to the person before anything is sent.

const MAX_NAME_BYTES = 255;
const SUFFIX_BYTES = 32; // room for " (9999)"
const IGNORABLE = /\p{Cf}/gu;
const UTF8 = new TextEncoder();

/** The form in which two names are the same name. */
export const comparable = (name) => name.normalize("NFC");

function isPrivate(name) {
  const visible = name.normalize("NFKC").toLowerCase().replace(IGNORABLE, "");
  const stem = visible.split(":", 1)[0].replace(/[ .]+$/, "");
  return stem === ".lockstep" || /^lockst~\p{Nd}+$/u.test(stem);
}

/** A sentence that says why no device takes this name; `null` if it is good. */
export function refusal(name, { atRoot }) {
  if (!name) return "It has no name.";
  if (name === "." || name === "..") return "Its name means a folder. Give it another one.";
  if (/[/\0]/.test(name)) return "Its name holds a slash or a NUL. Give it another one.";
  if (/[\ud800-\udfff]/u.test(name)) return "Its name is not valid text. Give it another one.";
  const length = Math.max(UTF8.encode(name).length, UTF8.encode(comparable(name)).length);
  if (length > MAX_NAME_BYTES) return `Its name is longer than ${MAX_NAME_BYTES} bytes. Give it a shorter one.`;
  if (atRoot && isPrivate(name)) return "Its name is reserved for Lockstep itself. Give it another one.";
  return null;
}

/** `name (2).ext`, `name (3).ext` and so on, within the limit of a name. */
export function* numbered(name) {
  const dot = name.lastIndexOf(".");
  const isNamed = dot > 0 && UTF8.encode(name.slice(dot)).length <= SUFFIX_BYTES;
  const extension = isNamed ? name.slice(dot) : "";
  const letters = Array.from(isNamed ? name.slice(0, dot) : name);
  const room = MAX_NAME_BYTES - SUFFIX_BYTES - UTF8.encode(extension).length;
  const isLong = () => {
    const stem = letters.join("");
    return Math.max(UTF8.encode(stem).length, UTF8.encode(comparable(stem)).length) > room;
  };
  while (isLong()) letters.pop();
  for (let number = 2; ; number++) yield `${letters.join("")} (${number})${extension}`;
}
