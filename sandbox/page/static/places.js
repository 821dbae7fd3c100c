// Addresses within Slack, which lead to a place of this page: deep links to channels, and permalinks of messages.

import { leaveDialog } from "./dialogs.js";
import { lookAt } from "./look.js";

const PERMALINK = /^\/archives\/([A-Z0-9]+)(?:\/p(\d+)(\d{6}))?$/;
let sought = null;

/** Where `address` leads to: a `channel`, perhaps a `message` and its `thread`; null where it leads out of Slack. */
export function placeOf(address) {
  if (!URL.canParse(address)) return null;
  const url = new URL(address);
  // https://docs.slack.dev/interactivity/deep-linking
  if (url.protocol === "slack:") return url.host === "channel" ? { channel: url.searchParams.get("id") } : null;
  const [, channel, seconds, fraction] = (url.origin === location.origin && PERMALINK.exec(url.pathname)) || [];
  if (!channel) return null;
  return { channel, message: seconds && `${seconds}.${fraction}`, thread: url.searchParams.get("thread_ts") };
}

/** Goes to the place that the page's own address names behind its `#`: so permalinks lead here from elsewhere. */
export function begin() {
  const place = placeOf(location.origin + location.hash.slice(1));
  if (place) goTo(place, document.body);
}

/** Goes to a place; whatever dialog is around `from` is left. */
export function goTo({ channel, message, thread }, from) {
  leaveDialog(from);
  sought = message ? `${thread ? "t" : "m"}-${channel}-${message.replace(".", "-")}` : null;
  lookAt({ channel, thread: thread ?? null, tab: null });
}

/** Brings the message with this id into sight, and marks it for a moment; tells whether it is there. */
export function jumpTo(id) {
  const message = document.getElementById(id);
  message?.scrollIntoView({ block: "center" });
  message?.querySelector(".message").animate([{ background: "var(--mark)" }, {}], 1600);
  return Boolean(message);
}

/** Brings the message that was gone to into sight, once it is drawn. */
export function arrive() {
  if (sought && jumpTo(sought)) sought = null;
}
