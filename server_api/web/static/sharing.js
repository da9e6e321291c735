/* Links that let others in: making one, and the list of those there are. */

import { ask, get, post } from "./api.js";
import { button, fill, h, icon, named } from "./dom.js";
import { menu, question, telling, toast } from "./dialogs.js";
import { uuidOf } from "./content/encoding.js";
import { counted, exactly, size, when } from "./present.js";
import { FOLDER } from "./tree.js";

const DAY_MS = 24 * 3600 * 1000;
const LASTS = [["1", "1 day"], ["7", "1 week"], ["30", "1 month"], ["365", "1 year"], ["", "for ever"]];
const STATES = { paused: "paused", expired: "expired", "used-up": "used up", gone: "leads to nothing: it was deleted", suspended: "suspended by the operator" };
const REACH = {
  network: "Its address is one of your own network: from elsewhere it cannot be opened.",
  computer: "Its address is this computer's own: nobody else can open it.",
};

/** Links of the account, newest first. */
export const allShares = async () => (await get("/v1/shares")).shares;

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
    ["Make the link", () => post(`${tree.base}/shares`, {
      path: entry.path,
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
async function editDialog(share) {
  const bounds = new Bounds(share);
  return question("Change the link", [h("p", {}, "It leads to ", h("b", {}, named(share.path ?? share.title)), "."), ...bounds.parts], [
    ["Change it", () => patch(share, bounds.given())],
  ]);
}

/** What bounds a link: how long, how often, for whom; each as it is, if there is one already. */
class Bounds {
  constructor(share = null) {
    this.share = share;
    const { expires_at: until, limit, note, has_password: isLocked, upload } = share ?? {};
    const asItIs = share ? [["as it is", until ? `until ${when(until)}, as it is` : "for ever, as it is"]] : [];
    const choices = [...asItIs, ...LASTS];
    const chosen = share ? "as it is" : "30";
    this.lasts = h("select", {}, choices.map(([value, words]) => h("option", { value, selected: value === chosen }, words)));
    this.password = h("input", { type: "text", maxLength: 1024, autocomplete: "off", placeholder: isLocked ? "as it is" : "none" });
    this.open = tick("Take the password away");
    this.limit = h("input", { type: "number", min: 1, max: 2147483648, value: limit ?? "", placeholder: "any number" });
    this.note = h("textarea", { maxLength: 2000, rows: 2, value: note ?? "" });
    this.count = h("label", {}, upload ? "Files at most" : "Downloads at most", this.limit);
    this.parts = [
      h("div", { class: "grid" }, h("label", {}, "Good for", this.lasts), this.count),
      h("label", {}, "Password", this.password),
      isLocked && this.open.line,
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

/** Puts a link where it can be pasted from. */
export async function copy({ url }) {
  try {
    await navigator.clipboard.writeText(url);
  } catch {
    const field = h("input", { value: url });
    (document.querySelector("dialog[open]") ?? document.body).append(field);
    field.select();
    document.execCommand("copy"); // over plain http there is no other way
    field.remove();
  }
  toast("The link is copied.", { kind: "copied" });
  return true;
}

/** How long, how often, and how. */
export function describe(share) {
  const { expires_at: until, limit, downloads, has_password: isLocked, state, upload, uploaded_bytes: came, max_bytes: most } = share;
  const what = upload ? "file" : "download";
  return [
    upload && "others add files",
    STATES[state] ?? (until ? `until ${when(until)}` : "for ever"),
    limit ? `${downloads} of ${limit} ${what}s` : counted(downloads, what),
    upload && (most ? `${size(came)} of ${size(most)}` : size(came)),
    isLocked && "with a password",
    share.view_only && "without a download",
    share.version_id && "as the file was",
  ].filter(Boolean).join(", ");
}

async function patch(share, changes) {
  await ask("PATCH", `/v1/shares/${uuidOf(share.share_id)}`, changes);
  return true;
}

/** A link that is paused leads to nothing until it goes on. */
async function pause(share, isPaused) {
  await patch(share, { paused: isPaused });
  toast(isPaused ? "The link leads to nothing until you have it go on." : "The link works again.", { kind: "paused" });
}

/** Ends a link. */
export async function withdraw(share) {
  await ask("DELETE", `/v1/shares/${uuidOf(share.share_id)}`);
  toast("The link leads to nothing any more.", { kind: "withdrawn" });
}

/** A link in a list, with what can be done with it. */
export function shareItem(share, changed, { withPath = false } = {}) {
  const { state } = share;
  const isOver = state !== "active";
  const to = `the link to ${share.path ?? ""}`;
  const doing = (act) => telling(async () => (await act()) !== undefined && changed());
  return h(
    "li",
    { class: isOver ? "over" : "" },
    h("div", { class: "what" },
      withPath ? h("p", { class: "title" }, icon(share.kind === FOLDER ? "folder" : "file"), named(share.path ?? share.title ?? "deleted")) : null,
      h("p", { class: "quiet", title: share.expires_at ? exactly(share.expires_at) : "" }, describe(share))),
    h("div", { class: "do" },
      isOver ? null : button("Copy", telling(() => copy(share)), { glyph: "copy", "aria-label": `Copy ${to}` }),
      button(`More for ${to}`, (event) => {
        const { left, bottom } = event.currentTarget.getBoundingClientRect();
        menu(left, bottom + 4, [
          state === "gone" ? null : { words: "Change …", glyph: "rename", act: doing(() => editDialog(share)) },
          state === "active" ? { words: "Pause", glyph: "pause", act: doing(async () => (await pause(share, true), true)) } : null,
          state === "paused" ? { words: "Have it go on", glyph: "play", act: doing(async () => (await pause(share, false), true)) } : null,
          { words: "Withdraw", glyph: "close", look: "bad", act: doing(async () => (await withdraw(share), true)) },
        ]);
      }, { glyph: "more", isBare: true })),
  );
}

/** The links to one entry, and making another. */
export async function drawShares(element, tree, entry) {
  const draw = async () => {
    const mine = (await allShares()).filter(({ node_id }) => node_id === entry.node_id);
    fill(
      element,
      mine.length ? h("ul", { class: "list" }, mine.map((share) => shareItem(share, draw))) : h("p", { class: "quiet" }, "No link leads here."),
      button("Share by a link …", telling(async () => (await shareDialog(tree, entry)) && draw()), { glyph: "share", look: "second" }),
    );
  };
  await draw();
}
