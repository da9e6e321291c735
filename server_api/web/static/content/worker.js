// One transfer in a thread of its own: the page's stays free. index.js starts it and says what to do.
import { contentOf } from "./downloading.js";
import { asContentError } from "./errors.js";
import { Uploading } from "./uploading.js";
import { Api } from "./wire.js";

const PIECES_AHEAD = 4; // that the page has not written yet

let uploading;
let untaken = 0;
let wake = () => {};

const fail = (error) => {
  const { code, message, detail } = asContentError(error);
  postMessage({ failed: { code, message, detail } });
};

const tasks = {
  upload({ server, options }) {
    uploading = new Uploading(new Api(server), options, (files) => postMessage({ files }));
    uploading.run().then(() => postMessage({ done: true }), fail);
  },

  async download({ server, node, maxBytes }) {
    try {
      for await (const piece of contentOf(new Api(server), node, { maxBytes })) {
        while (untaken >= PIECES_AHEAD) await new Promise((resolve) => (wake = resolve));
        untaken++;
        const own = piece.slice(); // a view would take along all that was fetched with it
        postMessage({ piece: own }, [own.buffer]);
      }
      postMessage({ done: true });
    } catch (error) {
      fail(error);
    }
  },

  taken() {
    untaken--;
    wake();
  },

  pause: () => uploading?.pause(),
  resume: () => uploading?.resume(),
};

self.onmessage = ({ data }) => tasks[data.task](data);
