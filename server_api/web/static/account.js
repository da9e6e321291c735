/* One's own account: what it stores, its password, its second factor, and what was recorded of it. */

import { get, post } from "./api.js";
import { passwordQuestion, question, telling, toast } from "./dialogs.js";
import { button, fill, h, named, svg } from "./dom.js";
import { exactly, size, when } from "./present.js";
import { encode } from "./vendor/uqr.mjs";

export class Account {
  constructor(app) {
    this.app = app;
    this.element = h("div", { class: "page account" });
  }

  async open() {
    const [account, factor, { entries }] = await Promise.all([
      get("/v1/account"), get("/v1/account/second-factor"), get("/v1/account/audit"),
    ]);
    fill(
      this.element,
      h("header", { class: "title" }, h("h1", {}, "Account"), h("p", { class: "quiet" }, named(account.email))),
      this.#storage(account),
      this.#password(),
      this.#factor(factor),
      h("section", {}, h("h2", {}, "What was recorded"), h("ol", { class: "list" }, entries.slice(0, 30).map(recorded))),
      h("section", {}, button("Sign out", () => this.app.leave(), { look: "second", glyph: "out" })),
    );
  }

  #storage({ used_bytes: used, quota_bytes: quota }) {
    return h("section", {}, h("h2", {}, "Storage"),
      quota ? h("progress", { max: quota, value: Math.min(used, quota), "aria-label": "Storage in use" }) : null,
      h("p", {}, quota ? `${size(used)} of ${size(quota)} in use, with all versions that are kept.` : `${size(used)} in use, with all versions that are kept. There is no limit.`));
  }

  #password() {
    return h("section", {}, h("h2", {}, "Password"),
      h("p", { class: "quiet" }, "Changing it signs out all other devices and browsers."),
      button("Change the password …", telling(() => this.#changePassword()), { look: "second" }));
  }

  async #changePassword() {
    const now = h("input", { type: "password", required: true, maxLength: 1024, autocomplete: "current-password" });
    const next = h("input", { type: "password", required: true, minLength: 8, maxLength: 1024, autocomplete: "new-password" });
    now.setAttribute("autofocus", "");
    const isDone = await question("Change the password", [
      h("label", {}, "The password of now", now),
      h("label", {}, "The new one, at least 8 characters", next),
    ], [["Change the password", async () => {
      await post("/v1/account/password", { password: now.value, new_password: next.value });
      return true;
    }]]);
    if (isDone) toast("The password is changed. All other devices are signed out.");
  }

  #factor({ is_on: isOn, recovery_codes_left: left }) {
    const codes = `${left} recovery ${left === 1 ? "code is" : "codes are"} left.`;
    return h("section", {}, h("h2", {}, "Second factor"),
      h("p", {}, isOn ? `Signing in needs a code from your authenticator as well. ${codes}` : "With it, signing in also needs a code from an authenticator application."),
      isOn
        ? h("div", { class: "buttons" },
            button("New recovery codes …", telling(() => this.#renewCodes()), { look: "second" }),
            button("Turn it off …", telling(() => this.#turnOff()), { look: "second" }))
        : button("Turn it on …", telling(() => this.#turnOn()), { look: "second" }));
  }

  async #turnOn() {
    const made = await passwordQuestion("Turn the second factor on", "It needs an authenticator application, on a phone for example.", "Go on", (password) =>
      post("/v1/account/second-factor/enrol", { password }));
    if (!made) return;
    const code = h("input", { required: true, maxLength: 64, autocomplete: "one-time-code", inputMode: "numeric" });
    code.setAttribute("autofocus", "");
    const confirmed = await question("Add it to your authenticator", [
      qr(made.uri),
      h("p", {}, "Have it read this picture. Or type the secret into it, or, if it is on this device, ", h("a", { href: made.uri }, "open it there"), "."),
      h("pre", { tabIndex: 0, "aria-label": "Secret" }, made.secret.replace(/(.{4})(?=.)/g, "$1 ")),
      h("label", {}, "The code that it shows", code),
    ], [["Turn it on", () => post("/v1/account/second-factor/confirm", { code: code.value })]]);
    if (!confirmed) return;
    await showCodes(confirmed.codes);
    await this.open();
  }

  async #renewCodes() {
    const made = await passwordQuestion("New recovery codes", "Those of before are good for nothing any more.", "Make new codes", (password) =>
      post("/v1/account/second-factor/recovery-codes", { password }));
    if (!made) return;
    await showCodes(made.codes);
    await this.open();
  }

  async #turnOff() {
    const isOff = await passwordQuestion("Turn the second factor off?", "Signing in needs the password alone then.", "Turn it off", async (password) => {
      await post("/v1/account/second-factor/off", { password });
      return true;
    });
    if (isOff) await this.open();
  }
}

/** A text for a camera: dark on white in any theme, for not every camera reads the contrary. */
function qr(text) {
  const { data, size: width } = encode(text, { ecc: "M", border: 0 });
  const dots = data.flatMap((line, y) => line.map((isDark, x) => (isDark ? `M${x} ${y}h1v1h-1z` : "")));
  return svg("svg", { viewBox: `0 0 ${width} ${width}`, class: "qr", role: "img", "aria-label": "QR code", "shape-rendering": "crispEdges" }, svg("path", { d: dots.join("") }));
}

function showCodes(codes) {
  return question("Your recovery codes", [
    h("p", {}, "Each signs you in once, should you lose your authenticator. They are shown now and never again: keep them safe."),
    h("pre", { class: "codes", tabIndex: 0, "aria-label": "Recovery codes" }, codes.join("\n")),
  ], [["I have kept them", () => true]], { mayLeave: areKept });
}

const areKept = () =>
  question("Have you kept the codes?", h("p", {}, "They cannot be shown again."), [
    ["I have kept them", () => true, "second"],
    ["Look at them again", () => false],
  ]);

/** The server's own words, such as `mail-sent` and `new-device`. */
function recorded({ at, action, detail: more, device }) {
  const words = action.replaceAll("-", " ");
  const detail = action === "mail-sent" ? more.replaceAll("-", " ") : more;
  return h("li", {}, h("div", { class: "what" },
    h("p", {}, words[0].toUpperCase() + words.slice(1), device ? [" · ", named(device)] : null),
    h("p", { class: "quiet" }, h("time", { title: exactly(at), dateTime: new Date(at).toISOString() }, when(at)), detail ? [" · ", named(detail)] : null)));
}
