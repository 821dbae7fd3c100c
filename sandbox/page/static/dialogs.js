// Dialogs: the app's forms, and the page's own questions.

import { act, actOrSay, sentence } from "./acts.js";
import { values } from "./state.js";

/** Asks by a dialog made of HTML `parts` (title, text, confirm, deny, style); resolves to whether it was confirmed. */
export function confirmed(parts) {
  const dialog = document.createElement("dialog");
  dialog.className = "question";
  dialog.setAttribute("role", "alertdialog");
  dialog.setAttribute("aria-labelledby", "question-title");
  dialog.innerHTML = `<form method="dialog"><h2 id="question-title">${parts.title}</h2><div class="text-run">${parts.text}</div>
    <footer><button class="btn" value="">${parts.deny}</button>
    <button class="btn ${parts.style === "danger" ? "danger filled" : "primary"}" value="yes" autofocus>${parts.confirm}</button></footer></form>`;
  return shown(dialog).then(() => dialog.returnValue === "yes");
}

/** Asks for text, beginning with `text`; resolves to the new text, or to null where it was cancelled. */
export function askText(title, text) {
  const dialog = document.createElement("dialog");
  dialog.className = "question";
  dialog.setAttribute("aria-label", title);
  dialog.innerHTML = `<form method="dialog"><h2></h2><textarea class="text" rows="4"></textarea>
    <footer><button class="btn" value="">Cancel</button><button class="btn primary" value="yes">Save</button></footer></form>`;
  dialog.querySelector("h2").textContent = title;
  const area = dialog.querySelector("textarea");
  area.setAttribute("aria-label", title);
  area.value = text;
  return shown(dialog).then(() => (dialog.returnValue === "yes" ? area.value : null));
}

function shown(dialog) {
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) =>
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve();
    }),
  );
}

function showErrors(dialog, errors) {
  for (const place of dialog.querySelectorAll("[data-error-for]")) {
    const words = errors[place.dataset.errorFor];
    place.textContent = words ?? "";
    place.hidden = !words;
    const field = place.parentElement;
    field.classList.toggle("wrong", Boolean(words));
    field.querySelector("[aria-describedby]")?.setAttribute("aria-invalid", String(Boolean(words)));
  }
  dialog.querySelector(".b-input.wrong")?.querySelector("input, textarea, select")?.focus();
}

function isEmpty(input) {
  const group = input.querySelector("[data-element]");
  const state = values(input)[group.dataset.blockId]?.[group.dataset.actionId] ?? {};
  return Object.entries(state).every(([name, held]) => name === "type" || held === null || held === "" || held.length === 0);
}

/** The errors Slack's client shows before it asks the app: what is required and empty. */
function missing(dialog) {
  const required = [...dialog.querySelectorAll(".b-input[data-required]")];
  return Object.fromEntries(required.filter(isEmpty).map((input) => [input.dataset.input, "Please complete this required field."]));
}

async function submit(dialog) {
  const words = dialog.querySelector(".form-error");
  const button = dialog.querySelector("[type=submit]");
  const early = missing(dialog);
  showErrors(dialog, early);
  words.hidden = true;
  if (Object.keys(early).length || !button || button.disabled) return;
  button.disabled = true;
  const answer = await act("submit", { view_id: dialog.dataset.view, values: values(dialog) });
  button.disabled = false;
  showErrors(dialog, answer.errors ?? {});
  if (!answer.ok && !answer.errors) {
    words.textContent = sentence(answer.error);
    words.hidden = false;
  }
}

function closeView(dialog, all) {
  actOrSay("close", { view_id: dialog.dataset.view, ...(all ? { all: true } : {}) });
}

document.addEventListener("submit", (event) => {
  const dialog = event.target.closest("dialog.view");
  if (!dialog) return;
  event.preventDefault();
  submit(dialog);
});
document.addEventListener("click", (event) => {
  const view = event.target.closest("dialog.view");
  if (view && event.target.closest("[data-close-view]")) closeView(view, false);
  if (view && event.target.closest("[data-close-all]")) closeView(view, true);
  if (event.target.closest("[data-close-dialog]")) event.target.closest("dialog").close();
});
document.addEventListener(
  "cancel",
  (event) => {
    if (!event.target.matches("dialog.view")) return;
    event.preventDefault();
    closeView(event.target, false);
  },
  true,
);
