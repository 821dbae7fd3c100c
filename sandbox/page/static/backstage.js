// Behind the workspace: the panel where trouble is asked for, and the log of all calls and deliveries.

import { post, sentence, toast } from "./acts.js";
import { prepare } from "./enhance.js";
import { fragment, morphChildren, morphList } from "./morph.js";
import { whenLetGo } from "./pressing.js";

const panel = document.getElementById("backstage");
const filters = document.getElementById("log-filters");
const tabs = [...panel.querySelectorAll("[role=tab]")];
const KEPT = "backstage";

let tab = "trouble";
let socket = null;
let wait = 250;

const isOpen = () => !panel.hidden;
const isStill = () => filters.elements.still.checked;

function wish() {
  const { still, ...wanted } = Object.fromEntries(new FormData(filters));
  return { tab: isOpen() ? tab : null, ...wanted };
}

// What is open and looked at stays so when one becomes somebody else, which loads the page anew.
function say() {
  sessionStorage.setItem(KEPT, JSON.stringify(wish()));
  if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(wish()));
}

function redraw(place, html) {
  const fresh = fragment(html);
  prepare(fresh);
  morphChildren(place, fresh);
}

function receive({ pieces, order }) {
  for (const [id, html] of Object.entries(pieces)) {
    const place = document.getElementById(id);
    if (place && !id.startsWith("call-")) redraw(place, html);
  }
  if (tab !== "log" || !isOpen() || isStill()) return;
  morphList(document.getElementById("log-lines"), "li", order, pieces, redraw);
  panel.querySelectorAll("details[open]").forEach(detail);
}

// Fetches what an open line holds; again once it has been answered.
async function detail(line) {
  const box = line.querySelector(".call-detail");
  if (box.dataset.state === line.dataset.state) return;
  box.dataset.state = line.dataset.state;
  const response = await fetch(`/sandbox/page/calls/${line.dataset.call}`);
  if (response.ok) box.replaceChildren(fragment(await response.text()));
  else box.textContent = "The log no longer has it.";
}

function connect() {
  socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/sandbox/page/backstage`);
  socket.addEventListener("open", () => {
    wait = 250;
    say();
  });
  socket.addEventListener("message", ({ data }) => whenLetGo(() => receive(JSON.parse(data))));
  socket.addEventListener("close", () => {
    setTimeout(connect, wait);
    wait = Math.min(wait * 2, 4000);
  });
}

function show(name) {
  tab = name;
  for (const each of tabs) {
    each.ariaSelected = String(each.dataset.backstage === name);
    each.tabIndex = each.dataset.backstage === name ? 0 : -1;
    document.getElementById(each.dataset.backstage).hidden = each.dataset.backstage !== name;
  }
  say();
}

function toggle(isOpening = panel.hidden) {
  panel.hidden = !isOpening;
  document.body.removeAttribute("data-drawer");
  const button = document.querySelector("#sidebar [data-toggle-backstage]");
  button.ariaExpanded = String(isOpening);
  if (isOpening) panel.querySelector("[aria-selected=true]").focus({ focusVisible: false });
  else button.focus({ focusVisible: false });
  say();
}

const BEFALLS = {
  error: ({ error }) => ({ error }),
  delay: ({ wait: delay }) => ({ delay }),
  hold: ({ wait: hold }) => ({ hold }),
  before: () => ({ cut: "before" }),
  after: () => ({ cut: "after" }),
};

function asked(form) {
  const said = {};
  for (const field of form.elements) {
    if (field.name) said[field.name] = field.dataset.as === "json" ? JSON.parse(field.value || "null") : field.value;
  }
  const { befalls, error, wait: seconds, ...rest } = said;
  return befalls ? { ...rest, ...BEFALLS[befalls]({ error, wait: seconds }) } : rest;
}

async function ask(form) {
  const words = form.querySelector("output");
  const answer = await post("trouble", asked(form));
  words.className = answer.ok ? "quiet" : "bad";
  words.textContent = answer.ok ? "✓" : (answer.problems ?? [sentence(answer.error)]).join("; ");
  if (answer.ok) setTimeout(() => (words.textContent = ""), 2000);
}

async function calm(id) {
  const answer = await post("calm", id === "all" ? {} : { id: Number(id) });
  if (!answer.ok) toast({ text: sentence(answer.error), isProblem: true });
  // The button that had the focus is going to be gone.
  document.getElementById("trouble").focus({ focusVisible: false });
}

function filterBy({ count, kind }, isPressed) {
  filters.elements.name.value = isPressed ? "" : count;
  filters.elements.kind.value = isPressed ? "" : kind;
  say();
}

document.addEventListener("click", (event) => {
  const on = (selector) => event.target.closest(selector);
  if (on("[data-toggle-backstage]")) toggle();
  if (on("[data-backstage]")) show(on("[data-backstage]").dataset.backstage);
  if (on("[data-calm]")) calm(on("[data-calm]").dataset.calm);
  if (on("[data-count]")) filterBy(on("[data-count]").dataset, on("[data-count]").ariaPressed === "true");
});
panel.addEventListener("submit", (event) => {
  event.preventDefault();
  if (event.target.matches("[data-trouble]")) ask(event.target);
});
filters.addEventListener("input", (event) => {
  if (event.target.name === "kind") filters.elements.name.value = "";
  say();
});
panel.addEventListener("toggle", (event) => event.target.matches("details[open]") && detail(event.target), true);
panel.addEventListener("keydown", (event) => {
  if (event.key === "Escape") toggle(false);
  if (event.target.role !== "tab" || !["ArrowLeft", "ArrowRight"].includes(event.key)) return;
  const other = tabs.find((each) => each !== event.target);
  show(other.dataset.backstage);
  other.focus();
});

const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? "{}");
for (const [name, value] of Object.entries(kept)) if (filters.elements[name]) filters.elements[name].value = value;
if (kept.tab) {
  panel.hidden = false;
  show(kept.tab);
}
connect();
