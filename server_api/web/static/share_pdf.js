/* A PDF on the page of a link for looking only. It is asked for once, from its start: that is one look, which may be counted. */

import { fill, h } from "./dom.js";
import { drawPages } from "./pdf.js";

const ADVICE = "Ask whoever sent you the link.";
const place = document.querySelector("[data-pdf]");
const left = new AbortController();
addEventListener("pagehide", () => left.abort());
addEventListener("pageshow", ({ persisted }) => persisted && location.reload()); // it was left, and is looked at again

try {
  const answer = await fetch(place.dataset.pdf, { signal: left.signal, referrerPolicy: "no-referrer" });
  if (answer.ok) await drawPages(place, new Uint8Array(await answer.arrayBuffer()), left.signal, ADVICE);
  else fill(place, h("p", { role: "status" }, answer.status === 503 ? "Many look at files here just now. Try again soon." : "This link is over."));
} catch {
  if (!left.signal.aborted) fill(place, h("p", { role: "status" }, "This PDF did not come. Is there a connection? Load the page again."));
}
