// What can go wrong with content, each with a stable code and a sentence for the person.

const SENTENCES = {
  "not-signed-in": "You are signed out. Sign in again, and start it once more.",
  "session-ended": "You are signed out. Sign in again, and start it once more.",
  forbidden: "You may look at this folder, but not change it.",
  "not-found": "It is not there any more. Load the page again to see what is.",
  "quota-exceeded": "Your storage is full. Delete something for good, or ask for more room; then start it once more.",
  "store-full": "The server has no room left. Its operator has to make some; then start it once more.",
  "rate-limited": "Too much was begun and never finished. Try again in an hour.",
  "update-needed": "The server was updated meanwhile. Load the page again.",
  offline: "The server cannot be reached. Check the connection, and start it once more.",
  "store-unreachable":
    "The place where files are kept does not answer this page. Try again; if it stays so, the server's operator can " +
    "find out why with “lockstep server check”.",
  "store-refused": "The place where files are kept did not take it. Try again; if it stays so, tell the server's operator.",
  "changed-meanwhile": "This file was changed elsewhere meanwhile. Nothing was overwritten: look at the newer version first.",
  "changed-on-disk": "It changed or went away while it was being read. Choose it again.",
  "folder-gone": "The folder it was to go into was deleted meanwhile.",
  gone: "The content of this version is not kept any more.",
  damaged: "What arrived is not what was stored, so nothing was saved. The server is looking into it; try again later.",
  "bad-answer": "The server's answer makes no sense, so nothing was saved. Try again; if it stays so, tell its operator.",
  "not-saved": "It could not be written to this device. Is there room left?",
  "too-large": "This browser can save files of up to 512 MB from an address without https. Open the page by https.",
  cancelled: "It was cancelled.",
  failed: "Something went wrong. Try again.",
};

/**
 * An error that a person can be told: `code` is stable, `message` the sentence.
 *
 * `detail` is for the console; `mayPass`: the same may well succeed in a moment.
 */
export class ContentError extends Error {
  constructor(code, { detail = "", message, mayPass = false, retryAfterS = 0 } = {}) {
    super(message ?? SENTENCES[code] ?? SENTENCES.failed);
    this.name = "ContentError";
    this.code = code;
    this.detail = detail;
    this.mayPass = mayPass;
    this.retryAfterS = retryAfterS;
  }
}

/** Any error as one of ours, so that it can go from a worker to the page. */
export function asContentError(error) {
  if (error instanceof ContentError) return error;
  if (error?.name === "NotReadableError" || error?.name === "NotFoundError") return new ContentError("changed-on-disk");
  if (error?.name === "AbortError") return new ContentError("cancelled");
  if (error?.name === "QuotaExceededError") return new ContentError("not-saved");
  return new ContentError("failed", { detail: `${error?.stack ?? error}` });
}
