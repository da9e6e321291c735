// Content in the browser: what pages import. Bytes go straight between this browser and the store, in the chunks and
// packs of devices; the server sees names and hashes.
//
//   const content = new Content({ namespaceId });               // base64, as /v1 tells ids in JSON
//
//   const { files, folders } = await gather(event.dataTransfer); // or an <input type=file [webkitdirectory] multiple>
//   const upload = content.upload({ files, folders, into: { node_id, path }, replaces: false });
//   upload.onprogress = () => draw(upload.files, upload.doneBytes, upload.totalBytes);
//   upload.pause(); upload.resume(); upload.cancel();
//   const outcome = await upload.done;                          // what each file became; never rejects for one file alone
//
//   const download = content.download(entry, { name });         // in a click: it may ask where to save
//   await download.done;
//   const bytes = await content.read(entry, 1_000_000);         // the start of a file, for previews and editors
//   const entry = await content.write(entry, text);             // its next version, if it still is what was read
//
// `entry` is one of a listing or of a history: `{node_id, revision_id, path, size, content_hash}`. `into` is the folder's
// `{node_id, path}`; `TOP` is the topmost one. Every error is a ContentError: `code`, and `message`, a sentence to show.
// A file in `upload.files`: `{path, size, state, done, error, result}` with `state` waiting | moving | done | failed, `done`
// in bytes, and as `result` where it is now: `{node_id, revision_id, path}`, numbered if the name was taken.
// With `replaces: true` a file of the same name gets a new version instead, unless it changes while the upload runs.
//
// Policies: a page needs `script-src 'self'; worker-src 'self'; connect-src 'self'; frame-src 'self'` (the frame is how the
// browser's own downloads begin); the scripts themselves, whose policy is the workers', `script-src 'self'
// 'wasm-unsafe-eval'; connect-src 'self' data:` and the store's origin (zstddec unfolds itself from a data: address).
import { openSink } from "./saving.js";
import { Transfer } from "./transfer.js";

export { ContentError } from "./errors.js";
export { gather } from "./gathering.js";
export { refusal } from "./names.js";
export { Transfer } from "./transfer.js";

/** The topmost folder. */
export const TOP = { node_id: "AAAAAAAAAAAAAAAAAAAAAA==", path: "" };

const HEADERS = { "Lockstep-Browser": "1" };

/** The content of one namespace. */
export class Content {
  /** `headers` go along with requests to the API: by default what a signed-in browser sends beside its cookie. */
  constructor({ namespaceId, headers = HEADERS }) {
    this._server = { namespaceId, headers };
  }

  /** Starts at once. Nothing appears half: a file is committed when all of it is up, whatever happens to this page. */
  upload({ files = [], folders = [], into = TOP, replaces = false }) {
    const sources = files.map(({ file, path }) => ({ blob: file, path, mtimeMs: file.lastModified }));
    return this._upload({ sources, folders, into, replaces });
  }

  /**
   * Saves a version. Small ones go where downloads go; for others the person is asked where, if the browser can do that.
   *
   * `to`: a FileSystemFileHandle to write to instead. Nothing is saved under the name unless all of it is right.
   */
  download(node, { name = nameOf(node), to } = {}) {
    const size = sizeOf(node);
    const transfer = new Transfer([{ path: name, size }]);
    const opening = openSink({ to, name, size }); // at once, while the click counts
    transfer.run(async (start) => {
      const sink = await opening;
      let isWhole = false;
      try {
        await start({ task: "download", server: this._server, node: lean(node) }, (piece) => sink.write(piece));
        await sink.close();
        isWhole = true;
      } finally {
        if (!isWhole) await sink.abort();
      }
    });
    return transfer;
  }

  /** At most so many bytes of the start. */
  async read(node, maxBytes) {
    const wanted = Math.min(maxBytes, sizeOf(node));
    const bytes = new Uint8Array(wanted);
    let at = 0;
    const take = (piece) => {
      bytes.set(piece, at);
      at += piece.length;
    };
    const transfer = new Transfer([{ path: nameOf(node), size: wanted }], { isSilent: true });
    transfer.run((start) => start({ task: "download", server: this._server, node: lean(node), maxBytes: wanted }, take));
    await transfer.done;
    return bytes;
  }

  /** The node with its next version. Rejects with `changed-meanwhile` if `node.revision_id` is not its latest revision. */
  async write(node, data) {
    const blob = new Blob([data]);
    const { node_id, revision_id, path } = node;
    const target = { node_id, revision_id, path };
    const upload = this._upload({ sources: [{ blob, path: nameOf(node), mtimeMs: Date.now(), target }] });
    const [{ error, result }] = (await upload.done).files;
    if (error) throw error;
    return { ...node, ...result, size: blob.size, content_hash: undefined };
  }

  _upload(options) {
    const transfer = new Transfer(options.sources.map(({ path, blob }) => ({ path, size: blob.size })));
    transfer.run((start) => start({ task: "upload", server: this._server, options }));
    return transfer;
  }
}

const nameOf = (node) => node.path.slice(node.path.lastIndexOf("/") + 1);

/** The API leaves out what is 0. */
const sizeOf = ({ size = 0 }) => size;

/** What a worker needs of it. */
const lean = ({ revision_id, content_hash }) => ({ revision_id, content_hash });
