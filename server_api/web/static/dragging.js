/* Dragging entries onto folders, and files from outside into them. */

import { telling } from "./dialogs.js";
import { gather } from "./content/index.js";

const OURS = "application/x-lockstep";
let dragged = [];

// What is dropped beside every place for it stays where it is: the browser would open it, and leave the application.
for (const kind of ["dragover", "drop"]) {
  document.addEventListener(kind, (event) => {
    if (event.defaultPrevented || !event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "none";
  });
}

/** The row can be dragged, with all that is chosen if it is. */
export function draggable(row, files, entry) {
  row.draggable = true;
  row.addEventListener("dragstart", (event) => {
    if (!files.selection.has(entry)) files.selection.only(entry);
    dragged = files.selection.entries;
    event.dataTransfer.setData(OURS, "");
    event.dataTransfer.effectAllowed = "move";
  });
  row.addEventListener("dragend", () => (dragged = []));
}

/** What is dropped there goes into the folder that `into()` gives: `{path, folderId}`, perhaps by a promise. */
export function droppable(element, { into, files }) {
  const accepts = ({ dataTransfer: { types } }) => types.includes(OURS) || types.includes("Files");
  element.addEventListener("dragover", (event) => {
    if (!accepts(event)) return;
    event.preventDefault();
    event.stopPropagation();
    event.dataTransfer.dropEffect = event.dataTransfer.types.includes(OURS) ? "move" : "copy";
    element.classList.add("target");
  });
  element.addEventListener("dragleave", () => element.classList.remove("target"));
  element.addEventListener(
    "drop",
    telling(async (event) => {
      if (!accepts(event)) return;
      event.preventDefault();
      event.stopPropagation();
      element.classList.remove("target");
      // What was dropped can be looked at in the event alone.
      const found = event.dataTransfer.types.includes(OURS) ? null : gather(event.dataTransfer);
      const entries = dragged;
      const { path, folderId } = await into();
      if (found) await files.acts.upload(await found, { path, folderId });
      else if (folderId !== files.folderId || files.query) await files.acts.moveTo(entries, { path, folderId });
    }),
  );
}
