/* Figures of days: bars to see how they go, and a table with the same numbers. */

import { h, svg } from "./dom.js";

const DAY_MS = 24 * 3600 * 1000;
const LEAST_SLOTS = 30; // a few days are not spread over the whole width
const HIGH = 60;
const WIDE = 8; // of a day, with its gap
const BAR = 6;

const day = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" });

/**
 * A figure of days. `values` are pairs of a day (`2026-11-28`, UTC; the latest last) and a number, `show(number)` says it.
 * A day that is not among them was not counted, which is not nought.
 */
export function chart(title, values, show) {
  const days = values.map(([name, number]) => ({ at: Date.parse(name), number }));
  const last = days.at(-1);
  if (!last) return null;
  const slots = Math.max(LEAST_SLOTS, Math.round((last.at - days[0].at) / DAY_MS) + 1);
  const most = Math.max(1, ...days.map(({ number }) => number));
  const bars = days.map(({ at, number }) => {
    const high = number && Math.max(1, (number / most) * HIGH);
    const x = (slots - 1 - Math.round((last.at - at) / DAY_MS)) * WIDE;
    return svg("rect", { x, y: HIGH - high, width: BAR, height: high }, svg("title", {}, `${day.format(at)}: ${show(number)}`));
  });
  const from = last.at - (slots - 1) * DAY_MS;
  return h(
    "figure",
    { class: "chart" },
    h("figcaption", {}, h("span", {}, title), h("b", {}, show(last.number))),
    svg("svg", { viewBox: `0 0 ${slots * WIDE} ${HIGH}`, preserveAspectRatio: "none", "aria-hidden": "true" }, bars),
    h("div", { class: "ends" }, h("span", {}, day.format(from)), h("span", {}, `at most ${show(most)}`), h("span", {}, day.format(last.at))),
    h(
      "details",
      {},
      h("summary", {}, "As a table"),
      h(
        "table",
        {},
        h("caption", { class: "hidden" }, title),
        h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "Day"), h("th", { scope: "col" }, title))),
        h("tbody", {}, days.toReversed().map(({ at, number }) => h("tr", {}, h("td", {}, day.format(at)), h("td", {}, show(number))))),
      ),
    ),
  );
}
