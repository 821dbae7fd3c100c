// Pressing what an app put into a message, a form or its Home.

import { actOrSay } from "./acts.js";
import { confirmed } from "./dialogs.js";
import { goTo, placeOf } from "./places.js";
import { settle, state, unsettle, values } from "./state.js";
import { surface } from "./surface.js";

// What is told is read before it is asked whether one is sure: the message may be another after that. `undo` takes the
// choice back when that is denied.
async function press(element, pressed, undo) {
  const { blockId, actionId, confirm } = element.dataset;
  const around = element.closest("[data-view], [data-ts]");
  const told = { ...surface(element), block_id: blockId, action_id: actionId, ...pressed, values: values(around) };
  if (confirm && !(await confirmed(JSON.parse(confirm)))) return undo?.();
  settle(element);
  const button = element.matches("button") ? element : null;
  button?.setAttribute("aria-busy", "true");
  await actOrSay("press", told);
  button?.removeAttribute("aria-busy");
}

/** Whether a change of this element is told to the app at once, not only with its form. */
function isTold(element) {
  const input = element.closest(".b-input");
  return !input || input.hasAttribute("data-dispatch");
}

// https://docs.slack.dev/reference/block-kit/composition-objects/dispatch-action-configuration-object
const isToldOn = ({ dataset: { toldOn } }, what) => (toldOn ?? "on_enter_pressed").split(" ").includes(what);

// What is typed quickly is told together, once the typing pauses.
const PAUSE = 200;
const pauses = new WeakMap();

function tellChange(element, undo = () => unsettle(element)) {
  if (!element || !isTold(element)) return;
  const { type, ...pressed } = state(element);
  press(element, pressed, undo);
}

// The app is told of a press first: a place within Slack is gone to, and its form left, after that.
async function pressLinking({ dataset }, element, pressed) {
  const place = dataset.url && placeOf(dataset.url);
  if (dataset.url && !place) window.open(dataset.url, "_blank", "noopener");
  await press(element, pressed);
  if (place) goTo(place, element);
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-press]");
  const option = event.target.closest("[data-press-option]");
  if (button) pressLinking(button, button, button.dataset.value ? { value: button.dataset.value } : {});
  if (option) pressLinking(option, option.closest("[data-element]"), { selected_option: JSON.parse(option.dataset.pressOption) });
});
document.addEventListener("change", (event) => {
  if (event.target.matches(".text:not([type=date], [type=time], [type=datetime-local])")) return;
  if (!event.target.closest("[data-combobox]")) tellChange(event.target.closest("[data-element]"));
});
document.addEventListener("chosen", (event) => tellChange(event.target, event.detail.undo));
document.addEventListener("keydown", (event) => {
  const input = event.target.closest?.("[data-dispatch] input.text");
  if (!input || event.key !== "Enter" || !isToldOn(input, "on_enter_pressed")) return;
  event.preventDefault();
  tellChange(input);
});
document.addEventListener("input", ({ target }) => {
  if (!target.matches("[data-dispatch] .text") || !isToldOn(target, "on_character_entered")) return;
  clearTimeout(pauses.get(target));
  pauses.set(target, setTimeout(() => target.isConnected && tellChange(target), PAUSE));
});
