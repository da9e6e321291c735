/* Links in lists: all of them, and those to one entry. */

import { button, fill, h, icon, named } from "./dom.js";
import { menu, telling } from "./dialogs.js";
import { allShares, copy, describe, pause, withdraw } from "./links.js";
import { exactly } from "./present.js";
import { editDialog, shareDialog } from "./share_dialogs.js";
import { FOLDER } from "./tree.js";

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
