/* Questions and short messages. A question's buttons are verbs; Esc and the cross leave everything as it is. */

import { Refused, Unreachable } from "./api.js";
import { button, h, icon } from "./dom.js";

const TOAST_MS = 10_000;
const open = []; // dialogs, the uppermost last: what leaves each
let made = 0;

/**
 * Asks in a dialog. `body` are elements, `actions` pairs of words and a function that may return a promise; what it rejects
 * with is shown, and the dialog stays. Resolves with the function's value, or `undefined` if the person left; `mayLeave()`, a
 * promise perhaps, is asked before.
 */
export function question(title, body, actions, { isWide = false, mayLeave = () => true } = {}) {
  return new Promise((resolve) => {
    const problem = h("p", { class: "bad", role: "alert", hidden: true });
    const id = `question-${++made}`;
    const heading = h("h2", { id }, title);
    let answer;
    const buttons = actions.map(([words, act, look = "main"]) =>
      h("button", { type: look === "main" ? "submit" : "button", class: look, onclick: (event) => run(event, act) }, words),
    );
    async function run(event, act) {
      const form = dialog.querySelector("form");
      event.preventDefault();
      if (!form.reportValidity()) return;
      buttons.forEach((each) => (each.disabled = true));
      try {
        answer = await act();
        close();
      } catch (error) {
        problem.textContent = error.message;
        problem.hidden = false;
      } finally {
        buttons.forEach((each) => (each.disabled = false));
      }
    }
    async function leave() {
      if (open.at(-1) === leave && (await mayLeave())) close();
    }
    function close() {
      const at = open.indexOf(leave);
      if (at >= 0) open.splice(at, 1);
      dialog.close();
    }
    const dialog = h(
      "dialog",
      {
        class: isWide ? "wide" : "",
        "aria-labelledby": id,
        onclose: () => {
          dialog.remove();
          // What had the keys before may be hidden by now.
          const list = document.querySelector(".rows:not([hidden])") ?? document.querySelector("main");
          if (document.activeElement === document.body) list?.focus({ preventScroll: true });
          resolve(answer);
        },
        onclick: (event) => {
          if (event.target === dialog) leave(); // beside it; "false" would undo the click
        },
        onkeydown: (event) => {
          event.stopPropagation();
          if (event.key !== "Escape" || event.isComposing) return;
          event.preventDefault(); // a browser closes what it has asked once, whatever is answered
          leave();
        },
        oncancel: (event) => {
          if (event.target !== dialog) return; // of a field that chooses files
          event.preventDefault();
          leave();
        },
      },
      h(
        "form",
        { method: "dialog" },
        h("header", {}, heading, button("Close", leave, { glyph: "close", isBare: true })),
        body,
        problem,
        h("footer", {}, buttons),
      ),
    );
    document.body.append(dialog);
    open.push(leave);
    dialog.showModal();
    (dialog.querySelector("[autofocus]") ?? buttons.at(-1))?.focus();
  });
}

/** Leaves the dialog, as Esc does: the person goes elsewhere. */
export const leaveDialog = () => open.at(-1)?.();

/** Asks for one line of text. `act(text)`; `selects`: how many characters of `value` are chosen at first. */
export function lineQuestion(title, label, value, words, act, { selects = value.length, type = "text" } = {}) {
  const input = h("input", { type, value, required: true, autofocus: true, spellcheck: false, autocomplete: "off" });
  input.setAttribute("autofocus", "");
  const asked = question(title, h("label", {}, label, input), [[words, () => act(input.value)]]);
  input.setSelectionRange?.(0, selects);
  return asked;
}

/** Asks for the password, before what a stolen session must not do. */
export function passwordQuestion(title, explanation, words, act) {
  const input = h("input", { type: "password", required: true, maxLength: 1024, autocomplete: "current-password" });
  input.setAttribute("autofocus", "");
  const body = [h("p", {}, explanation), h("label", {}, "Your password", input)];
  return question(title, body, [[words, () => act(input.value)]]);
}

const toasts = h("div", { class: "toasts", role: "status", "aria-live": "polite" });

/** A message that goes away by itself, unless the person is at it; with an action, and of one kind the newest alone. */
export function toast(words, { action, act, look = "", kind } = {}) {
  if (!toasts.isConnected) document.body.append(toasts);
  if (kind) toasts.querySelectorAll(`[data-kind="${kind}"]`).forEach((each) => each.remove());
  let timer;
  const arm = () => (timer = setTimeout(() => each.remove(), TOAST_MS));
  const hold = () => clearTimeout(timer);
  const each = h(
    "div",
    { class: `toast ${look}`, onmouseenter: hold, onmouseleave: arm, onfocusin: hold, onfocusout: arm },
    look === "bad" && icon("attention"),
    h("p", {}, words),
    action && button(action, async () => (each.remove(), act()), { look: "link" }),
    button("Dismiss", () => each.remove(), { glyph: "close", isBare: true }),
  );
  if (kind) each.dataset.kind = kind;
  toasts.append(each);
  arm();
  return each;
}

/** Says what went wrong. */
export const complain = (error) => {
  const isKnown = error instanceof Refused || error instanceof Unreachable || error.code;
  if (!isKnown) console.warn(error);
  toast(error.message || String(error), { look: "bad", kind: error instanceof Unreachable ? "unreachable" : undefined });
};

/** Runs what an event asks for, and says what goes wrong with it. */
export const telling = (act) => async (...given) => {
  try {
    return await act(...given);
  } catch (error) {
    complain(error);
    return undefined;
  }
};

/** A menu at a point. `items`: `{words, glyph, act, look}`; nothing stands for a line between. */
export function menu(x, y, items) {
  document.querySelector(".menu")?.remove();
  const before = document.activeElement;
  const close = () => {
    list.remove();
    removeEventListener("pointerdown", leave, true);
    removeEventListener("blur", close);
    before?.focus?.();
  };
  const leave = (event) => !list.contains(event.target) && close();
  const entries = items.filter(Boolean).map(({ words, glyph, act, look = "" }) =>
    h("button", { type: "button", role: "menuitem", class: look, tabIndex: -1, onclick: () => (close(), act()) }, icon(glyph), words),
  );
  const list = h("div", { class: "menu", role: "menu", "aria-label": "Actions", onkeydown: (event) => walk(event) }, entries);
  function walk(event) {
    event.stopPropagation();
    const at = entries.indexOf(document.activeElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: entries.length - 1 }[event.key];
    if (to !== undefined) entries.at(to % entries.length).focus();
    else if (event.key === "Escape" || event.key === "Tab") close();
    else return;
    event.preventDefault();
  }
  document.body.append(list);
  const { width, height } = list.getBoundingClientRect();
  list.style.left = `${Math.max(4, Math.min(x, innerWidth - width - 4))}px`;
  list.style.top = `${Math.max(4, Math.min(y, innerHeight - height - 4))}px`;
  addEventListener("pointerdown", leave, true);
  addEventListener("blur", close);
  entries[0]?.focus();
}

