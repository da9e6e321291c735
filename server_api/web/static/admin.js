/* The server, for its admins: who has an account, what is stored, how that went, and how the store is looked after. */

import { ask, get } from "./api.js";
import { chart } from "./charts.js";
import { uuidOf } from "./content/encoding.js";
import { complain, menu, passwordQuestion, question, telling, toast } from "./dialogs.js";
import { button, fill, h, icon, named } from "./dom.js";
import { ListPage } from "./listing.js";
import { counted, exactly, size, when } from "./present.js";

const GB = 1e9;
const TIERS = { standard: "", old: ", told to the store as used by old versions only" };
const STATES = { registered: "announced", arriving: "being copied", sealed: "not read back yet", verified: "read back and right", refused: "refused" };

export class Admin extends ListPage {
  constructor(app) {
    super(app, { title: "Server", glyph: "server", empty: "There is no account." });
    this.figures = h("div", { class: "figures" });
    this.people = h("h2", {}, "Accounts");
    this.head.after(this.figures, this.people);
  }

  async open() {
    await Promise.all([super.open(), this.#draw()]);
  }

  /** What anybody changes in their files is no reason to look again. */
  changed() {}

  async read(after) {
    const { users, complete } = await get(`/v1/admin/users${after ? `?after=${encodeURIComponent(after)}` : ""}`);
    return { items: users, before: users.at(-1)?.email ?? after, complete };
  }

  async #draw() {
    const found = await get("/v1/admin/overview");
    const { days } = found;
    fill(this.people, `Accounts (${found.accounts})`);
    fill(
      this.figures,
      h("p", { class: "quiet" }, ...summary(found)),
      found.measured_at === null
        ? h("p", { class: "quiet" }, "What is stored is being counted. Look again in a few minutes.")
        : h("div", { class: "charts" },
            chart("Changes a day", days.map(({ day, changes }) => [day, changes]), (number) => number.toLocaleString()),
            chart("Stored", days.map(({ day, stored }) => [day, stored]), size),
            chart("Devices seen a day", days.map(({ day, devices }) => [day, devices]), (number) => number.toLocaleString()),
            chart("Accounts", days.map(({ day, accounts }) => [day, accounts]), (number) => number.toLocaleString())),
      found.measured_at === null ? null : h("section", {}, h("h2", {}, "Storage"), storage(found)),
      h("section", {}, h("h2", {}, "Care"), h("ul", { class: "told" }, care(found).map((words) => h("li", {}, words)))),
    );
  }

  draw(user) {
    const { email, role, disabled, used_bytes: used, quota_bytes: quota, last_seen_at: seen, delete_at: deleteAt } = user;
    const marks = [role === "admin" && "admin", disabled && "disabled", deleteAt && `goes for good ${when(deleteAt)}`].filter(Boolean);
    return h("li", { class: disabled ? "over" : "" },
      h("span", { class: "picture" }, icon("account")),
      h("div", { class: "what" },
        h("p", { class: "title" }, named(email), marks.map((words) => h("span", { class: "mark" }, words))),
        h("p", { class: "quiet" }, quota === null ? `${size(used)}, no limit` : `${size(used)} of ${size(quota)}`,
          seen ? [", seen ", h("time", { title: exactly(seen), dateTime: new Date(seen).toISOString() }, when(seen))] : ", never seen"),
        quota ? h("progress", { max: quota, value: Math.min(used, quota), "aria-label": `Storage of ${email}` }) : null),
      h("div", { class: "do" },
        button(`Change ${email}`, (event) => this.#offer(event, user), { glyph: "more", isBare: true })));
  }

  #offer(event, user) {
    const { left, bottom } = event.currentTarget.getBoundingClientRect();
    const isMe = user.email === this.app.email;
    menu(left, bottom + 4, [
      { words: "Set the quota …", glyph: "account", act: telling(() => this.#setQuota(user)) },
      isMe ? null : this.#roleItem(user),
      isMe ? null : this.#stateItem(user),
    ]);
  }

  #roleItem(user) {
    const isAdmin = user.role === "admin";
    return {
      words: isAdmin ? "Make a member …" : "Make an admin …", glyph: "server",
      act: () => this.#change(user, {
        title: isAdmin ? `Make ${user.email} a member?` : `Make ${user.email} an admin?`,
        explanation: isAdmin ? "They see this page no more. Their files stay as they are." : "Admins see all accounts, set quotas and disable accounts. They see nobody's files.",
        words: isAdmin ? "Make a member" : "Make an admin",
        done: isAdmin ? `${user.email} is a member.` : `${user.email} is an admin.`,
        change: { role: isAdmin ? "member" : "admin" },
      }),
    };
  }

  #stateItem(user) {
    return {
      words: user.disabled ? "Enable …" : "Disable …", glyph: user.disabled ? "check" : "close", look: user.disabled ? "" : "bad",
      act: () => this.#change(user, {
        title: user.disabled ? `Enable ${user.email}?` : `Disable ${user.email}?`,
        explanation: user.disabled
          ? "They can sign in again. Their devices have to be linked again."
          : "All their devices and browsers are signed out for good, and their links lead to nothing. Their files stay on the server and on the devices.",
        words: user.disabled ? "Enable the account" : "Disable the account",
        done: user.disabled ? `${user.email} can sign in again.` : `${user.email} is disabled.`,
        change: { disabled: !user.disabled },
      }),
    };
  }

  async #change(user, { title, explanation, words, done, change }) {
    try {
      const isDone = await passwordQuestion(title, explanation, words, (password) => patch(user, { ...change, password }));
      if (!isDone) return;
      toast(done);
      await this.open();
    } catch (error) {
      complain(error);
    }
  }

  async #setQuota(user) {
    const amount = h("input", { type: "number", min: 0, max: 9_000_000, step: "any", placeholder: "no limit", value: user.quota_bytes === null ? "" : user.quota_bytes / GB });
    amount.setAttribute("autofocus", "");
    const password = h("input", { type: "password", required: true, maxLength: 1024, autocomplete: "current-password" });
    const isDone = await question(`Quota of ${user.email}`, [
      h("p", {}, `${size(user.used_bytes)} are in use, with all versions that are kept. Who has less than they use keeps everything, and can add nothing.`),
      h("label", {}, "At most, in GB", amount),
      h("label", {}, "Your password", password),
    ], [["Set the quota", () => patch(user, { quota_bytes: amount.value === "" ? null : Math.round(amount.value * GB), password: password.value })]]);
    if (!isDone) return;
    toast(`The quota of ${user.email} is set.`);
    await this.open();
  }
}

