// The panel of sample requests: open while one watches what the app makes of them.

import { actOrSay } from "./acts.js";

const panel = document.getElementById("samples");

function toggle(isOpen = panel.hidden) {
  panel.hidden = !isOpen;
  for (const button of document.querySelectorAll("[data-toggle-samples][aria-expanded]")) button.setAttribute("aria-expanded", String(isOpen));
  if (isOpen) panel.querySelector("[data-try]")?.focus({ focusVisible: false });
}

async function send(button) {
  if (button.ariaBusy) return;
  button.ariaBusy = "true";
  await actOrSay("try", { name: button.dataset.try });
  button.ariaBusy = null;
}

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-toggle-samples]")) toggle();
  const button = event.target.closest("[data-try]");
  if (button) send(button);
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && panel.contains(document.activeElement)) toggle(false);
});
