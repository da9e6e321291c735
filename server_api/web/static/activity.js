/* What happened, newest first. */

import { h, icon, named } from "./dom.js";
import { ListPage } from "./listing.js";
import { folderAddress } from "./places.js";
import { counted, exactly, when } from "./present.js";
import { above, nameOf } from "./tree.js";

const WHAT = {
  added: { words: "added", glyph: "upload" },
  edited: { words: "changed", glyph: "rename" },
  moved: { words: "moved", glyph: "move" },
  renamed: { words: "renamed", glyph: "rename" },
  mode: { words: "changed the settings of", glyph: "file" },
  deleted: { words: "deleted", glyph: "trash" },
  restored: { words: "brought back", glyph: "restore" },
};

/** What was done, as a verb. */
export const wordsFor = (what) => WHAT[what]?.words ?? what;

export class Activity extends ListPage {
  constructor(app) {
    super(app, { title: "Activity", glyph: "activity", empty: "Nothing has happened yet. What any device does is told here." });
  }

  async read(before) {
    const { entries, ...page } = await this.tree.activity(before);
    return { items: entries, ...page };
  }

  draw({ at, what, path, was_path: before, count = 1, paths = [], device = "" }) {
    const { words, glyph } = WHAT[what] ?? { words: what, glyph: "file" };
    const folder = above(path);
    const others = [...paths.slice(0, 4).map(nameOf)].flatMap((name, i) => (i ? [", ", named(name)] : [named(name)]));
    return h("li", {},
      h("span", { class: "picture" }, icon(glyph)),
      h("div", { class: "what" },
        h("p", {}, named(device || "The server"), ` ${words} `, count > 1 ? counted(count, "item") : h("b", {}, named(nameOf(path))),
          what === "renamed" && before && count === 1 ? [" from ", named(nameOf(before))] : null,
          what === "moved" && before && count === 1 ? [" from ", named(above(before) || "All files")] : null,
          " in ", h("a", { href: folderAddress(folder) }, named(folder || "All files"))),
        h("p", { class: "quiet" }, h("time", { title: exactly(at), dateTime: new Date(at).toISOString() }, when(at)),
          count > 1 ? [": ", named(nameOf(path)), others.length ? [", ", others] : null, count > paths.length + 1 ? " …" : null] : null)));
  }
}
