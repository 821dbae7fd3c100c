// Turns the page's present HTML into new HTML by changing only what differs,
// so that focus, typed text, scroll and open menus stay where they are.

// What the script itself sets: never copied over, never taken away.
const OURS = new Set(["open", "hidden", "aria-expanded", "aria-activedescendant", "data-ready", "data-up", "data-marked", "data-full"]);
const INITIAL = { value: "value", checked: "checked", selected: "selected" };

function keyOf({ nodeType, id, dataset }) {
  if (nodeType !== Node.ELEMENT_NODE) return "";
  if (dataset.option) return dataset.option;
  return id || dataset.part || dataset.block || dataset.actionId || "";
}

const isSameKind = (one, other) =>
  one.nodeType === other.nodeType && one.nodeName === other.nodeName && keyOf(one) === keyOf(other);

function copyAttributes(old, fresh) {
  const isForm = old.closest("dialog");
  for (const { name, value } of [...fresh.attributes]) {
    if (OURS.has(name) || old.getAttribute(name) === value) continue;
    old.setAttribute(name, value);
    // An app's new initial value wins in a message; in a form what the person entered stays, as in Slack.
    if (name in INITIAL && !isForm) old[INITIAL[name]] = name === "value" ? value : true;
  }
  for (const { name } of [...old.attributes]) {
    if (OURS.has(name) || name === "style" || (name === "id" && old.dataset.option) || fresh.hasAttribute(name)) continue;
    old.removeAttribute(name);
    if (name in INITIAL && !isForm) old[INITIAL[name]] = name === "value" ? "" : false;
  }
}

function morphNode(old, fresh) {
  if (old.nodeType !== Node.ELEMENT_NODE) {
    if (old.data !== fresh.data) old.data = fresh.data;
    return;
  }
  if (old.dataset.morph === "skip") return;
  copyAttributes(old, fresh);
  if (old.dataset.morph !== "skip-content") morphChildren(old, fresh);
}

/**
 * Makes the children of `old` like those of `fresh` (an element or fragment, which is used up). What is gone goes first,
 * so that what stays need not be moved: a node that is moved loses the focus.
 */
export function morphChildren(old, fresh) {
  const wantedKeys = new Set([...fresh.children].map(keyOf));
  const keyed = new Map();
  for (const child of [...old.children]) {
    const key = keyOf(child);
    if (key && wantedKeys.has(key) && !keyed.has(key)) keyed.set(key, child);
    else if (key) child.remove();
  }
  let place = old.firstChild;
  for (const wanted of [...fresh.childNodes]) {
    const named = keyed.get(keyOf(wanted));
    if (named && isSameKind(named, wanted)) {
      keyed.delete(keyOf(wanted));
      while (place && place !== named && !keyOf(place)) place = removed(place);
      if (named === place) place = place.nextSibling;
      else old.insertBefore(named, place);
      morphNode(named, wanted);
    } else if (place && !keyOf(wanted) && isSameKind(place, wanted)) {
      const next = place.nextSibling;
      morphNode(place, wanted);
      place = next;
    } else {
      old.insertBefore(wanted, place);
    }
  }
  while (place) place = removed(place);
}

/** Takes the node away; gives the one after it. */
function removed(node) {
  const next = node.nextSibling;
  node.remove();
  return next;
}

/**
 * Makes the children of `list` those with the ids in `order`, new ones as a `tag`; the HTML of those that are in
 * `pieces`, by id, is drawn by `redraw(child, html)`.
 */
export function morphList(list, tag, order, pieces, redraw) {
  const wanted = new Set(order);
  for (const child of [...list.children]) if (!wanted.has(child.id)) child.remove();
  let place = list.firstElementChild;
  for (const id of order) {
    let child = document.getElementById(id);
    if (!child) {
      child = document.createElement(tag);
      child.id = id;
    }
    if (child === place) place = place.nextElementSibling;
    else list.insertBefore(child, place);
    if (id in pieces) redraw(child, pieces[id]);
  }
}

/** The HTML text as a fragment, not yet on the page. */
export function fragment(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content;
}
