// Writes times in the reader's zone, by the tokens of Slack's date format
// (docs.slack.dev/messaging/formatting-message-text#date-formatting).

const format = (options) => new Intl.DateTimeFormat(undefined, options);
const MONTH = { year: "numeric", month: "long", day: "numeric" };
const SHORT = { ...MONTH, month: "short" };
const LONG = { ...MONTH, weekday: "long" };
const DAY = { month: "long", day: "numeric", weekday: "long" };
const FORMATS = {
  date: MONTH, date_short: SHORT, date_long: LONG, date_long_full: MONTH,
  date_pretty: MONTH, date_short_pretty: SHORT, date_long_pretty: LONG, day_divider_pretty: DAY,
  time: { hour: "2-digit", minute: "2-digit" },
  time_secs: { hour: "2-digit", minute: "2-digit", second: "2-digit" },
};

const startOfDay = (date) => new Date(date.getFullYear(), date.getMonth(), date.getDate());

function dayWord(date) {
  const days = Math.round((startOfDay(date) - startOfDay(new Date())) / 86_400_000);
  return { "-1": "yesterday", 0: "today", 1: "tomorrow" }[days];
}

function ago(date) {
  const seconds = Math.round((date - Date.now()) / 1000);
  const relative = new Intl.RelativeTimeFormat(undefined, { numeric: "auto" });
  for (const [unit, length] of [["day", 86_400], ["hour", 3_600], ["minute", 60]])
    if (Math.abs(seconds) >= length) return relative.format(Math.round(seconds / length), unit);
  return relative.format(seconds, "second");
}

function token(name, date) {
  if (name === "ago") return ago(date);
  if (name === "date_num") return `${date.getFullYear()}-${String(date.getMonth() + 1).padStart(2, "0")}-${String(date.getDate()).padStart(2, "0")}`;
  if (name === "date_slash") return format({ year: "numeric", month: "2-digit", day: "2-digit" }).format(date);
  if (!(name in FORMATS)) return null;
  const word = name.endsWith("_pretty") && dayWord(date);
  return word || format(FORMATS[name]).format(date);
}

const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);

/** Rewrites every `<time data-epoch>` under `root`. */
export function localiseTimes(root) {
  for (const time of root.querySelectorAll("time[data-epoch]")) {
    const date = new Date(Number(time.dataset.epoch) * 1000);
    if (Number.isNaN(date.valueOf())) continue;
    time.dateTime = date.toISOString();
    time.title = format({ dateStyle: "full", timeStyle: "medium" }).format(date);
    time.textContent = capital(time.dataset.form.replace(/\{(\w+)\}/g, (whole, name) => token(name, date) ?? whole));
  }
  for (const input of root.querySelectorAll("input[data-epoch-value]:not([data-epoch-value=''])")) {
    const date = new Date(Number(input.dataset.epochValue) * 1000);
    const local = new Date(date - date.getTimezoneOffset() * 60_000);
    input.setAttribute("value", local.toISOString().slice(0, 16));
  }
}
