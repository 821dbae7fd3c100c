// Where an element stands: in a view (a form or the Home tab) or in a message.

/** The address of the view or message around `element`, as the API wants it. */
export function surface(element) {
  const view = element.closest("[data-view]");
  if (view) return { view_id: view.dataset.view };
  const message = element.closest("[data-ts]");
  return { channel: message.dataset.channelId, ts: message.dataset.ts };
}
