// A select one can search: type, choose with arrows or the mouse, chosen ones as chips where several may be.

import { act } from "./acts.js";
import { surface } from "./surface.js";

const text = (option) => option.text.text;
const chosen = new WeakMap();

/** The options chosen in a searchable select. */
export const chosenIn = (box) => chosen.get(box) ?? JSON.parse(box.dataset.chosen || "[]");

const inputOf = (box) => box.querySelector("input");
const listOf = (box) => box.querySelector("[role=listbox]");
const isMultiple = (box) => box.hasAttribute("data-multiple");
const isExternal = (box) => box.dataset.element.endsWith("external_select");

function show(box) {
  const options = chosenIn(box);
  if (!isMultiple(box)) {
    inputOf(box).value = options.length ? text(options[0]) : "";
  } else {
    box.querySelector(".chips").replaceChildren(...options.map((option) => chip(box, option)));
  }
  for (const item of listOf(box).children)
    item.setAttribute("aria-selected", String(options.some((option) => option.value === item.dataset.value)));
}

function chip(box, option) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "chip";
  made.textContent = `${text(option)} ✕`;
  made.setAttribute("aria-label", `Remove ${text(option)}`);
  made.addEventListener("click", () => choose(box, chosenIn(box).filter((other) => other.value !== option.value)));
  return made;
}

function choose(box, options) {
  chosen.set(box, options);
  show(box);
  box.dispatchEvent(new CustomEvent("chosen", { bubbles: true }));
}

function toggle(box, option) {
  const now = chosenIn(box);
  const without = now.filter((other) => other.value !== option.value);
  if (!isMultiple(box)) choose(box, [option]);
  else if (without.length < now.length) choose(box, without);
  else if (!box.dataset.max || now.length < Number(box.dataset.max)) choose(box, [...now, option]);
  inputOf(box).value = isMultiple(box) ? "" : text(option);
  if (!isMultiple(box)) close(box);
  else filter(box);
}

function open(box) {
  listOf(box).hidden = false;
  inputOf(box).setAttribute("aria-expanded", "true");
  filter(box);
  listOf(box).scrollIntoView({ block: "nearest" });
}

function close(box) {
  listOf(box).hidden = true;
  inputOf(box).setAttribute("aria-expanded", "false");
}

const isUntouched = (box) => !isMultiple(box) && chosenIn(box).length && text(chosenIn(box)[0]) === inputOf(box).value;

function filter(box) {
  if (isExternal(box)) return ask(box);
  const words = isUntouched(box) ? "" : inputOf(box).value.trim().toLowerCase();
  for (const item of listOf(box).children) item.hidden = !item.textContent.toLowerCase().includes(words);
  mark(box, visible(box)[0]);
}

async function ask(box) {
  const query = isUntouched(box) ? "" : inputOf(box).value.trim();
  if (query.length < Number(box.dataset.minQuery)) return listOf(box).replaceChildren(note("Keep typing…"));
  const answer = await act("options", { ...surface(box), block_id: box.dataset.blockId, action_id: box.dataset.actionId, query });
  const groups = answer.option_groups ?? [];
  const options = [...(answer.options ?? []), ...groups.flatMap((group) => group.options)];
  listOf(box).replaceChildren(...(options.length ? options.map(item) : [note(answer.ok ? "Nothing found" : "The app did not answer")]));
  listOf(box).scrollIntoView({ block: "nearest" });
  mark(box, visible(box)[0]);
}

function note(words) {
  const made = document.createElement("li");
  made.className = "quiet";
  made.textContent = words;
  return made;
}

function item(option) {
  const made = document.createElement("li");
  made.setAttribute("role", "option");
  made.dataset.value = option.value;
  made.dataset.option = JSON.stringify(option);
  made.textContent = text(option);
  if (option.description) made.append(Object.assign(document.createElement("small"), { textContent: option.description.text }));
  return made;
}

const visible = (box) => [...listOf(box).querySelectorAll("[role=option]:not([hidden])")];

function mark(box, wanted) {
  for (const item of visible(box)) item.classList.toggle("marked", item === wanted);
  wanted?.scrollIntoView({ block: "nearest" });
}

function move(box, step) {
  const items = visible(box);
  const now = items.findIndex((item) => item.classList.contains("marked"));
  mark(box, items[(now + step + items.length) % items.length]);
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
    const marked = listOf(box).querySelector(".marked");
    if (isOpen && marked) toggle(box, JSON.parse(marked.dataset.option));
  } else if (event.key === "Escape" && isOpen) {
    event.preventDefault();
    event.stopPropagation();
    close(box);
  } else if (event.key === "Backspace" && isMultiple(box) && !event.target.value) {
    choose(box, chosenIn(box).slice(0, -1));
  }
}

document.addEventListener("keydown", onKey, true);
document.addEventListener("input", (event) => {
  const box = event.target.closest("[data-combobox]");
  if (!box) return;
  if (!isMultiple(box) && !event.target.value) choose(box, []);
  open(box);
});
document.addEventListener("mousedown", (event) => {
  const item = event.target.closest("[data-combobox] [role=option]");
  if (item) {
    event.preventDefault();
    toggle(item.closest("[data-combobox]"), JSON.parse(item.dataset.option));
  } else if (event.target.matches("[data-combobox] input")) open(event.target.closest("[data-combobox]"));
});
document.addEventListener("focusin", (event) => {
  for (const box of document.querySelectorAll("[data-combobox]")) if (!box.contains(event.target)) close(box);
});
document.addEventListener("focusout", (event) => {
  const box = event.target.closest("[data-combobox]");
  if (!box || box.contains(event.relatedTarget)) return;
  close(box);
  show(box);
});

/** Shows what is chosen at first; a message's new initial choice replaces the old one. */
export function prepareComboboxes(root) {
  for (const box of root.querySelectorAll("[data-combobox]")) {
    if (box.dataset.ready === box.dataset.chosen) continue;
    if (!box.dataset.ready || !box.closest("dialog")) chosen.set(box, JSON.parse(box.dataset.chosen));
    box.dataset.ready = box.dataset.chosen;
    show(box);
  }
}
