// Files that people give: with a message, and to a form, where they are uploaded as soon as they are chosen.

import { actOrSay } from "./acts.js";

const uploaded = new WeakMap();
let underWay = Promise.resolve();

/** Resolves once all that was chosen is uploaded. */
export const uploadsDone = () => underWay;

/** The files that a form's input holds, as Slack describes them. */
export const uploadedIn = (input) => uploaded.get(input) ?? [];

/** A file as the API takes it. */
export async function given(file) {
  const bytes = new Uint8Array(await file.arrayBuffer());
  return { name: file.name, base64: btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join("")), mimetype: file.type || null };
}

async function upload(input) {
  const answer = await actOrSay("upload", { files: await Promise.all([...input.files].map(given)) });
  uploaded.set(input, answer.files ?? []);
}

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-element=file_input]")) underWay = upload(event.target);
});
