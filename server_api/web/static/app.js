/* The frame of the application: where one is, what is shown there, and what is on its way. */

import { Account } from "./account.js";
import { Activity } from "./activity.js";
import { Admin } from "./admin.js";
import { Deleted } from "./deleted.js";
import { Devices } from "./devices.js";
import { complain, leaveDialog, menu } from "./dialogs.js";
import { button, fill, h, icon } from "./dom.js";
import { Files } from "./files.js";
import { get } from "./api.js";
import { addressOf, whereabouts } from "./places.js";
import { size } from "./present.js";
import { Shares } from "./shares.js";
import { Transfers } from "./transfers.js";
import { Tree } from "./tree.js";

const PLACES = [
  { at: "files", words: "All files", glyph: "folder", Page: Files },
  { at: "shares", words: "Shared", glyph: "share", Page: Shares },
  { at: "deleted", words: "Deleted", glyph: "trash", Page: Deleted },
  { at: "activity", words: "Activity", glyph: "activity", Page: Activity },
  { at: "devices", words: "Devices", glyph: "device", Page: Devices },
  { at: "account", words: "Account", glyph: "account", Page: Account },
  ...("isAdmin" in document.body.dataset ? [{ at: "server", words: "Server", glyph: "server", Page: Admin }] : []),
];

class App {
  constructor(tree) {
    this.tree = tree;
    this.transfers = new Transfers(this);
    this.email = document.body.dataset.email;
    this.links = new Map(
      PLACES.map(({ at, words, glyph }) => [at, h("a", { href: addressOf(at) }, icon(glyph), h("span", {}, words))]),
    );
    this.stage = h("main", { id: "stage", tabIndex: -1 });
    this.state = h("p", { class: "state", role: "status" });
    this.quota = h("div", { class: "quota" });
    this.nav = h("nav", { "aria-label": "Places" }, [...this.links.values()], this.quota);
    this.menuButton = button("Places", () => this.#showNav(), { glyph: "menu", isBare: true, id: "menu", "aria-expanded": "false" });
    const frame = h(
      "div",
      { class: "frame" },
      h(
        "header",
        { class: "bar" },
        this.menuButton,
        h("a", { class: "product", href: addressOf("files") }, "Lockstep"),
        this.state,
        button("Account and signing out", (event) => this.#openAccount(event), { glyph: "account", isBare: true }),
      ),
      this.nav,
      this.stage,
      this.transfers.element,
    );
    fill(document.body, h("a", { class: "skip", href: "#stage", onclick: (event) => this.#skip(event) }, "Skip to the content"), frame);
    addEventListener("hashchange", () => {
      leaveDialog();
      this.go();
    });
    addEventListener("pointerdown", ({ target }) => target.closest("nav, #menu") || this.#showNav(false));
    addEventListener("keydown", ({ key }) => key === "Escape" && this.#showNav(false));
    addEventListener("online", () => this.#readAgain());
    tree.addEventListener("reachable", ({ detail }) => this.#tellReachable(detail));
    tree.addEventListener("lost", () => this.page.refresh?.());
    tree.addEventListener("changed", ({ detail }) => this.page.changed?.(detail));
    tree.addEventListener("changed", () => this.#soonMeasure());
    tree.follow();
    this.go();
    this.measure().catch(() => {});
  }

  /** Shows what the address says. */
  go() {
    const { place, names } = whereabouts();
    const found = PLACES.find(({ at }) => at === place) ?? PLACES[0];
    for (const [at, link] of this.links) {
      if (at === found.at) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
    this.#showNav(false);
    if (!(this.page instanceof found.Page)) {
      this.page?.leave?.();
      this.page = new found.Page(this);
      fill(this.stage, this.page.element);
    }
    document.title = `${names.length ? names.at(-1).replace(/[\p{Cc}\p{Cf}]/gu, "\ufffd") : found.words} – Lockstep`;
    Promise.resolve(this.page.open(names)).catch(complain);
  }

  /** How much is stored. */
  async measure() {
    const { used_bytes: used, quota_bytes: quota } = await get("/v1/account");
    fill(
      this.quota,
      quota ? h("progress", { max: quota, value: Math.min(used, quota), "aria-label": "Storage in use" }) : null,
      h("p", {}, quota ? `${size(used)} of ${size(quota)}` : `${size(used)} stored`),
    );
  }

  #soonMeasure() {
    clearTimeout(this.measuring);
    this.measuring = setTimeout(() => this.measure().catch(() => {}), 3000);
  }

  /** What could not be read meanwhile. */
  #readAgain() {
    this.page.refresh?.().catch(() => {});
  }

  #tellReachable(isReachable) {
    if (isReachable) this.#readAgain();
    fill(this.state, isReachable ? null : [icon("offline"), "The server cannot be reached. Trying again."]);
  }

  /** Where there is no room for it, it lies over the content. */
  #showNav(isShown = !document.body.classList.contains("navigating")) {
    document.body.classList.toggle("navigating", isShown);
    this.menuButton.setAttribute("aria-expanded", String(isShown));
  }

  #skip(event) {
    event.preventDefault();
    this.stage.focus();
  }

  #openAccount(event) {
    const { left, bottom } = event.currentTarget.getBoundingClientRect();
    menu(left, bottom + 4, [
      { words: this.email, glyph: "account", act: () => (location.hash = addressOf("account")) },
      { words: "Sign out", glyph: "out", act: () => this.leave() },
    ]);
  }

  /** Ends the session of this browser. */
  leave() {
    this.tree.rest(); // or it would hear first that nobody is signed in, and lead elsewhere
    const form = h("form", { method: "post", action: "/sign-out", hidden: true });
    document.body.append(form);
    form.submit();
  }
}

Tree.open().then((tree) => new App(tree), (error) => fill(document.body, h("p", { class: "alone bad" }, error.message)));
