// A select one can search: type, choose with arrows or the mouse, chosen ones as chips where several may be.

import { suggestions } from "./suggestions.js";

const text = (option) => option.text.text;
const chosen = new WeakMap();

/** The options chosen in a searchable select. */
export const chosenIn = (box) => chosen.get(box) ?? JSON.parse(box.dataset.chosen || "[]");

const inputOf = (box) => box.querySelector("input");
const listOf = (box) => box.querySelector("[role=listbox]");
const isMultiple = (box) => box.hasAttribute("data-multiple");
const isExternal = (box) => box.dataset.element.endsWith("external_select");
const items = (box) => [...listOf(box).querySelectorAll("[role=option]")];
const isFull = (box) => isMultiple(box) && Boolean(box.dataset.max) && chosenIn(box).length >= Number(box.dataset.max);

function show(box) {
  const options = chosenIn(box);
  if (!isMultiple(box)) {
    inputOf(box).value = options.length ? text(options[0]) : "";
  } else {
    box.querySelector(".chips").replaceChildren(...options.map((option) => chip(box, option)));
  }
  tick(box);
}

function tick(box) {
  const values = chosenIn(box).map((option) => option.value);
  for (const item of items(box)) item.setAttribute("aria-selected", String(values.includes(item.dataset.value)));
  box.toggleAttribute("data-full", isFull(box));
}

function chip(box, option) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "chip";
  made.append(text(option), Object.assign(document.createElement("span"), { textContent: "✕", ariaHidden: "true" }));
  made.setAttribute("aria-label", `Remove ${text(option)}`);
  made.addEventListener("click", () => {
    choose(box, chosenIn(box).filter((other) => other.value !== option.value));
    inputOf(box).focus();
  });
  return made;
}

function set(box, options) {
  chosen.set(box, options);
  show(box);
}

function choose(box, options) {
  const before = chosenIn(box);
  set(box, options);
  box.dispatchEvent(new CustomEvent("chosen", { bubbles: true, detail: { undo: () => set(box, before) } }));
}

function toggle(box, option) {
  const now = chosenIn(box);
  const without = now.filter((other) => other.value !== option.value);
  if (!isMultiple(box)) choose(box, [option]);
  else if (without.length < now.length) choose(box, without);
  else if (!isFull(box)) choose(box, [...now, option]);
  inputOf(box).value = isMultiple(box) ? "" : text(option);
  if (!isMultiple(box)) close(box);
  else filter(box);
}

function open(box) {
  const wasOpen = !listOf(box).hidden;
  listOf(box).hidden = false;
  inputOf(box).setAttribute("aria-expanded", "true");
  filter(box, wasOpen);
  place(box);
}

// The list opens upwards where there is no room below it in what scrolls around it.
function place(box) {
  const list = listOf(box);
  list.removeAttribute("data-up");
  const frame = (box.closest("#scroll, .thread-scroll") ?? document.body).getBoundingClientRect();
  const shown = list.getBoundingClientRect();
  list.toggleAttribute("data-up", !box.closest("dialog") && shown.bottom > frame.bottom && box.getBoundingClientRect().top - shown.height > frame.top);
  if (!list.hasAttribute("data-up")) list.scrollIntoView({ block: "nearest" });
}

function close(box) {
  listOf(box).hidden = true;
  inputOf(box).setAttribute("aria-expanded", "false");
  inputOf(box).removeAttribute("aria-activedescendant");
}

const isUntouched = (box) => !isMultiple(box) && chosenIn(box).length && text(chosenIn(box)[0]) === inputOf(box).value;

function filter(box, isTyping = false) {
  const query = isUntouched(box) ? "" : inputOf(box).value.trim();
  if (isExternal(box)) return suggestions(box, listOf(box), query, isTyping).then((isNew) => isNew && offer(box));
  for (const item of items(box)) item.hidden = !item.textContent.toLowerCase().includes(query.toLowerCase());
  for (const group of listOf(box).querySelectorAll("[role=group]")) group.hidden = !group.querySelector("[role=option]:not([hidden])");
  mark(box, visible(box)[0]);
}

function offer(box) {
  tick(box);
  if (!listOf(box).hidden) place(box);
  mark(box, visible(box)[0]);
}

const visible = (box) => items(box).filter((item) => !item.hidden);

let numbers = 0;

function mark(box, wanted) {
  for (const item of visible(box)) item.toggleAttribute("data-marked", item === wanted);
  if (wanted) wanted.id ||= `choice-${(numbers += 1)}`;
  if (wanted) inputOf(box).setAttribute("aria-activedescendant", wanted.id);
  else inputOf(box).removeAttribute("aria-activedescendant");
  wanted?.scrollIntoView({ block: "nearest" });
}

function move(box, step) {
  const shown = visible(box);
  const now = shown.findIndex((item) => item.hasAttribute("data-marked"));
  mark(box, shown[(now + step + shown.length) % shown.length]);
}

function onKey(event) {
  const box = event.target.closest?.("[data-combobox]");
  if (!box || event.target !== inputOf(box)) return;
  const isOpen = !listOf(box).hidden;
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    if (!isOpen) open(box);
    else move(box, event.key === "ArrowDown" ? 1 : -1);
  } else if (event.key === "Enter") {
    event.preventDefault();
    const marked = listOf(box).querySelector("[data-marked]");
    if (isOpen && marked && !listOf(box).ariaBusy) toggle(box, JSON.parse(marked.dataset.option));
  } else if (event.key === "Escape" && isOpen) {
    event.preventDefault();
    event.stopPropagation();
    close(box);
  } else if (event.key === "Backspace" && isMultiple(box) && !event.target.value) {
    if (chosenIn(box).length) choose(box, chosenIn(box).slice(0, -1));
  }
}

document.addEventListener("keydown", onKey, true);
document.addEventListener("input", (event) => {
  const box = event.target.closest("[data-combobox]");
  if (!box) return;
  if (!isMultiple(box) && !event.target.value && chosenIn(box).length) choose(box, []);
  open(box);
});
document.addEventListener("mousedown", (event) => {
  const list = event.target.closest("[data-combobox] [role=listbox]");
  const item = event.target.closest("[data-combobox] [role=option]");
  if (list) event.preventDefault();
  if (item) toggle(item.closest("[data-combobox]"), JSON.parse(item.dataset.option));
  else if (event.target.matches("[data-combobox] input")) open(event.target.closest("[data-combobox]"));
});
document.addEventListener("focusin", (event) => {
  for (const box of document.querySelectorAll("[data-combobox]")) if (!box.contains(event.target)) close(box);
});
document.addEventListener("focusout", (event) => {
  const box = event.target.closest("[data-combobox]");
  if (!box || box.contains(event.relatedTarget)) return;
  close(box);
  show(box);
  if (isMultiple(box)) inputOf(box).value = "";
});

/** Shows what is chosen at first, and still; a message's new initial choice replaces the old one. */
export function prepareComboboxes(root) {
  for (const box of root.querySelectorAll("[data-combobox]")) {
    if (box.dataset.ready === box.dataset.chosen) {
      tick(box);
      continue;
    }
    if (!box.dataset.ready || !box.closest("dialog")) chosen.set(box, JSON.parse(box.dataset.chosen));
    box.dataset.ready = box.dataset.chosen;
    show(box);
  }
}
