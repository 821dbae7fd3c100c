// Nothing is redrawn while a pointer is down, so that a press is let go on what it began on, as in Slack.

// Milliseconds: on a touch screen the click comes after the pointer is up.
const CLICK_FOLLOWS = 50;
const waiting = [];
let isDown = false;
let ending = null;

/** Does `redraw` now or, while a pointer is down, once it is up; one after the other. */
export function whenLetGo(redraw) {
  if (isDown) waiting.push(redraw);
  else redraw();
}

function letGo() {
  isDown = false;
  for (const redraw of waiting.splice(0)) redraw();
}

document.addEventListener("pointerdown", ({ button, isPrimary, target }) => {
  // Of a menu of the browser's own the end is not heard.
  if (!isPrimary || button !== 0 || target.closest("select")) return;
  clearTimeout(ending);
  isDown = true;
}, true);
for (const end of ["pointerup", "pointercancel"])
  document.addEventListener(end, () => (ending = setTimeout(letGo, CLICK_FOLLOWS)), true);
// Nor is that of a press which such a menu, or the window's edge, cut short.
document.addEventListener("pointermove", ({ buttons }) => isDown && !buttons && letGo(), true);
