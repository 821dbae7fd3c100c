// What one does with a message: react, pin, edit, delete, open its thread, run a shortcut on it.

import { actOrSay } from "./acts.js";
import { askLines, askText, confirmed, leaveDialog } from "./dialogs.js";
import { lookAt, presentLook } from "./look.js";
import { typed, written } from "./composer.js";
import { pick } from "./picker.js";
import { goTo, jumpTo, placeOf } from "./places.js";

const MORE = 200;

const addressOf = (element) => {
  const message = element.closest("[data-ts]");
  return message && { channel: message.dataset.channelId, ts: message.dataset.ts };
};

async function edit(button) {
  const at = addressOf(button);
  const text = await askText("Edit message", typed(button.closest("[data-ts]").dataset.text));
  if (text) actOrSay("edit", { ...at, text: written(text) });
}

async function remove(button) {
  const at = addressOf(button);
  const isSure = await confirmed({
    title: "Delete message",
    text: "Are you sure you want to delete this message? This cannot be undone.",
    confirm: "Delete",
    deny: "Cancel",
    style: "danger",
  });
  if (isSure) actOrSay("delete", at);
}

// What is asked for has the name of the act, or what the act does with it.
const ASKED = {
  topic: ["Set the topic", "topic"],
  purpose: ["Set the description", "purpose"],
  rename: ["Rename channel", "name"],
};

async function askOfChannel({ dataset: { channelAsk: verb, begun } }) {
  const [title, field] = ASKED[verb];
  const { channel } = presentLook();
  const text = await askText(title, begun);
  if (text !== null) actOrSay(verb, { channel, [field]: text.trim() });
}

async function bookmark() {
  const { channel } = presentLook();
  const lines = await askLines("Add a bookmark", "Title", "Link (https://…)");
  if (lines) actOrSay("bookmark", { channel, title: lines[0], link: lines[1] });
}

async function createChannel(form) {
  const answer = await actOrSay("create", { name: form.elements.name.value, is_private: form.elements.is_private.checked });
  if (!answer.ok) return;
  form.reset();
  form.closest("dialog").close();
  lookAt({ channel: answer.channel.id });
}

const PRESSES = {
  "[data-pick-reaction]": (button) => pick(button, (name) => actOrSay("react", { ...addressOf(button), name })),
  "[data-react]": (button) =>
    actOrSay(button.getAttribute("aria-pressed") === "true" ? "unreact" : "react", { ...addressOf(button), name: button.dataset.react }),
  "[data-pin]": (button) => actOrSay(button.dataset.pin, addressOf(button)),
  "[data-edit]": edit,
  "[data-delete]": remove,
  "[data-thread]": (button) => lookAt({ thread: button.dataset.thread }),
  "[data-close-thread]": () => lookAt({ thread: null }),
  "[data-dismiss]": (button) => actOrSay("delete", addressOf(button)),
  "[data-shortcut]": (button) =>
    actOrSay("shortcut", { callback_id: button.dataset.shortcut, channel: presentLook().channel, ...addressOf(button) }),
  "[data-join]": async (button) => {
    const answer = await actOrSay("join", { channel: button.dataset.join });
    button.closest("dialog")?.close();
    if (answer.ok) lookAt({ channel: button.dataset.join });
  },
  "[data-channel-act]": (button) => actOrSay(button.dataset.channelAct, { channel: presentLook().channel }),
  "[data-channel-ask]": askOfChannel,
  "[data-bookmark]": bookmark,
  "[data-unbookmark]": (button) => actOrSay("unbookmark", { channel: presentLook().channel, bookmark: button.dataset.unbookmark }),
  "[data-invite]": (button) => actOrSay("invite", { channel: presentLook().channel, users: [button.dataset.invite] }),
  "[data-earlier]": () => lookAt({ shown: presentLook().shown + MORE }),
  "[data-direct]": async (button) => {
    const answer = await actOrSay("direct", { user: button.dataset.direct });
    if (!answer.ok) return;
    lookAt({ channel: answer.channel.id });
    tellApp(button);
  },
};

// Who opens a tab of the app's conversation is told to the app.
function tellApp({ dataset: { appHome: tab } }) {
  if (tab) actOrSay("home", { tab });
}

document.addEventListener("click", (event) => {
  for (const [selector, does] of Object.entries(PRESSES)) {
    const button = event.target.closest(selector);
    if (button) does(button);
  }
  const link = event.target.closest("a[data-channel]");
  const isPlain = !(event.ctrlKey || event.metaKey || event.shiftKey || event.button);
  if (link && isPlain) {
    event.preventDefault();
    leaveDialog(link);
    lookAt({ channel: link.dataset.channel, tab: link.dataset.tab ?? null });
    tellApp(link);
  }
  const address = event.target.closest("a[target=_blank]");
  const place = address && isPlain && placeOf(address.href);
  if (place) {
    event.preventDefault();
    goTo(place, address);
  }
  const pinned = event.target.closest("[data-jump]");
  if (pinned) {
    event.preventDefault();
    jumpTo(pinned.dataset.jump);
  }
});
document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-create]")) return;
  event.preventDefault();
  createChannel(event.target);
});
if (presentLook().tab === "home") actOrSay("home", {});
