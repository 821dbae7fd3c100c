// Popup menus, the drawer of channels on a small screen, and the browser of channels.

function closeMenus(but) {
  for (const button of document.querySelectorAll("[data-menu][aria-expanded=true]")) {
    if (button === but) continue;
    button.setAttribute("aria-expanded", "false");
    button.closest(".menu-anchor").querySelector(".popup").hidden = true;
  }
}

// Moves a popup to where the part of the page that scrolls has room for it.
function place(popup) {
  popup.removeAttribute("data-up");
  popup.style.left = "";
  const box = popup.getBoundingClientRect();
  const frame = (popup.closest("#scroll, .thread-scroll, .fields, .lists") ?? document.body).getBoundingClientRect();
  const button = popup.closest(".menu-anchor").getBoundingClientRect();
  const over = box.right - (frame.right - 8);
  if (over > 0) popup.style.left = `${box.left - button.left - Math.min(over, box.left - frame.left)}px`;
  popup.toggleAttribute("data-up", box.bottom > frame.bottom - 4 && button.top - box.height > frame.top);
}

function toggleMenu(button) {
  const popup = button.closest(".menu-anchor").querySelector(".popup");
  const isOpening = popup.hidden;
  closeMenus(button);
  popup.hidden = !isOpening;
  button.setAttribute("aria-expanded", String(isOpening));
  if (!isOpening) return;
  place(popup);
  popup.querySelector("button, a")?.focus({ focusVisible: false });
}

function moveInMenu(event) {
  const popup = event.target.closest?.(".menu-anchor > .popup");
  if (!popup) return;
  const items = [...popup.querySelectorAll("button, a")];
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  items[(items.indexOf(document.activeElement) + step + items.length) % items.length]?.focus();
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-menu]");
  if (button) toggleMenu(button);
  else if (!event.target.closest(".popup") || event.target.closest(".popup button, .popup a")) closeMenus();
  if (event.target.closest("[data-open-drawer]")) document.body.toggleAttribute("data-drawer", true);
  if (event.target.closest("[data-close-drawer], #sidebar [data-channel]")) document.body.removeAttribute("data-drawer");
  if (event.target.closest("[data-browse]")) document.getElementById("browser").showModal();
});
document.addEventListener("keydown", (event) => {
  moveInMenu(event);
  if (event.key !== "Escape") return;
  const open = document.querySelector("[data-menu][aria-expanded=true]");
  closeMenus();
  open?.focus();
  document.body.removeAttribute("data-drawer");
});
