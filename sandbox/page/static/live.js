// The live connection: tells the server what the reader looks at, and redraws the pieces it sends back.

import { me, toast } from "./acts.js";
import { swapDraft } from "./composer.js";
import { prepare } from "./enhance.js";
import { adopt, onLook, presentLook } from "./look.js";
import { fragment, morphChildren, morphList } from "./morph.js";
import { arrive } from "./places.js";
import { whenLetGo } from "./pressing.js";

let shown = null;
let socket = null;
let wait = 250;

function say() {
  if (socket?.readyState !== WebSocket.OPEN) return;
  socket.send(JSON.stringify({ ...presentLook(), seen: document.visibilityState === "visible" }));
}

function redraw(place, html) {
  const fresh = fragment(html);
  prepare(fresh);
  morphChildren(place, fresh);
  prepare(place);
}

function openDialogs() {
  for (const dialog of document.querySelectorAll("#dialogs dialog:not([open])")) {
    dialog.showModal();
    const wanted = dialog.querySelector("[data-focus-on-load]");
    (wanted?.querySelector("input") ?? wanted ?? dialog.querySelector(".fields :is(input, textarea, select)"))?.focus();
  }
  const top = document.querySelector("#dialogs dialog:last-of-type");
  if (top && !top.contains(document.activeElement)) top.querySelector(".fields button")?.focus();
}

function receive(told) {
  const scroll = document.getElementById("scroll");
  const thread = () => document.querySelector(".thread-scroll");
  const anchor = [...document.getElementById("messages").children].find((one) => one.offsetTop + one.offsetHeight > scroll.scrollTop);
  const anchoredAt = anchor?.offsetTop;
  const isElsewhere = shown !== `${told.look.channel}/${told.look.tab}`;
  const wasAtEnd = scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 60;
  const wasAtThreadEnd = !thread() || thread().scrollHeight - thread().scrollTop - thread().clientHeight < 60;
  if (isElsewhere) swapDraft(shown, `${told.look.channel}/${told.look.tab}`);
  document.getElementById("messages").setAttribute("aria-busy", String(isElsewhere));
  for (const [id, html] of Object.entries(told.pieces)) if (!id.startsWith("m-")) redraw(document.getElementById(id), html);
  morphList(document.getElementById("messages"), "article", told.order, told.pieces, redraw);
  document.getElementById("messages").setAttribute("aria-busy", "false");
  adopt(told.look);
  document.body.toggleAttribute("data-thread-open", Boolean(told.look.thread));
  shown = `${told.look.channel}/${told.look.tab}`;
  document.title = told.title;
  openDialogs();
  if (told.look.tab === "home") {
    if (isElsewhere) scroll.scrollTop = 0;
  } else if (isElsewhere || wasAtEnd) scroll.scrollTop = scroll.scrollHeight;
  else if (anchor?.isConnected) scroll.scrollTop += anchor.offsetTop - anchoredAt;
  if (thread() && wasAtThreadEnd) thread().scrollTop = thread().scrollHeight;
  arrive();
  document.querySelector(`.toast[data-channel="${told.look.channel}"]`)?.remove();
  told.toasts.forEach(toast);
}

function setOffline(isOffline) {
  document.getElementById("offline").hidden = !isOffline;
  document.body.toggleAttribute("data-live", !isOffline);
}

// Who reads the latest goes on reading it when there is less room, for a panel below or a keyboard.
function keepAtEnd() {
  const scroll = document.getElementById("scroll");
  let isAtEnd = true;
  scroll.addEventListener("scroll", () => (isAtEnd = scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 60));
  new ResizeObserver(() => {
    if (isAtEnd && presentLook().tab !== "home") scroll.scrollTop = scroll.scrollHeight;
  }).observe(scroll);
}

/** Opens the connection, and again whenever it breaks. */
export function connect() {
  socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/sandbox/page/live?as=${me}`);
  socket.addEventListener("open", () => {
    wait = 250;
    setOffline(false);
    say();
  });
  socket.addEventListener("message", ({ data }) => whenLetGo(() => receive(JSON.parse(data))));
  socket.addEventListener("close", () => {
    setOffline(true);
    setTimeout(connect, wait);
    wait = Math.min(wait * 2, 4000);
  });
}

keepAtEnd();
document.addEventListener("visibilitychange", say);
onLook(say);
