// What fresh HTML needs before and after it is on the page: times in the reader's zone, and searchable selects.

import { prepareComboboxes } from "./combobox.js";
import { localiseTimes } from "./times.js";

export function prepare(root) {
  localiseTimes(root);
  prepareComboboxes(root);
}
