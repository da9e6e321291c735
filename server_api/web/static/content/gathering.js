// What a person dropped or picked, as a list of files with paths, and the folders among it.

/**
 * `{files: [{file, path}], folders: [path]}` of a DataTransfer (call it in the event itself) or of an `<input type=file>`.
 *
 * Links and whatever else is no file are left out, as the browser does.
 */
export async function gather(from) {
  const found = { files: [], folders: [] };
  if (from instanceof DataTransfer) {
    // The list is empty once the event is over, so the entries are taken before anything is awaited.
    const items = Array.from(from.items).filter((item) => item.kind === "file");
    const entries = items.map((item) => item.webkitGetAsEntry?.() ?? item.getAsFile());
    for (const entry of entries) await take(entry, "", found);
  } else {
    for (const file of from.files ?? from) add(file, file.webkitRelativePath || file.name, found);
  }
  return found;
}

async function take(entry, above, found) {
  if (!entry) return;
  const path = above ? `${above}/${entry.name}` : entry.name;
  if (entry instanceof File) {
    add(entry, path, found);
  } else if (entry.isFile) {
    const file = await new Promise((resolve, reject) => entry.file(resolve, reject)).catch(() => null);
    if (file) found.files.push({ file, path });
  } else if (entry.isDirectory) {
    found.folders.push(path);
    for await (const child of children(entry)) await take(child, path, found);
  }
}

/** A reader gives some of them at a time, and none at the end. */
async function* children(folder) {
  const reader = folder.createReader();
  for (let some; (some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject))).length; ) yield* some;
}

function add(file, path, found) {
  found.files.push({ file, path });
  const names = path.split("/");
  for (let depth = 1; depth < names.length; depth++) {
    const folder = names.slice(0, depth).join("/");
    if (!found.folders.includes(folder)) found.folders.push(folder);
  }
}
