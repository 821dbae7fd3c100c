"""What people do in the workspace with mouse and keyboard, over HTTP: used by the browser page and by tests alike.

`POST /sandbox/api/<verb>` with JSON; every body has `as`, the person's user id.
The answer is `{"ok": true, …}` or `{"ok": false, "error": …}`.

Writing (`text` as Slack's client sends it: `&`, `<`, `>` escaped, mentions as `<@U…>`; a command as it is typed)
    message {channel, text, thread_ts?, broadcast?, files?: [{name, content? | base64?, mimetype?}]} → {ts}
    edit {channel, ts, text} · delete {channel, ts} · react / unreact {channel, ts, name} · pin / unpin {channel, ts}
    upload {files} → {files}: for a form, whose `file_input` takes them as its value
    profile {real_name?, title?, tz?} · usergroup {usergroup, users}: who is in it from now on
    deactivate {user}: an admin closes an account, whose owner can do nothing any more (`account_inactive`)
    bot_message {channel, text, bot?, blocks?, attachments?, thread_ts?, webhook?} → {ts}: another app posts
Channels
    create {name, is_private?} → {channel} · direct {user} → {channel} (a user's or a bot's id)
    join / leave {channel} · invite {channel, users} · kick {channel, user} · rename {channel, name}
    topic {channel, topic} · purpose {channel, purpose} · bookmark {channel, title, link, emoji?} → {bookmark}
    unbookmark {channel, bookmark}: its id · archive / unarchive / delete_channel {channel}
The app
    command {channel, text: "/word rest"} · shortcut {callback_id, channel?, ts?} · home {tab?: "home" | "messages"}
    press {channel, ts | view_id, block_id, action_id, value?, selected_option? …, values?}
        with Slack's field for that element or `value` for short; `values` is the state of the form around it
    submit {view_id, values} → {errors?: {block_id: text}} when the form stays open · close {view_id, all?}
    options {view_id | channel, ts, block_id, action_id, query} → {options, option_groups}
Samples
    try {name} → {statuses: {status: times}, seconds, said}: send what `Sandbox.offer` put on the page
Reading
    GET workspace?as= → {me, team, users, channels (newest first, with `members`), app}
    GET messages?as=&channel=[&thread_ts=] → {messages}: oldest first, with those only this person sees (`is_ephemeral`)
    GET views?as= → {views, home}: open modals, the top one last · GET calls → {calls}: all the app asked and was told
Trouble (see `sandbox.troubles`; nobody needs to be named)
    trouble {method, error?, delay?, hold?, cut?: "before" | "after", retry_after?, times?, probability?}: calls
        · {delivery: "double" | "drop" | "delay" | "reorder" | "cut", event?, seconds?, times?, probability?}: events
        · {outage: seconds, answer?: "503" | "cut"}: Slack is down
        · {disconnect: "warning" | "refresh_requested" | "link_disabled" | "cut"}: sockets, at once
        · {seed} from which all is drawn · {limits: "off" | "real" | "harsh"} as in `sandbox.limits`
    calm {id?}: no trouble any more, or not this one · GET troubles → {seed, limits, calls, events, outage: {…} | null}
    `times` is 1 unless given, and null for ever.

`values` is {block_id: {action_id: value}}; a value may be short (text, an option's `value`, a list of those, an id) or
Slack's whole state of that element.
"""

from sandbox.people import channels, commands, messages, modals, pressing, profile, sampling

__all__ = ["channels", "commands", "messages", "modals", "pressing", "profile", "sampling"]
