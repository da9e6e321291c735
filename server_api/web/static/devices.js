/* The devices and browsers of the account, and ending what one may do. */

import { get, post } from "./api.js";
import { passwordQuestion, telling, toast } from "./dialogs.js";
import { button, h, icon, named } from "./dom.js";
import { ListPage } from "./listing.js";
import { exactly, when } from "./present.js";
import { uuidOf } from "./content/encoding.js";

export class Devices extends ListPage {
  constructor(app) {
    super(app, { title: "Devices", glyph: "device", empty: "There is no device." });
    const { command } = document.body.dataset;
    this.element.append(h("section", { class: "linking" },
      h("h2", {}, "Link another device"),
      h("p", {}, "Install Lockstep on it, choose a folder and run"),
      h("pre", { tabIndex: 0, "aria-label": "Command" }, command),
      h("p", { class: "quiet" }, "It asks for your password. What is in the folder already is merged; nothing is deleted."),
      "isLoopback" in document.body.dataset
        ? h("p", { class: "hint" }, icon("attention"), "This address works on this computer alone. From another one, use the server's address in your network.")
        : null));
  }

  async read() {
    const { devices } = await get("/v1/devices");
    return { items: devices, before: null, complete: true };
  }

  draw(device) {
    const { name, last_seen_at: seen, is_current: isCurrent, revoked_at: revoked, kind } = device;
    const state = isCurrent ? "this browser" : revoked ? `signed out ${when(revoked)}` : kind === "browser" ? "a browser that is signed in" : "linked";
    return h("li", { class: revoked ? "over" : "" },
      h("span", { class: "picture" }, icon(kind === "browser" ? "browser" : "device")),
      h("div", { class: "what" },
        h("p", { class: "title" }, named(name)),
        h("p", { class: "quiet" }, `${state}, seen `, h("time", { title: exactly(seen), dateTime: new Date(seen).toISOString() }, when(seen)))),
      isCurrent || revoked ? null : h("div", { class: "do" },
        button("Revoke", telling(() => this.#revoke(device)), { look: "second", glyph: "close", "aria-label": `Revoke ${name}` })));
  }

  async #revoke({ device_id: id, name }) {
    const isRevoked = await passwordQuestion(
      `Revoke “${name}”?`,
      "It is signed out at once and for good. What it has synced stays on it; nothing of it is deleted here.",
      "Revoke the device",
      async (password) => {
        await post(`/v1/devices/${uuidOf(id)}/revoke`, { password });
        return true;
      },
    );
    if (!isRevoked) return;
    toast(`“${name}” is signed out.`);
    await this.open();
  }
}
