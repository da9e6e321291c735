/* How a link is to be: asked for when it is made, and when it is changed. */

import { h, icon, named } from "./dom.js";
import { question } from "./dialogs.js";
import { changeShare, copy, describe, makeShare } from "./links.js";
import { when } from "./present.js";
import { FOLDER } from "./tree.js";

const DAY_MS = 24 * 3600 * 1000;
const LASTS = [["1", "1 day"], ["7", "1 week"], ["30", "1 month"], ["365", "1 year"], ["", "for ever"]];
const REACH = {
  network: "Its address is one of your own network: from elsewhere it cannot be opened.",
  computer: "Its address is this computer's own: nobody else can open it.",
};

/** Asks how to share, makes the link and shows it. */
export async function shareDialog(tree, entry) {
  const isFolder = entry.kind === FOLDER;
  const bounds = new Bounds();
  const isPinned = tick("Go on showing the file as it is now, though it is changed later");
  const isViewOnly = tick("Show it without a download. Whoever sees it can keep it all the same");
  const isUpload = h("input", { type: "radio", name: "way", onchange: () => choose() });
  const isDownload = h("input", { type: "radio", name: "way", checked: true, onchange: () => choose() });
  const largest = h("input", { type: "number", min: 0.001, max: 9_000_000, step: "any", placeholder: "any size" });
  const all = h("input", { type: "number", min: 0.001, max: 9_000_000, step: "any", placeholder: "any size" });
  const ways = h("fieldset", {}, h("legend", {}, "Whoever has the link can"),
    h("label", { class: "choice" }, isDownload, h("span", {}, "download ", h("b", {}, named(entry.name)), " and all that is in it")),
    h("label", { class: "choice" }, isUpload, h("span", {}, "add files to it, and sees nothing of what is there")));
  const later = h("p", { class: "hint" }, icon("attention"), "What is put into this folder later is shared with it.");
  const sizes = h("div", { class: "grid" }, h("label", {}, "A file at most, in MB", largest), h("label", {}, "All together at most, in MB", all));
  function choose() {
    const adds = isUpload.checked;
    later.hidden = isViewOnly.line.hidden = adds;
    sizes.hidden = !adds;
    bounds.count.firstChild.textContent = adds ? "Files at most" : "Downloads at most";
  }
  choose();
  const made = await question("Share by a link", [
    isFolder ? [ways, later, sizes] : h("p", {}, "Whoever has the link can download ", h("b", {}, named(entry.name)), "."),
    bounds.parts,
    isFolder ? null : isPinned.line,
    isViewOnly.line,
  ].flat().filter(Boolean), [
    ["Make the link", () => makeShare(tree, entry, {
      ...bounds.given(),
      ...(isUpload.checked
        ? { upload: true, max_file_bytes: bytesOf(largest), max_bytes: bytesOf(all) }
        : { view_only: isViewOnly.box.checked, pinned: isPinned.box.checked }),
    })],
  ]);
  if (made) await showLink(made);
  return made;
}

/** Asks what is to be different about a link; whether anything is. */
export async function editDialog(share) {
  const bounds = new Bounds(share);
  return question("Change the link", [h("p", {}, "It leads to ", h("b", {}, named(share.path ?? share.title)), "."), ...bounds.parts], [
    ["Change it", () => changeShare(share, bounds.given())],
  ]);
}

/** What bounds a link: how long, how often, for whom; each as it is, if there is one already. */
class Bounds {
  constructor(share = null) {
    this.share = share;
    const { expires_at: until, limit, title, note, has_password: isLocked, upload } = share ?? {};
    const asItIs = share ? [["as it is", until ? `until ${when(until)}, as it is` : "for ever, as it is"]] : [];
    const choices = [...asItIs, ...LASTS];
    const chosen = share ? "as it is" : "30";
    this.lasts = h("select", {}, choices.map(([value, words]) => h("option", { value, selected: value === chosen }, words)));
    this.password = h("input", { type: "text", maxLength: 1024, autocomplete: "off", placeholder: isLocked ? "as it is" : "none" });
    this.open = tick("Take the password away");
    this.limit = h("input", { type: "number", min: 1, max: 2147483648, value: limit ?? "", placeholder: "any number" });
    this.title = h("input", { type: "text", maxLength: 200, value: title ?? "", placeholder: "its name" });
    this.note = h("textarea", { maxLength: 2000, rows: 2, value: note ?? "" });
    this.count = h("label", {}, upload ? "Files at most" : "Downloads at most", this.limit);
    this.parts = [
      h("div", { class: "grid" }, h("label", {}, "Good for", this.lasts), this.count),
      h("label", {}, "Password", this.password),
      isLocked && this.open.line,
      h("label", {}, "Title of the page", this.title),
      h("label", {}, "Note for whoever opens it", this.note),
    ].filter(Boolean);
  }

  /** As the server takes it; what stays as it is is left out. */
  given() {
    const { value } = this.lasts;
    const password = this.password.value || null;
    return {
      ...(value !== "as it is" && { expires_at: value ? Date.now() + Number(value) * DAY_MS : null }),
      ...((!this.share || password || this.open.box.checked) && { password }),
      limit: this.limit.value ? Number(this.limit.value) : null,
      title: this.title.value.trim(),
      note: this.note.value,
    };
  }
}

function tick(words) {
  const box = h("input", { type: "checkbox" });
  return { box, line: h("label", { class: "choice" }, box, h("span", {}, words)) };
}

const bytesOf = (input) => (input.value ? Math.round(Number(input.value) * 1e6) : null);

async function showLink(share) {
  const field = h("input", { value: share.url, readOnly: true, "aria-label": "The link", onfocus: () => field.select() });
  await question("The link is made", [
    field,
    REACH[share.reach] ? h("p", { class: "hint" }, icon("attention"), REACH[share.reach]) : null,
    h("p", { class: "quiet" }, describe(share)),
  ].filter(Boolean), [["Copy the link", () => copy(share)]]);
}
