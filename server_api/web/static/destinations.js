/* Where to move something: the folders, opened one by one. */

import { question, telling } from "./dialogs.js";
import { fill, h, icon, named } from "./dom.js";
import { byName } from "./sorting.js";
import { FOLDER, ROOT, nameOf } from "./tree.js";

/** `{path, folderId}` of the folder that the person chose, or `undefined`. What is moved cannot be chosen. */
export async function chooseFolder(tree, entries, from) {
  const moved = new Set(entries.map(({ node_id }) => node_id));
  const what = entries.length === 1 ? `“${entries[0].name}”` : `${entries.length} items`;
  let chosen = null;
  const choose = (button, folder) => {
    list.querySelectorAll("[aria-selected=true]").forEach((each) => each.setAttribute("aria-selected", "false"));
    button.setAttribute("aria-selected", "true");
    chosen = folder;
  };

  function branch(folder, depth) {
    const below = h("ul", { role: "group" });
    let isOpen = false;
    const toggle = async () => {
      isOpen = !isOpen;
      item.setAttribute("aria-expanded", String(isOpen));
      if (!isOpen) return void fill(below);
      const { entries: found } = await tree.list(folder.path);
      const folders = found.filter(({ kind, node_id }) => kind === FOLDER && !moved.has(node_id));
      fill(below, folders.sort(byName).map(({ path, node_id }) => branch({ path, folderId: node_id }, depth + 1)));
    };
    const item = h(
      "li",
      {
        role: "treeitem", "aria-selected": "false", "aria-expanded": "false", tabIndex: depth ? -1 : 0,
        onclick: telling(async (event) => {
          event.stopPropagation();
          choose(item, folder);
          item.focus();
          await toggle();
        }),
        onkeydown: telling(async (event) => {
          if (event.target !== item) return;
          const items = [...list.querySelectorAll("[role=treeitem]")];
          const at = items.indexOf(item);
          if (event.key === "ArrowDown") items[at + 1]?.focus();
          else if (event.key === "ArrowUp") items[at - 1]?.focus();
          else if ((event.key === "ArrowRight" && !isOpen) || (event.key === "ArrowLeft" && isOpen)) await toggle();
          else return;
          event.preventDefault();
        }),
        onfocus: () => choose(item, folder),
      },
      h("span", { class: "line" }, icon("folder"), named(folder.path ? nameOf(folder.path) : "All files")),
      below,
    );
    item.open = toggle;
    return item;
  }

  const list = h("ul", { class: "folders", role: "tree", "aria-label": "Folders" });
  const top = branch({ path: "", folderId: ROOT }, 0);
  top.setAttribute("autofocus", "");
  list.append(top);
  const asked = question(`Move ${what}`, list, [
    ["Move here", () => {
      if (!chosen) throw new Error("Choose the folder to move it to.");
      if (chosen.path === from && entries.length === 1) throw new Error("It is in that folder already.");
      return chosen;
    }],
  ]);
  await top.open();
  return asked;
}
