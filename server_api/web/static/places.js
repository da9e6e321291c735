/* Addresses within the application. They follow the "#", which browsers keep to themselves: no name reaches a log. */

/** The address of a place, for example of a folder: `addressOf("files", ["Photos", "2026"])`. */
export const addressOf = (place, names = []) => `#/${[place, ...names].map(encodeURIComponent).join("/")}`;

/** Of the folder at a path. */
export const folderAddress = (path) => addressOf("files", path ? path.split("/") : []);

/** Where the address says that one is: `{place: "files", names: ["Photos", "2026"]}`. */
export function whereabouts() {
  try {
    const [place, ...names] = location.hash.replace(/^#\/?/, "").split("/").map(decodeURIComponent);
    return { place: place || "files", names: names.filter(Boolean) };
  } catch {
    return { place: "files", names: [] };
  }
}
