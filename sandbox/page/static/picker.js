// The picker of reactions: the usual ones, and all others by a part of their name.

const picker = document.getElementById("reaction-picker");
const field = picker.querySelector("input");
const found = document.getElementById("reactions-found");
const MOST = 48;
let chosen = null;
let beside = null;
let emoji = null;

/** Shows the picker beside `button`; what is picked is given to `choose`, by its name. */
export function pick(button, choose) {
  chosen = choose;
  beside = button.getBoundingClientRect();
  field.value = "";
  found.replaceChildren();
  picker.hidden = false;
  place();
  picker.querySelector("button").focus({ focusVisible: false });
}

function place() {
  picker.style.top = `${Math.max(8, Math.min(beside.bottom + 4, innerHeight - picker.offsetHeight - 8))}px`;
  picker.style.left = `${Math.max(8, Math.min(beside.left, innerWidth - picker.offsetWidth - 8))}px`;
}

function take(name) {
  picker.hidden = true;
  chosen(name);
}

async function offer() {
  emoji ??= fetch("/sandbox/page/emoji").then((response) => response.json(), () => ({}));
  found.replaceChildren(...named(await emoji).map(([name, sign]) => button(name, sign)));
  place();
}

// Those whose names begin with what was typed come first, each emoji once.
function named(all) {
  const wanted = field.value.trim().toLowerCase().replaceAll(":", "").replaceAll(" ", "_");
  const fitting = Object.entries(all).filter(([name]) => wanted && name.includes(wanted));
  fitting.sort(([one], [other]) => other.startsWith(wanted) - one.startsWith(wanted));
  const bySign = new Map(fitting.toReversed().map(([name, sign]) => [sign, name]));
  return [...bySign].toReversed().slice(0, MOST).map(([sign, name]) => [name, sign]);
}

function button(name, sign) {
  const made = Object.assign(document.createElement("button"), { type: "button", textContent: sign, title: `:${name}:`, ariaLabel: name });
  made.dataset.reaction = name;
  return made;
}

function move(event) {
  const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: 8, ArrowUp: -8 }[event.key];
  if (!step || event.target === field) return;
  const buttons = [...picker.querySelectorAll("[data-reaction]")];
  const next = buttons[buttons.indexOf(event.target) + step] ?? field;
  event.preventDefault();
  next.focus();
}

document.addEventListener("click", (event) => {
  const reaction = event.target.closest("[data-reaction]");
  if (reaction) take(reaction.dataset.reaction);
  else if (!event.target.closest("#reaction-picker, [data-pick-reaction]")) picker.hidden = true;
});
field.addEventListener("input", offer);
picker.querySelector("form").addEventListener("submit", async (event) => {
  event.preventDefault();
  await offer();
  const first = found.querySelector("[data-reaction]")?.dataset.reaction ?? field.value.trim().replaceAll(":", "");
  if (first) take(first);
});
picker.addEventListener("keydown", (event) => {
  if (event.key === "Escape") picker.hidden = true;
  move(event);
});
