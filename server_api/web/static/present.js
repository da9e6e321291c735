/* Sizes and times, as people say them; the exact ones beside them. */

const UNITS = ["kB", "MB", "GB", "TB", "PB"];
const DAY_MS = 24 * 3600 * 1000;

const clock = new Intl.DateTimeFormat(undefined, { hour: "numeric", minute: "2-digit" });
const weekday = new Intl.DateTimeFormat(undefined, { weekday: "short", hour: "numeric", minute: "2-digit" });
const thisYear = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" });
const anyYear = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", year: "numeric" });
const whole = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "medium" });
const count = new Intl.NumberFormat();

/** `1 byte`, `3.1 MB`. */
export function size(bytes) {
  if (bytes < 1000) return `${bytes} ${bytes === 1 ? "byte" : "bytes"}`;
  let amount = bytes / 1000;
  let unit = 0;
  while (amount >= 999.95 && unit < UNITS.length - 1) {
    amount /= 1000;
    unit += 1;
  }
  return `${amount.toFixed(1)} ${UNITS[unit]}`;
}

/** `10:42`, `yesterday`, `Mon 18:03`, `3 Mar`, `3 Mar 2024`. */
export function when(ms, now = Date.now()) {
  const date = new Date(ms);
  if (Number.isNaN(date.getTime())) return "at an unknown time";
  const midnight = new Date(now).setHours(0, 0, 0, 0);
  if (ms >= midnight && ms < midnight + DAY_MS) return clock.format(date);
  if (ms >= midnight - DAY_MS && ms < midnight) return "yesterday";
  if (ms >= midnight - 6 * DAY_MS && ms < midnight) return weekday.format(date);
  return date.getFullYear() === new Date(now).getFullYear() ? thisYear.format(date) : anyYear.format(date);
}

/** The same to the second, for a tooltip. */
export function exactly(ms) {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? "" : whole.format(date);
}

/** `1,204`. */
export const number = (amount) => count.format(amount);

/** `1 file`, `1,204 files`. */
export const counted = (amount, one, many = `${one}s`) => `${number(amount)} ${amount === 1 ? one : many}`;

const KINDS = {
  image: "avif bmp gif heic jpeg jpg png svg tif tiff webp",
  audio: "aac aiff flac m4a mp3 oga ogg opus wav",
  video: "avi m4v mkv mov mp4 mpeg ogv webm",
  text: "c cfg conf cpp css csv go h html ini java js json log lua md php py rb rs sh sql svg tex toml ts txt xml yaml yml",
};
const BY_ENDING = new Map(
  Object.entries(KINDS).flatMap(([kind, endings]) => endings.split(" ").map((ending) => [ending, kind])),
);

/** The icon for a node. */
export function glyph({ kind, name }) {
  if (kind === 2) return "folder";
  if (kind === 3) return "symlink";
  return BY_ENDING.get(ending(name)) ?? "file";
}

/** What is behind the last dot, in small letters. */
export const ending = (name) => (name.includes(".") ? name.slice(name.lastIndexOf(".") + 1).toLowerCase() : "");