async function patch({ account_id: id }, body) {
  await ask("PATCH", `/v1/admin/users/${uuidOf(id)}`, body);
  return true;
}

function summary({ accounts, admins, disabled, without_quota: unlimited, quota_bytes: promised, measured_at: at }) {
  const people = `${counted(accounts, "account")}, ${counted(admins, "admin")}${disabled ? `, ${disabled} disabled` : ""}. `;
  const quotas = unlimited === accounts ? "No account has a quota." : `Quotas of ${size(promised)} together${unlimited ? `; ${unlimited} without one` : ""}.`;
  return [people, quotas, at === null ? null : [" Counted ", h("time", { title: exactly(at), dateTime: new Date(at).toISOString() }, when(at)), "."]].flat().filter(Boolean);
}

function storage({ stored, packs, chunks }) {
  const rows = [
    ...stored.map(({ store, tier, packs: number, size: bytes }) => [`In ${store}${TIERS[tier] ?? `, ${tier}`}`, number, bytes]),
    ...packs.map(({ state, packs: number, size: bytes }) => [`Of these ${STATES[state] ?? state}`, number, bytes]),
  ];
  return h("table", { class: "numbers" },
    h("thead", {}, h("tr", {}, ["Where", "Objects", "Size"].map((words) => h("th", { scope: "col" }, words)))),
    h("tbody", {}, rows.map(([words, number, bytes]) => h("tr", {}, h("th", { scope: "row" }, words), h("td", {}, number.toLocaleString()), h("td", {}, size(bytes))))),
    h("tfoot", {}, h("tr", {}, h("td", { colSpan: 3 }, `${counted(chunks, "different piece")} of files in them.`))));
}

function care({ scrub, collection }) {
  const { started_at: started, ended_at: ended, broken_versions: broken } = scrub;
  return [
    started ? `Reading everything back began ${when(started)} and goes on.` : null,
    ended === null ? "Everything was never read back from the store yet: “lockstep server scrub” does it."
      : broken ? h("span", { class: "bad" }, icon("attention"), `Everything was last read back ${when(ended)}: ${counted(broken, "version")} could not be read whole. “lockstep server scrub --repair” tells more.`)
        : `Everything was last read back ${when(ended)}, and all of it was right.`,
    collection.held_until ? h("span", { class: "warn" }, icon("attention"), `What nobody needs any more is kept until ${when(collection.held_until)}, since the server was restored from a backup.`)
      : collection.ended_at === null ? "What nobody needs any more was never collected yet." : `What nobody needs any more was last collected ${when(collection.ended_at)}.`,
  ].filter(Boolean);
}
