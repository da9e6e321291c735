/*
 * Looking into a file. Bytes are fetched by script and made into blobs of harmless types: pictures, sound, video; a PDF is
 * drawn; anything else that is text is shown as text, HTML and SVG among it, and nothing of it runs.
 */

import { Content, ContentError } from "./content/index.js";
import { complain, question, toast } from "./dialogs.js";
import { fill, h, icon, named } from "./dom.js";
import { ending, glyph, size, when } from "./present.js";

const MOST = { image: 32_000_000, audio: 128_000_000, video: 256_000_000, pdf: 64_000_000, text: 1_000_000 };
const SMALL_MOST = { image: 8_000_000, pdf: 8_000_000, text: 4_000 };
const TYPES = {
  avif: "image/avif", bmp: "image/bmp", gif: "image/gif", jpeg: "image/jpeg", jpg: "image/jpeg", png: "image/png", webp: "image/webp",
  aac: "audio/aac", flac: "audio/flac", m4a: "audio/mp4", mp3: "audio/mpeg", oga: "audio/ogg", ogg: "audio/ogg", opus: "audio/ogg", wav: "audio/wav",
  m4v: "video/mp4", mov: "video/quicktime", mp4: "video/mp4", ogv: "video/ogg", webm: "video/webm",
};

/** How a file can be shown: `image`, `audio`, `video`, `pdf`, `text`, or `null`. */
function way(entry) {
  if (entry.kind !== 1) return null;
  const type = TYPES[ending(entry.name)];
  if (type) return type.slice(0, type.indexOf("/"));
  if (ending(entry.name) === "pdf") return "pdf";
  return glyph(entry) === "text" || ending(entry.name) === "svg" || !ending(entry.name) ? "text" : null;
}

/** Opens a file: shows it if it can be shown, else downloads it. `old` tells of which time an earlier version is. */
export async function open(files, entry, { old } = {}) {
  const download = () => files.app.transfers.download(entry, { isOld: Boolean(old), at: old });
  if (!way(entry) || entry.size > MOST[way(entry)]) return void download();
  const place = h("div", { class: "shown" }, h("p", { class: "quiet" }, "…"));
  const actions = [["Download", download, "second"]];
  let editor = null;
  let read = ""; // what was in it
  const isEditable = way(entry) === "text" && files.tree.role !== "viewer" && !old;
  if (isEditable) {
    actions.push(["Save", async () => {
      if (!editor) throw new Error("It is not read yet.");
      await save(files, entry, editor);
      return true;
    }]);
  }
  const closed = new AbortController();
  const isChanged = () => isEditable && editor !== null && editor.value !== read;
  addEventListener("beforeunload", (event) => isChanged() && event.preventDefault(), { signal: closed.signal });
  const title = old ? [named(entry.name), ` as it was ${when(old)}`] : named(entry.name);
  const asked = question(title, place, actions, { isWide: true, mayLeave: () => !isChanged() || mayDrop(entry) }).finally(() => closed.abort());
  try {
    editor = await drawPreview(place, files, entry, { signal: closed.signal });
    if (editor) {
      read = editor.value;
      editor.readOnly = !isEditable;
      editor.setSelectionRange(0, 0);
      editor.focus();
    }
  } catch (error) {
    complain(error);
  }
  await asked;
  place.querySelectorAll("img, audio, video").forEach(({ src }) => URL.revokeObjectURL(src));
}

/** Whether the person lets go of what they wrote. */
const mayDrop = (entry) =>
  question("Leave without saving?", h("p", {}, "What you wrote into ", h("b", {}, named(entry.name)), " is not saved yet."), [
    ["Drop what I wrote", () => true, "second"],
    ["Go on writing", () => false],
  ]);

/** Saves an edited text as the next version, unless the file has changed since it was read. */
async function save(files, entry, editor) {
  const content = new Content({ namespaceId: files.tree.id });
  try {
    await content.write(entry, editor.dataset.isDos ? editor.value.replace(/\n/g, "\r\n") : editor.value);
  } catch (error) {
    if (error instanceof ContentError && error.code === "changed-meanwhile") {
      throw new Error("This file was changed elsewhere while you wrote. Nothing was overwritten: copy what you wrote, and open it again.");
    }
    throw error;
  }
  toast(`“${entry.name}” is saved. The version before is kept.`, { kind: "saved" });
}

/**
 * Puts into `place` what the file looks like; of a text an editor, unless it is small. Returns the editor. The pages of a PDF
 * are there until `signal` is aborted.
 */
export async function drawPreview(place, files, entry, { isSmall = false, signal }) {
  const how = way(entry);
  const most = (isSmall ? SMALL_MOST : MOST)[how];
  const symbol = () => fill(place, icon(glyph(entry)));
  if (!how || most === undefined || (how !== "text" && entry.size > most)) return void symbol();
  const content = new Content({ namespaceId: files.tree.id });
  const wanted = Math.min(entry.size, most);
  const bytes = wanted ? await content.read(entry, wanted) : new Uint8Array();
  if (how === "text") return drawText(place, bytes, entry, isSmall, symbol);
  if (how === "pdf") {
    const { drawFirstPage, drawPages } = await import("./pdf.js"); // it is large
    await (isSmall ? drawFirstPage(place, bytes, signal).catch(symbol) : drawPages(place, bytes, signal));
    return null;
  }
  const url = URL.createObjectURL(new Blob([bytes], { type: TYPES[ending(entry.name)] }));
  const done = isSmall ? () => URL.revokeObjectURL(url) : undefined;
  if (how === "image") fill(place, h("img", { src: url, alt: "", onload: done, onerror: symbol }));
  else fill(place, h(how, { src: url, controls: true, onerror: () => fill(place, h("p", {}, "This browser cannot play it.")) }));
  return null;
}

function drawText(place, bytes, entry, isSmall, symbol) {
  let text;
  try {
    text = new TextDecoder("utf-8", { fatal: bytes.length === entry.size, ignoreBOM: true }).decode(bytes);
  } catch {
    text = null; // no text at all
  }
  if (text === null || text.includes("\0")) {
    if (isSmall) symbol();
    else fill(place, icon(glyph(entry)), h("p", {}, `This is no text: ${size(entry.size)}.`));
    return null;
  }
  if (isSmall) {
    fill(place, h("pre", {}, text.split("\n").slice(0, 14).join("\n")));
    return null;
  }
  const editor = h("textarea", { class: "editor", value: text, spellcheck: false, "aria-label": "Content" });
  if (text.includes("\r\n")) editor.dataset.isDos = "true";
  fill(place, editor);
  return editor;
}

