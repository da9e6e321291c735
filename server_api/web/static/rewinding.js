/* A folder as it was: before something that happened, chosen from a list, with what it would change told first. */

import { question, telling, toast } from "./dialogs.js";
import { button, h, named } from "./dom.js";
import { counted, exactly, when } from "./present.js";
import { nameOf } from "./tree.js";
import { wordsFor } from "./activity.js";

/** Asks for the moment, and makes the folder at the path as it was just before it. */
export async function rewindDialog(tree, path) {
  const name = path ? `“${nameOf(path)}”` : "Everything";
  let chosen = null; // the moment: as the server takes it, and as it is told
  const outcome = h("p", { class: "quiet", role: "status" }, "Choose the first change that is to be undone, or a time.");
  const moments = h("div", { class: "moments", role: "radiogroup", "aria-label": "Before" });
  const older = button("Show older ones", telling(() => draw()), { look: "link" });
  let before = null;

  async function choose(at, moment) {
    const mine = (chosen = { at, moment });
    outcome.textContent = "…";
    const words = await tree.rewind({ path, ...moment, dry_run: true }).then(effects, whyNot);
    if (chosen === mine) outcome.textContent = words;
  }

  const time = h("input", {
    type: "datetime-local",
    onchange: () => {
      const at = new Date(time.value).getTime();
      if (Number.isNaN(at)) return;
      moments.querySelectorAll("input").forEach((each) => (each.checked = false));
      choose(at, { to_at: at });
    },
  });

  async function draw() {
    const page = await tree.activity(before, { path });
    before = page.before;
    older.hidden = page.complete;
    // By their time: other things that were done at once may be told elsewhere in the list.
    moments.append(...page.entries.map((entry) =>
      h("label", {},
        h("input", { type: "radio", name: "moment", onchange: () => ((time.value = ""), choose(entry.at, { to_at: Math.max(entry.at - 1, 0) })) }),
        h("span", {},
          h("time", { title: exactly(entry.at), dateTime: new Date(entry.at).toISOString() }, when(entry.at)), " before ", named(entry.device || "the server"), ` ${wordsFor(entry.what)} `,
          (entry.count ?? 1) > 1 ? counted(entry.count, "item") : named(nameOf(entry.path))))));
  }

  const asked = question(`${name} as it was`, [h("div", { class: "scroll" }, moments, older), h("label", {}, "As it was at", time), outcome], [
    ["Make it as it was", async () => {
      if (!chosen) throw new Error("Choose a moment first.");
      return tree.rewind({ path, ...chosen.moment });
    }],
  ]);
  await draw();
  const done = await asked;
  if (!done) return;
  toast(`${name} is as it was ${when(chosen.at)}.`, {
    kind: "rewound", action: "Undo",
    act: telling(async () => {
      await tree.rewind({ path, to_seq: done.undo_seq });
      toast(`${name} is as it was before that.`, { kind: "rewound" });
    }),
  });
}

const whyNot = (error) => (error.code === "not-found" ? "The folder was not there then." : error.message);

/** What rewinding does, in a sentence. */
function effects({ changed = 0, moved = 0, deleted = 0, restored = 0, copied = 0, returned = 0, expired = [], stayed = [] }) {
  const parts = [
    changed && `${counted(changed, "file")} ${changed === 1 ? "gets" : "get"} the content of then`,
    restored && `${counted(restored, "item")} ${restored === 1 ? "comes" : "come"} back`,
    moved && `${counted(moved, "item")} ${moved === 1 ? "goes" : "go"} back to ${moved === 1 ? "its place" : "their places"}`,
    copied && `${counted(copied, "item")} that went elsewhere ${copied === 1 ? "comes as a copy" : "come as copies"}`,
    returned && `${counted(returned, "item")} that came from elsewhere ${returned === 1 ? "goes" : "go"} home`,
    deleted && `${counted(deleted, "item")} that ${deleted === 1 ? "is" : "are"} newer ${deleted === 1 ? "is" : "are"} deleted`,
    stayed.length && `${counted(stayed.length, "item")} cannot go home and ${stayed.length === 1 ? "stays" : "stay"}`,
    expired.length && `of ${counted(expired.length, "file")} the content of then is not kept any more`,
  ].filter(Boolean);
  if (!parts.length) return "Nothing would change.";
  const all = parts.join("; ");
  return `${all[0].toUpperCase()}${all.slice(1)}. You can take it back.`;
}

