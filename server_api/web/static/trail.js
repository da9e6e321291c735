/* Where one is: the folders from the top down to here. Each is gone to by a click, and takes what is dropped on it. */

import { fill, h, icon, named } from "./dom.js";
import { droppable } from "./dragging.js";
import { folderAddress } from "./places.js";

export class Trail {
  constructor(files) {
    this.files = files;
    this.element = h("nav", { class: "trail", "aria-label": "Folder" });
  }

  show(path) {
    const { files } = this;
    const names = path ? path.split("/") : [];
    const steps = [{ name: "All files", path: "" }, ...names.map((name, i) => ({ name, path: names.slice(0, i + 1).join("/") }))];
    fill(
      this.element,
      h("h1", { class: "hidden" }, named(steps.at(-1).name)),
      h("ol", {}, steps.map((step, i) => {
        const isLast = i === steps.length - 1;
        const link = h("a", { href: folderAddress(step.path), "aria-current": isLast ? "page" : null }, named(step.name));
        droppable(link, { into: async () => ({ path: step.path, folderId: await files.tree.folderAt(step.path) }), files });
        return h("li", {}, i ? icon("next") : null, link);
      })),
    );
  }
}
