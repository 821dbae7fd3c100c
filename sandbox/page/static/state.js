// What the inputs of a form, a Home or a message hold.

import { chosenIn } from "./combobox.js";
import { uploadedIn } from "./uploads.js";

const option = (holder) => (holder?.dataset.option ? JSON.parse(holder.dataset.option) : null);
const ticked = (group) => [...group.querySelectorAll("input:checked")].map(option);

const MOMENTS = { datepicker: "selected_date", timepicker: "selected_time" };
const CHOSEN_IDS = { users_select: "selected_user", channels_select: "selected_channel", conversations_select: "selected_conversation" };

/** The state of one element, under Slack's names: docs.slack.dev/reference/interaction-payloads/block_actions-payload */
export function state(element) {
  const type = element.dataset.element;
  if (type === "button") return { type, value: element.dataset.value };
  if (type === "checkboxes") return { type, selected_options: ticked(element) };
  if (type === "radio_buttons") return { type, selected_option: ticked(element)[0] ?? null };
  if (element.matches("select")) return { type, selected_option: option(element.selectedOptions[0]) };
  if (type in MOMENTS) return { type, [MOMENTS[type]]: element.value || null };
  if (type === "datetimepicker") return { type, selected_date_time: element.value ? Math.floor(new Date(element.value) / 1000) : null };
  if (type === "rich_text_input") return { type, rich_text_value: element.value };
  if (type === "file_input") return { type, files: uploadedIn(element) };
  if (element.matches("[data-combobox]")) return { type, ...searched(type, chosenIn(element)) };
  return { type, value: element.value || null };
}

function searched(type, options) {
  const isMultiple = type.startsWith("multi_");
  const ids = CHOSEN_IDS[type.replace("multi_", "")];
  if (ids) return isMultiple ? { [`${ids}s`]: options.map((one) => one.value) } : { [ids]: options[0]?.value ?? null };
  return isMultiple ? { selected_options: options } : { selected_option: options[0] ?? null };
}

/** The state of every input under `root` by block and action. */
export function values(root) {
  const all = {};
  for (const element of root.querySelectorAll("[data-element]")) {
    const { element: type, blockId, actionId } = element.dataset;
    if (type === "overflow" || element.matches("button")) continue;
    (all[blockId] ??= {})[actionId] = state(element);
  }
  return all;
}

const controls = (element) => (element.matches("input, select, textarea") ? [element] : [...element.querySelectorAll("input")]);
const isTick = (control) => ["checkbox", "radio"].includes(control.type);
const settled = new WeakMap();

function initial(control) {
  if (isTick(control)) return control.defaultChecked;
  if (control.options) return [...control.options].find((one) => one.defaultSelected)?.value ?? "";
  return control.defaultValue;
}

/** Remembers what the element holds now. */
export function settle(element) {
  for (const control of controls(element)) settled.set(control, isTick(control) ? control.checked : control.value);
}

/** Brings back what the element held when it was last settled, or at first. */
export function unsettle(element) {
  for (const control of controls(element)) {
    const before = settled.get(control) ?? initial(control);
    if (isTick(control)) control.checked = before;
    else control.value = before;
  }
}
