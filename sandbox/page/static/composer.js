// The boxes to write in: Enter sends, "/" offers commands, "@" people, "#" channels.

import { act, actOrSay, sentence, toast } from "./acts.js";
import { presentLook } from "./look.js";
import { given } from "./uploads.js";

const drafts = new Map();
const WORD = /(^|\s)([@#][^\s@#]*)$/;

const suggestions = () => [...document.querySelectorAll("#suggestions li")].map((item) => item.dataset);
const box = () => document.getElementById("composer-text");
const hints = (area) => area.form.querySelector(".hints");

const escapeSlack = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
const unescapeSlack = (text) => text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");

/** Typed text as Slack's client sends it: escaped, addresses as links, names of people and channels as mentions. */
export function written(text) {
  const tokens = new Map(suggestions().filter(({ token }) => token).map(({ text: name, token }) => [name, token]));
  const linked = escapeSlack(text).replace(/https?:\/\/[^\s<>`]+[^\s<>`.,;:!?)]/g, "<$&>");
  return linked.replace(/(?<![\w/])[@#][\p{L}\p{N}._-]+/gu, (word) => {
    const [name] = word.match(/^.*[^.]/u);
    return tokens.has(name) ? tokens.get(name) + word.slice(name.length) : word;
  });
}

/** Sent text as it was typed, for editing. */
export function typed(text) {
  const names = new Map(suggestions().filter(({ token }) => token).map(({ text: name, token }) => [token, name]));
  const named = text.replace(/<[@#!][^>]+>/g, (token) => names.get(token.replace(/\|[^>]*/, "")) ?? token);
  return unescapeSlack(named.replace(/<(https?:[^>|]+)>/g, "$1"));
}

/** Keeps what was being written in the place `from`, and brings back what was begun in the place `to`. */
export function swapDraft(from, to) {
  if (from && box()) drafts.set(from, box().value);
  requestAnimationFrame(() => {
    if (!box()) return;
    if (from) {
      box().value = drafts.get(to) ?? "";
      attach(box().form, []);
    }
    grow(box());
    if (matchMedia("(hover: hover)").matches && !document.querySelector("dialog[open]")) box().focus({ preventScroll: true });
  });
}

function grow(area) {
  area.style.height = "auto";
  area.style.height = `${Math.min(area.scrollHeight, 220)}px`;
}

const isCommand = (text) => text.startsWith("/") && !text.startsWith("/me ");

// A command that fails is explained in the channel by Slackbot, so that only a sandbox out of reach needs a word here.
async function command(channel, text) {
  const answer = await act("command", { channel, text });
  if (answer.error === "no_network") toast({ text: sentence(answer.error), isProblem: true });
}

async function send(form) {
  const area = form.querySelector("textarea");
  const text = area.value.trim();
  const attached = [...form.elements.files.files];
  if (!text && !attached.length) return;
  const { channel } = presentLook();
  const thread = form.dataset.threadTs;
  area.value = "";
  grow(area);
  hideHints(area);
  if (isCommand(text) && !thread) return command(channel, text);
  const files = await Promise.all(attached.map(given));
  const inThread = thread ? { thread_ts: thread, broadcast: form.elements.broadcast.checked } : {};
  const answer = await actOrSay("message", { channel, text: written(text), files, ...inThread });
  if (!answer.ok && !area.value) area.value = text;
  if (!answer.ok) return;
  if (thread) form.elements.broadcast.checked = false;
  attach(form, []);
}

/** Has these files go with the next message written in this form. */
function attach(form, files) {
  const holder = new DataTransfer();
  for (const file of files) holder.items.add(file);
  form.elements.files.files = holder.files;
  showAttached(form);
}

function showAttached(form) {
  const names = [...form.elements.files.files].map((file) => file.name);
  form.querySelector(".attached").textContent = names.length ? `📎 ${names.join(", ")}` : "";
}

// What fits the word before the cursor; of a command that is written out, what may follow it. Slack takes none in threads.
function offered(area) {
  const text = area.value.slice(0, area.selectionStart);
  const [command] = (area === box() && /^\/\S*/.exec(text)) || [];
  if (command === text) return { begun: text, found: suggestions().filter((one) => one.sign === "/" && one.text.startsWith(text)) };
  const word = WORD.exec(text)?.[2];
  if (!word) return { found: suggestions().filter((one) => one.text === command) };
  const wanted = word.slice(1).toLowerCase();
  const words = (one) => `${one.text.slice(1)} ${one.detail ?? ""}`.toLowerCase();
  const begins = (one) => words(one).split(/\s+/).some((part) => part.startsWith(wanted));
  const found = suggestions().filter((one) => one.sign === word[0] && words(one).includes(wanted));
  return { begun: word, found: found.sort((one, other) => begins(other) - begins(one)).slice(0, 8) };
}

function hideHints(area) {
  hints(area).hidden = true;
  mark(area, null);
}

function showHints(area) {
  const { begun, found } = offered(area);
  const list = hints(area);
  list.hidden = !found.length;
  list.dataset.begun = begun ?? "";
  list.replaceChildren(...found.map((one, number) => hint(one, `${list.id}-${number}`)));
  mark(area, begun ? list.firstElementChild : null);
}

function hint(one, id) {
  const item = Object.assign(document.createElement("li"), { id, role: "option" });
  item.dataset.text = one.text;
  item.append(span("b", one.text), span("span", one.detail), span("small", one.more));
  return item;
}

// The one that Tab or Enter takes, which a screen reader reads while the cursor stays in the text.
function mark(area, wanted) {
  for (const item of hints(area).children) item.ariaSelected = String(item === wanted);
  if (wanted) area.setAttribute("aria-activedescendant", wanted.id);
  else area.removeAttribute("aria-activedescendant");
  wanted?.scrollIntoView({ block: "nearest" });
}

function span(tag, text) {
  return Object.assign(document.createElement(tag), { textContent: text ?? "" });
}

function complete(area, item) {
  const { begun } = hints(area).dataset;
  if (!begun) return;
  const end = area.selectionStart;
  area.setRangeText(`${item.dataset.text} `, end - begun.length, end, "end");
  area.focus();
  showHints(area);
}

function onHintKey({ key, target: area }) {
  const list = hints(area);
  const marked = list.querySelector("[aria-selected=true]");
  if (list.hidden || !marked) return false;
  const next = { ArrowDown: marked.nextElementSibling, ArrowUp: marked.previousElementSibling }[key];
  const isWhole = marked.dataset.text === list.dataset.begun;
  if (key === "Escape") hideHints(area);
  else if (key === "Tab" || (key === "Enter" && !isWhole)) complete(area, marked);
  else if (next) mark(area, next);
  else return key.startsWith("Arrow");
  return true;
}

document.addEventListener("keydown", (event) => {
  if (!event.target.matches?.("[data-writer] textarea") || event.isComposing) return;
  if (onHintKey(event)) event.preventDefault();
  else if (event.key === "Enter" && !event.shiftKey) {
    event.preventDefault();
    send(event.target.form);
  } else if (event.key === "Escape") hideHints(event.target);
});
document.addEventListener("input", (event) => {
  if (!event.target.matches("[data-writer] textarea")) return;
  grow(event.target);
  showHints(event.target);
});
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-writer] [name=files]")) showAttached(event.target.form);
});
document.addEventListener("paste", (event) => {
  if (!event.target.matches?.("[data-writer] textarea") || !event.clipboardData.files.length) return;
  event.preventDefault();
  const { form } = event.target;
  attach(form, [...form.elements.files.files, ...event.clipboardData.files]);
});
document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-writer]")) return;
  event.preventDefault();
  send(event.target);
});
document.addEventListener("mousedown", (event) => {
  const item = event.target.closest(".hints li");
  if (!item) return;
  event.preventDefault();
  complete(item.closest("form").querySelector("textarea"), item);
});
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-type]");
  if (!button || !box()) return;
  box().value = button.dataset.type;
  box().focus();
  showHints(box());
});
