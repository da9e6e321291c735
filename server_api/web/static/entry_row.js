/* One entry, as a row of the list or a tile of the gallery. */

import { h, icon, named, showable } from "./dom.js";
import { draggable, droppable } from "./dragging.js";
import { exactly, glyph, size, when } from "./present.js";
import { FOLDER, above } from "./tree.js";

export function entryRow(files, entry) {
  const isTile = files.rows.columnWidth > 0;
  const isFolder = entry.kind === FOLDER;
  const row = h(
    "div",
    {
      class: `row${isFolder ? " folder" : ""}`, role: "option", id: `n-${entry.node_id}`,
      "aria-selected": String(files.selection.has(entry)),
      onclick: (event) => click(event, files, entry),
      ondblclick: (event) => event.target.closest(".tick") || files.openEntry(entry),
    },
    h("span", { class: "tick" }, icon("check")),
    h("span", { class: "picture" }, icon(glyph(entry))),
    h("span", { class: "name", title: showable(entry.name) }, named(entry.name)),
    files.query && !isTile ? h("span", { class: "place" }, named(above(entry.path) || "All files")) : null,
    h("time", { class: "changed", dateTime: new Date(entry.committed_at).toISOString(), title: exactly(entry.committed_at) }, when(entry.committed_at)),
    h("span", { class: "size" }, isFolder ? "" : size(entry.size)),
  );
  if (isTile) files.thumbnails.into(row.querySelector(".picture"), entry);
  draggable(row, files, entry);
  if (isFolder) droppable(row, { into: () => ({ path: entry.path, folderId: entry.node_id }), files });
  return row;
}

function click(event, files, entry) {
  const { selection } = files;
  const isTouch = event.pointerType === "touch";
  if (event.target.closest(".tick") || event.ctrlKey || event.metaKey) selection.toggle(entry);
  else if (event.shiftKey) selection.reach(entry);
  else if (isTouch && selection.entries.length) selection.toggle(entry);
  else if (isTouch) files.openEntry(entry);
  else selection.only(entry);
}
