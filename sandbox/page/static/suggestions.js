// What an app offers for a select with external data, asked while one types and drawn with its groups.

import { act } from "./acts.js";
import { surface } from "./surface.js";

const PAUSE = 200;
const asked = new WeakMap();

/**
 * Fills `list` with what the app offers for `query`, asking once the typing pauses. Resolves to whether `list` is new:
 * not when something else was typed meanwhile.
 */
export async function suggestions(box, list, query, isTyping) {
  const turn = {};
  asked.set(box, turn);
  const least = Number(box.dataset.minQuery);
  if (query.length < least) {
    const missing = least - query.length;
    list.removeAttribute("aria-busy");
    list.replaceChildren(note(query || least > 1 ? `Type ${missing} ${query ? "more " : ""}character${missing === 1 ? "" : "s"} to search` : "Type to search"));
    return true;
  }
  if (!list.querySelector("[role=option]")) list.replaceChildren(note("Searching…"));
  list.setAttribute("aria-busy", "true");
  if (isTyping) await new Promise((resolve) => setTimeout(resolve, PAUSE));
  if (asked.get(box) !== turn) return false;
  const { blockId, actionId } = box.dataset;
  const answer = await act("options", { ...surface(box), block_id: blockId, action_id: actionId, query });
  if (asked.get(box) !== turn) return false;
  list.removeAttribute("aria-busy");
  list.replaceChildren(...drawn(answer));
  return true;
}

function drawn(answer) {
  const groups = (answer.option_groups ?? []).map(group);
  const found = [...(answer.options ?? []).map(item), ...groups];
  return found.length ? found : [note("Nothing could be found", WHY[answer.error] ?? answer.error)];
}

// Slack's client keeps these to itself; whoever makes the app wants to know.
const WHY = {
  operation_timeout: "The app did not answer within three seconds.",
  dispatch_failed: "The app is not connected to the sandbox.",
  invalid_options: "What the app offered is against Slack's limits.",
};

function element(tag, attributes, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

function note(words, why) {
  return element("li", { class: "quiet" }, words, ...(why ? [element("small", {}, why)] : []));
}

function group({ label, options }) {
  const heading = element("b", { "aria-hidden": "true" }, label.text);
  return element("li", { role: "group", "aria-label": label.text }, heading, element("ul", { role: "presentation" }, ...options.map(item)));
}

function item(option) {
  const about = option.description ? [element("small", {}, option.description.text)] : [];
  const attributes = { role: "option", "data-value": option.value, "data-option": JSON.stringify(option) };
  return element("li", attributes, option.text.text, ...about);
}
