// Dialogs: the app's forms, and the page's own questions.

import { act, actOrSay, sentence } from "./acts.js";
import { values } from "./state.js";
import { uploadsDone } from "./uploads.js";

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
export async function askText(title, text) {
  const area = Object.assign(document.createElement("textarea"), { className: "text", rows: 4, value: text });
  area.setAttribute("aria-label", "Text");
  return (await ask(title, [area])) ? area.value : null;
}

/** Asks for a line under each of `labels`; resolves to the lines in that order, or to null where it was cancelled. */
export async function askLines(title, ...labels) {
  const lines = labels.map((label) => Object.assign(document.createElement("input"), { className: "text", required: true, ariaLabel: label, placeholder: label }));
  return (await ask(title, lines)) ? lines.map((line) => line.value.trim()) : null;
}

async function ask(title, fields) {
  const dialog = document.createElement("dialog");
  dialog.className = "question";
  dialog.setAttribute("aria-label", title);
  dialog.innerHTML = `<form method="dialog"><h2></h2><div class="lines"></div>
    <footer><button class="btn" value="" formnovalidate>Cancel</button><button class="btn primary" value="yes">Save</button></footer></form>`;
  dialog.querySelector("h2").textContent = title;
  dialog.querySelector(".lines").append(...fields);
  await shown(dialog);
  return dialog.returnValue === "yes";
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

function focusFirst(dialog, errors) {
  const wrong = [...dialog.querySelectorAll("[data-input]")].find((input) => input.dataset.input in errors);
  wrong?.querySelector("input, textarea, select")?.focus();
}

async function submit(dialog) {
  const words = dialog.querySelector(".form-error");
  const button = dialog.querySelector("[type=submit]");
  if (!button || button.disabled) return;
  button.disabled = true;
  await uploadsDone();
  const answer = await act("submit", { view_id: dialog.dataset.view, values: values(dialog) });
  button.disabled = false;
  words.hidden = answer.ok || Boolean(answer.errors);
  words.textContent = words.hidden ? "" : sentence(answer.error);
  if (answer.errors) focusFirst(dialog, answer.errors);
}

async function closeView(dialog, all) {
  if (dialog.inert) return;
  dialog.inert = true;
  await actOrSay("close", { view_id: dialog.dataset.view, ...(all ? { all: true } : {}) });
  dialog.inert = false;
}

/** Closes the dialog around `element`, where there is one: who follows a link out of a form leaves it. */
export function leaveDialog(element) {
  const dialog = element.closest("dialog");
  if (dialog?.matches(".view")) closeView(dialog, true);
  else dialog?.close();
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
