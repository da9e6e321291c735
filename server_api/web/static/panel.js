/* Beside the files: what is known of the one that is chosen, its versions, and the links to it. */

import { telling, toast } from "./dialogs.js";
import { button, fill, h, icon, named } from "./dom.js";
import { counted, exactly, glyph, size, when } from "./present.js";
import { drawPreview, open as preview } from "./preview.js";
import { drawShares } from "./sharing.js";
import { FOLDER, above } from "./tree.js";

const KEY = "lockstep-panel";
const WIDE = matchMedia("(min-width: 68.75em)");
const AFTER_MS = 120; // the selection rests
const TIERS = { standard: "", old: ", in its cold tier" };

export class Panel {
  #asking = null;
  #shown = null;
  #tab = "Details";
  #tabs;

  constructor(files) {
    this.files = files;
    this.body = h("div", { class: "body" });
    this.element = h("aside", { class: "panel", "aria-label": "Details" }, this.body);
    this.isOpen = WIDE.matches && localStorage.getItem(KEY) !== "closed";
    this.#show();
    fill(this.body, h("p", { class: "quiet" }, "Choose a file to see what is known of it."));
  }

  toggle() {
    this.isOpen = !this.isOpen;
    localStorage.setItem(KEY, this.isOpen ? "open" : "closed");
    this.#show();
    if (this.isOpen) this.show(this.files.selection.entries, { isForced: true });
  }

