// The service worker behind saving.js: a download of `save/<id>` gets the bytes that a page hands over, as they come.
// It answers nothing else, and its scope is that folder alone.

const saves = new Map();

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("message", ({ data, ports }) => {
  if (!data.save) return; // a ping keeps this alive by arriving
  const port = ports[0];
  let arrived = () => {};
  const body = new ReadableStream(
    {
      start(controller) {
        port.onmessage = ({ data: told }) => {
          if (told.piece) controller.enqueue(told.piece);
          else if (told.end) controller.close();
          else controller.error(new Error("the download failed"));
          arrived();
        };
      },
      // One piece at a time: a pull that is over at once would be called again before its piece is there.
      pull: () =>
        new Promise((resolve) => {
          arrived = resolve;
          port.postMessage({ signal: "pulled" });
        }),
      cancel: () => port.postMessage({ cancelled: true }),
    },
    { highWaterMark: 1 },
  );
  saves.set(data.save, { body, name: data.name, size: data.size });
  port.postMessage({ signal: "ready" });
});

self.addEventListener("fetch", (event) => {
  const id = new URL(event.request.url).pathname.split("/").at(-1);
  const save = saves.get(id);
  if (!save) return;
  saves.delete(id);
  const name = encodeURIComponent(save.name).replace(/['()*]/g, (letter) => `%${letter.charCodeAt(0).toString(16)}`);
  event.respondWith(
    new Response(save.body, {
      headers: {
        "Content-Type": "application/octet-stream",
        "Content-Length": `${save.size}`,
        "Content-Disposition": `attachment; filename*=UTF-8''${name}`,
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "X-Content-Type-Options": "nosniff",
      },
    }),
  );
});
