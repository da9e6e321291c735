/* Links that let others in: making one, and the list of those there are. */

import { ask, get, post } from "./api.js";
import { button, fill, h, icon, named } from "./dom.js";
import { question, telling, toast } from "./dialogs.js";
import { uuidOf } from "./content/encoding.js";
import { exactly, when } from "./present.js";
import { FOLDER } from "./tree.js";

const DAY_MS = 24 * 3600 * 1000;
const LASTS = [["1", "1 day"], ["7", "1 week"], ["30", "1 month"], ["365", "1 year"], ["", "for ever"]];
const STATES = { expired: "expired", "used-up": "used up", gone: "leads to nothing: it was deleted", suspended: "suspended by the operator" };
const REACH = {
  network: "Its address is one of your own network: from elsewhere it cannot be opened.",
  computer: "Its address is this computer's own: nobody else can open it.",
};

/** Links of the account, newest first. */
export const allShares = async () => (await get("/v1/shares")).shares;

/** Asks how to share, makes the link and shows it. */
export async function shareDialog(tree, entry) {
  const lasts = h("select", {}, LASTS.map(([value, words]) => h("option", { value, selected: value === "30" }, words)));
  const password = h("input", { type: "text", maxLength: 1024, autocomplete: "off", placeholder: "none" });
  const limit = h("input", { type: "number", min: 1, max: 2147483648, placeholder: "any number" });
  const note = h("textarea", { maxLength: 2000, rows: 2 });
  const body = [
    h("p", {}, "Whoever has the link can download ", h("b", {}, named(entry.name)), entry.kind === FOLDER ? " and all that is in it." : "."),
    entry.kind === FOLDER ? h("p", { class: "hint" }, icon("attention"), "What is put into this folder later is shared with it.") : null,
    h("div", { class: "grid" }, h("label", {}, "Good for", lasts), h("label", {}, "Downloads at most", limit)),
    h("label", {}, "Password", password),
    h("label", {}, "Note for whoever opens it", note),
  ].filter(Boolean);
  const made = await question("Share by a link", body, [
    ["Make the link", () => post(`${tree.base}/shares`, {
      path: entry.path,
      expires_at: lasts.value ? Date.now() + Number(lasts.value) * DAY_MS : null,
      password: password.value || null,
      limit: limit.value ? Number(limit.value) : null,
      note: note.value,
    })],
  ]);
  if (made) await showLink(made);
  return made;
}

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

/** How long, how often, and whether it needs a password. */
export function describe(share) {
  const { expires_at: until, limit, downloads, has_password: isLocked, state } = share;
  return [
    STATES[state] ?? (until ? `until ${when(until)}` : "for ever"),
    limit ? `${downloads} of ${limit} downloads` : `${downloads} ${downloads === 1 ? "download" : "downloads"}`,
    isLocked && "with a password",
  ].filter(Boolean).join(", ");
}

/** Ends a link. */
export async function withdraw(share) {
  await ask("DELETE", `/v1/shares/${uuidOf(share.share_id)}`);
  toast("The link leads to nothing any more.", { kind: "withdrawn" });
}

/** A link in a list, with what can be done with it. */
export function shareItem(share, changed, { withPath = false } = {}) {
  const isOver = share.state !== "active";
  return h(
    "li",
    { class: isOver ? "over" : "" },
    h("div", { class: "what" },
      withPath ? h("p", { class: "title" }, icon(share.kind === FOLDER ? "folder" : "file"), named(share.path ?? share.title ?? "deleted")) : null,
      h("p", { class: "quiet", title: share.expires_at ? exactly(share.expires_at) : "" }, describe(share))),
    h("div", { class: "do" },
      isOver ? null : button("Copy", telling(() => copy(share)), { glyph: "copy", "aria-label": `Copy the link to ${share.path ?? ""}` }),
      button("Withdraw", telling(async () => (await withdraw(share), changed())), { glyph: "close", "aria-label": `Withdraw the link to ${share.path ?? ""}` })),
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
