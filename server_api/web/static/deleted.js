/* What was deleted, and bringing it back. */

import { telling, toast } from "./dialogs.js";
import { button, h, icon, named, showable } from "./dom.js";
import { ListPage } from "./listing.js";
import { folderAddress } from "./places.js";
import { exactly, glyph, size, when } from "./present.js";
import { FOLDER, above, nameOf, told } from "./tree.js";

export class Deleted extends ListPage {
  constructor(app) {
    super(app, {
      title: "Deleted", glyph: "trash", hint: "What you deleted stays here for as long as the server keeps it.",
      empty: "Nothing is deleted. What you delete can be brought back from here.",
    });
  }

  async read(before) {
    const { entries, ...page } = await this.tree.deleted("", before);
    return { items: entries, ...page };
  }

  draw({ entry: raw, device = "", expired = false }) {
    const entry = told(raw);
    const isFolder = entry.kind === FOLDER;
    const at = entry.deleted_at ?? entry.committed_at;
    const item = h("li", {},
      h("span", { class: "picture" }, icon(glyph(entry))),
      h("div", { class: "what" },
        h("p", { class: "title" }, named(entry.name)),
        h("p", { class: "quiet" }, "in ", named(above(entry.path) || "All files"), isFolder ? "" : `, ${size(entry.size)}`,
          ", deleted ", h("time", { title: exactly(at), dateTime: new Date(at).toISOString() }, when(at)), device ? [" on ", named(device)] : null)),
      h("div", { class: "do" }, expired
        ? h("span", { class: "quiet" }, "not kept any more")
        : button("Bring it back", telling(() => this.#restore(entry, item)), { look: "second", glyph: "restore", "aria-label": `Bring it back: ${showable(entry.name)}` })));
    return item;
  }

  async #restore(entry, item) {
    const revision = entry.kind === FOLDER ? undefined : entry.revision_id;
    const { path } = await this.tree.restore(entry.path, revision);
    item.remove();
    toast(`“${nameOf(path)}” is back.`, { action: "Show it", act: () => (location.hash = folderAddress(above(path))) });
  }
}
