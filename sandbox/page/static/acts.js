// What the person does goes to the sandbox's own API, as the tests' acts do.

export const me = document.body.dataset.me;

const SENTENCES = {
  operation_timeout: "The app did not answer within three seconds.",
  dispatch_failed: "The app is not connected to the sandbox. Is it running?",
  trigger_expired: "That took too long. Please try again.",
  element_not_found: "The app has changed this meanwhile, and what you pressed is no longer there.",
  is_archived: "This channel is archived.",
  not_in_channel: "You are not in this channel.",
  cant_delete_message: "Only its author can delete this message.",
  unknown_sample: "This sample is offered no longer.",
  not_authorized: "Only who made this channel, or an admin, can rename it.",
  last_member: "You are the last one here: archive the channel instead.",
  no_network: "The sandbox does not answer.",
};

/** The sentence for an error name of Slack's. */
export const sentence = (error) => SENTENCES[error] ?? `Slack says: ${error}`;

/** Does `verb` as the person this page is; resolves to the answer, whose `ok` tells whether it was done. */
export const act = (verb, body = {}) => post(verb, { as: me, ...body });

/** Asks the sandbox's API for something that nobody needs to be named for. */
export async function post(verb, body) {
  try {
    const response = await fetch(`/sandbox/api/${verb}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
    return await response.json();
  } catch (problem) {
    if (problem instanceof TypeError || problem instanceof SyntaxError) return { ok: false, error: "no_network" };
    throw problem;
  }
}

/** Does `verb` and says so in a toast where it was refused. */
export async function actOrSay(verb, body) {
  const answer = await act(verb, body);
  if (!answer.ok) toast({ text: sentence(answer.error), isProblem: true });
  return answer;
}

/** Shows a passing word; one about a `channel` opens it when pressed. */
export function toast({ text, channel, isProblem }) {
  const shown = document.createElement(channel ? "a" : "div");
  shown.className = isProblem ? "toast problem" : "toast";
  shown.textContent = text;
  if (isProblem) shown.setAttribute("role", "alert");
  if (channel) {
    shown.href = `?as=${me}&channel=${channel}`;
    shown.dataset.channel = channel;
  }
  shown.addEventListener("click", () => shown.remove());
  document.getElementById("toasts").append(shown);
  setTimeout(() => shown.remove(), isProblem ? 8000 : 6000);
}
