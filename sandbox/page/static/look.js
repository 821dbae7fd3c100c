// What the reader looks at: a channel, its Home tab, a thread; kept in the address, so that Back works.

import { me } from "./acts.js";

const SHOWN = 200;
const hearers = [];
let look = fromAddress();

function fromAddress() {
  const query = new URLSearchParams(location.search);
  return { channel: query.get("channel"), tab: query.get("tab"), thread: null, shown: SHOWN };
}

/** What the reader looks at now: `channel`, `tab`, `thread`, and how many messages are `shown`. */
export const presentLook = () => ({ ...look });

/** Calls `hearer` whenever the reader looks elsewhere. */
export const onLook = (hearer) => hearers.push(hearer);

/** Takes over what the server chose to show. */
export function adopt(told) {
  look = { ...look, ...told };
}

/** Look at another channel, tab or thread; what is left out of `change` stays. */
export function lookAt(change) {
  const isElsewhere = change.channel !== undefined && change.channel !== look.channel;
  look = { ...look, ...(isElsewhere ? { thread: null, tab: null, shown: SHOWN } : {}), ...change };
  const query = new URLSearchParams({ as: me });
  for (const part of ["channel", "tab"]) if (look[part]) query.set(part, look[part]);
  if (isElsewhere || "tab" in change) history.pushState(null, "", `?${query}`);
  hearers.forEach((hear) => hear());
}

window.addEventListener("popstate", () => {
  look = fromAddress();
  hearers.forEach((hear) => hear());
});
