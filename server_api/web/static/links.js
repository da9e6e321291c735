/* The links that let others in: those there are, what each allows, and what can be done with one. */

import { ask, get, post } from "./api.js";
import { h } from "./dom.js";
import { toast } from "./dialogs.js";
import { uuidOf } from "./content/encoding.js";
import { counted, size, when } from "./present.js";

const STATES = { paused: "paused", expired: "expired", "used-up": "used up", gone: "leads to nothing: it was deleted", suspended: "suspended by the operator" };

/** Links of the account, newest first. */
export const allShares = async () => (await get("/v1/shares")).shares;

/** Makes a link to the entry. */
export const makeShare = (tree, entry, bounds) => post(`${tree.base}/shares`, { path: entry.path, ...bounds });

/** Changes what bounds a link; the rest stays as it is. */
export async function changeShare(share, changes) {
  await ask("PATCH", `/v1/shares/${uuidOf(share.share_id)}`, changes);
  return true;
}

/** A link that is paused leads to nothing until it goes on. */
export async function pause(share, isPaused) {
  await changeShare(share, { paused: isPaused });
  toast(isPaused ? "The link leads to nothing until you have it go on." : "The link works again.", { kind: "paused" });
}

/** Ends a link. */
export async function withdraw(share) {
  await ask("DELETE", `/v1/shares/${uuidOf(share.share_id)}`);
  toast("The link leads to nothing any more.", { kind: "withdrawn" });
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
