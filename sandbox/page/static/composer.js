// The boxes to write in: Enter sends, "/" offers commands, "@" people, "#" channels.

import { act, actOrSay, sentence, toast } from "./acts.js";
import { presentLook } from "./look.js";
import { given } from "./uploads.js";

const drafts = new Map();
const WORD = /(^|\s)([@#][^\s@#]*)$/;

const suggestions = () => [...document.querySelectorAll("#suggestions li")].map((item) => item.dataset);
const box = () => document.getElementById("composer-text");
const hints = () => document.getElementById("hints");

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
      attach([]);
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
  const attached = [...(form.elements.files?.files ?? [])];
  if (!text && !attached.length) return;
  const { channel } = presentLook();
  const thread = form.dataset.threadTs;
  area.value = "";
  grow(area);
  hideHints();
  if (isCommand(text) && !thread) return command(channel, text);
  const files = await Promise.all(attached.map(given));
  const inThread = thread ? { thread_ts: thread, broadcast: form.elements.broadcast.checked } : {};
  const answer = await actOrSay("message", { channel, text: written(text), files, ...inThread });
  if (!answer.ok && !area.value) area.value = text;
  if (!answer.ok) return;
  if (thread) form.elements.broadcast.checked = false;
  else attach([]);
}

/** Has these files go with the next message. */
function attach(files) {
  const { elements } = box().form;
  const holder = new DataTransfer();
  for (const file of files) holder.items.add(file);
  elements.files.files = holder.files;
  showAttached();
}

function showAttached() {
  const { elements } = box().form;
  const names = [...elements.files.files].map((file) => file.name);
  box().form.querySelector(".attached").textContent = names.length ? `📎 ${names.join(", ")}` : "";
}

function offered(area) {
  const text = area.value.slice(0, area.selectionStart);
  if (/^\/\S*$/.test(text)) return { begun: text, found: suggestions().filter((one) => one.sign === "/" && one.text.startsWith(text)) };
  const usage = /^(\/\S+)\s/.exec(text);
  if (usage) return { begun: null, found: suggestions().filter((one) => one.text === usage[1]) };
  const word = WORD.exec(text)?.[2];
  if (!word) return { found: [] };
  const wanted = word.slice(1).toLowerCase();
  const words = (one) => `${one.text.slice(1)} ${one.detail ?? ""}`.toLowerCase();
  const begins = (one) => words(one).split(/\s+/).some((part) => part.startsWith(wanted));
  const found = suggestions().filter((one) => one.sign === word[0] && words(one).includes(wanted));
  return { begun: word, found: found.sort((one, other) => begins(other) - begins(one)).slice(0, 8) };
}

function hideHints() {
  if (hints()) hints().hidden = true;
}

function showHints(area) {
  const { begun, found } = offered(area);
  const list = hints();
  list.hidden = !found.length;
  list.dataset.begun = begun ?? "";
  list.replaceChildren(
    ...found.map((one, number) => {
      const item = document.createElement("li");
      item.setAttribute("role", "option");
      item.dataset.text = one.text;
      item.classList.toggle("marked", number === 0 && Boolean(begun));
      item.append(span("b", one.text), span("span", one.detail), span("small", one.more));
      return item;
    }),
  );
}

function span(tag, text) {
  return Object.assign(document.createElement(tag), { textContent: text ?? "" });
}

function complete(item) {
  const area = box();
  const begun = hints().dataset.begun;
  if (!begun) return;
  const end = area.selectionStart;
  area.setRangeText(`${item.dataset.text} `, end - begun.length, end, "end");
  area.focus();
  showHints(area);
}

function onHintKey(event) {
  const marked = hints()?.querySelector(".marked");
  if (hints()?.hidden !== false || !marked) return false;
  const next = { ArrowDown: marked.nextElementSibling, ArrowUp: marked.previousElementSibling }[event.key];
  const isWhole = marked.dataset.text === hints().dataset.begun;
  if (event.key === "Escape") hideHints();
  else if (event.key === "Tab" || (event.key === "Enter" && !isWhole)) complete(marked);
  else if (next) {
    marked.classList.remove("marked");
    next.classList.add("marked");
    next.scrollIntoView({ block: "nearest" });
  } else return event.key.startsWith("Arrow");
  return true;
}

document.addEventListener("keydown", (event) => {
  if (!event.target.matches?.("[data-writer] textarea") || event.isComposing) return;
  if (event.target === box() && onHintKey(event)) event.preventDefault();
  else if (event.key === "Enter" && !event.shiftKey) {
    event.preventDefault();
    send(event.target.form);
  } else if (event.key === "Escape") hideHints();
});
document.addEventListener("input", (event) => {
  if (!event.target.matches("[data-writer] textarea")) return;
  grow(event.target);
  if (event.target === box()) showHints(event.target);
});
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-writer] [name=files]")) showAttached();
});
document.addEventListener("paste", (event) => {
  if (event.target !== box() || !event.clipboardData.files.length) return;
  event.preventDefault();
  attach([...box().form.elements.files.files, ...event.clipboardData.files]);
});
document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-writer]")) return;
  event.preventDefault();
  send(event.target);
});
document.addEventListener("mousedown", (event) => {
  const item = event.target.closest("#hints li");
  if (!item) return;
  event.preventDefault();
  complete(item);
});
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-type]");
  if (!button || !box()) return;
  box().value = button.dataset.type;
  box().focus();
  showHints(box());
});