  #show() {
    this.element.hidden = !this.isOpen;
    document.body.classList.toggle("with-panel", this.isOpen);
  }

  /** Goes, where it lies over the list: what it told of is not there any more. */
  makeRoom() {
    if (WIDE.matches || !this.isOpen) return;
    this.isOpen = false;
    this.#show();
  }

  /** Follows the selection, once it rests. */
  show(entries, { isForced = false } = {}) {
    const key = entries.map(({ node_id, revision_id }) => node_id + revision_id).join();
    if (!this.isOpen || (key === this.#shown && !isForced)) return;
    this.rest();
    this.#shown = key;
    this.#asking = new AbortController();
    this.soon = setTimeout(telling(() => this.#draw(entries)), AFTER_MS);
  }

  /** What was being found out is not wanted any more. */
  rest() {
    clearTimeout(this.soon);
    this.#asking?.abort();
    this.#shown = null;
  }

  async #draw(entries) {
    const close = button("Close the details", () => this.toggle(), { glyph: "close", isBare: true });
    if (entries.length !== 1) {
      const bytes = entries.reduce((sum, entry) => sum + entry.size, 0);
      fill(this.body, h("header", {}, h("h2", {}, entries.length ? counted(entries.length, "item") : "Details"), close),
        h("p", { class: "quiet" }, entries.length ? size(bytes) : "Choose a file to see what is known of it."),
        entries.length ? button("Download", telling(() => this.files.acts.downloadAll(entries)), { glyph: "download" }) : null);
      return;
    }
    const [entry] = entries;
    const place = h("section", { role: "tabpanel", "aria-labelledby": `tab-${this.#tab}`, tabIndex: 0 });
    const picture = h("div", { class: "preview" }, icon(glyph(entry)));
    this.#tabs = ["Details", ...(entry.kind === FOLDER ? [] : ["Versions"]), "Sharing"];
    if (!this.#tabs.includes(this.#tab)) this.#tab = "Details";
    const tabs = h("div", { role: "tablist", "aria-label": "About this item" }, this.#tabs.map((name) => this.#tabButton(name, place, entry)));
    fill(this.body, h("header", {}, h("h2", {}, named(entry.name)), close), picture, tabs, place);
    this.#open(this.#tab, place, entry);
    if (entry.kind !== FOLDER) await quietly(drawPreview(picture, this.files, entry, { isSmall: true, signal: this.#asking.signal }));
  }

  #tabButton(name, place, entry) {
    return h("button", {
      type: "button", role: "tab", id: `tab-${name}`, "aria-selected": String(name === this.#tab),
      tabIndex: name === this.#tab ? 0 : -1,
      onclick: () => this.#open(name, place, entry),
      onkeydown: (event) => {
        const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
        if (!step) return;
        const to = this.#tabs.at((this.#tabs.indexOf(name) + step) % this.#tabs.length);
        this.#open(to, place, entry);
        document.getElementById(`tab-${to}`).focus();
      },
    }, name);
  }

  #open(name, place, entry) {
    this.#tab = name;
    for (const tab of this.body.querySelectorAll("[role=tab]")) {
      const isIt = tab.id === `tab-${name}`;
      tab.setAttribute("aria-selected", String(isIt));
      tab.tabIndex = isIt ? 0 : -1;
    }
    place.setAttribute("aria-labelledby", `tab-${name}`);
    const shown = h("div", {}, h("p", { class: "quiet" }, "…")); // an answer that comes late fills what is not seen any more
    fill(place, shown);
    const draw = { Details: drawDetails, Versions: drawVersions, Sharing: this.#drawShares }[name];
    telling(() => quietly(draw(shown, this.files, entry, this.#asking.signal)))();
  }

  #drawShares = (place, files, entry) => drawShares(place, files.tree, entry);
}

/** Whatever was chosen may be gone a moment later; then something else is shown soon. */
const quietly = (drawing) => drawing.catch((error) => {
  if (error.name !== "AbortError" && error.code !== "not-found" && error.code !== "gone") throw error;
});

async function drawDetails(place, { tree }, entry, signal) {
  const about = await tree.details(entry.path, signal);
  const line = (words, ...value) => [h("dt", {}, words), h("dd", {}, ...value)];
  const time = (ms) => h("time", { title: exactly(ms), dateTime: new Date(ms).toISOString() }, when(ms));
  const isFile = entry.kind !== FOLDER;
  const writtenBy = about.devices.map(({ name }) => name).join(", ");
  const onDevices = about.kept_by.flatMap(({ name, told_at: at }, i) => [i ? ", " : "", named(name), " (as of ", time(at), ")"]);
  fill(
    place,
    h("dl", {},
      isFile ? line("Size", h("span", { title: `${entry.size} bytes` }, size(entry.size))) : null,
      line("In", named(above(entry.path) || "All files")),
      line("Changed", time(entry.committed_at)),
      isFile && entry.mtime_ns ? line("Last edited", time(entry.mtime_ns / 1e6)) : null,
      about.on_server_since ? line("On the server since", time(about.on_server_since)) : null,
      isFile && entry.kind === 1 ? line("Checked on the server", about.verified_at ? time(about.verified_at) : "not yet") : null,
      about.versions ? line("Versions", String(about.versions)) : null,
      about.stored.map(({ store, tier, size: bytes }) => line("Stored", `${size(bytes)} in ${store}${TIERS[tier] ?? `, ${tier}`}`)),
      entry.kind === 1 ? line("On devices", ...(onDevices.length ? onDevices : ["None has said that it has it as it is now."])) : null,
      writtenBy ? line("Written by", named(writtenBy)) : null),
  );
}

async function drawVersions(place, files, entry) {
  const { tree, app } = files;
  const list = h("ol", { class: "list versions" });
  const more = button("Show older ones", telling(() => draw()), { look: "link" });
  let last;
  async function draw() {
    const page = await tree.versions(entry.path, last);
    last = page.versions.at(-1)?.revision_id;
    list.append(...page.versions.map(item));
    more.hidden = page.complete;
  }
  function item(version) {
    const { created_at: at, device, size: bytes, is_current: isCurrent, expired, revision_id: revision } = version;
    const node = { ...entry, ...version, path: entry.path };
    return h("li", {},
      h("div", { class: "what" },
        h("p", {}, h("time", { title: exactly(at), dateTime: new Date(at).toISOString() }, when(at)), isCurrent ? h("b", {}, " · now") : null),
        h("p", { class: "quiet" }, [size(bytes), named(device)].flatMap((part, i) => (i ? [" · ", part] : [part])), expired ? " · not kept any more" : "")),
      expired ? null : h("div", { class: "do" },
        isCurrent ? null : button(`Open the version of ${when(at)}`, telling(() => preview(files, node, { old: at })), { glyph: "eye", isBare: true }),
        button("Download", () => app.transfers.download(node, { isOld: !isCurrent, at }), { glyph: "download", isBare: true, "aria-label": `Download the version of ${when(at)}` }),
        isCurrent ? null : button("Restore", telling(async () => {
          await tree.restore(entry.path, revision);
          toast(`“${entry.name}” is as it was ${when(at)}. The version before is kept.`, { kind: "restored" });
        }), { look: "second", "aria-label": `Restore the version of ${when(at)}` })));
  }
  fill(place, list, more);
  await draw();
}
