"""What people do in the workspace with mouse and keyboard, over HTTP: used by the browser page and by tests alike.

`POST /sandbox/api/<verb>` with JSON; every body has `as`, the person's user id; the answer is `{"ok": true, …}` or `{"ok": false, "error": …}`.

Writing:   message {channel, text, thread_ts?, broadcast?, files?: [{name, content?, mimetype?}]} → {ts}
           edit {channel, ts, text} · delete {channel, ts} · react / unreact {channel, ts, name}
           pin / unpin {channel, ts} · bot_message {channel, text, bot?, blocks?, thread_ts?} → {ts}
Channels:  create {name, is_private?} → {channel} · direct {user} → {channel} (a user's or a bot's id) · join / leave {channel}
           invite {channel, users} · kick {channel, user} · archive / unarchive / delete_channel {channel} · rename {channel, name} · topic {channel, topic}
The app:   command {channel, text: "/word rest"} · shortcut {callback_id, channel?, ts?} · home {}
           press {channel, ts | view_id, block_id, action_id, value?, selected_option?, selected_options?, selected_user?,
           selected_users?, selected_channel?, selected_conversation?, selected_date?, selected_time?, selected_date_time?,
           values?} (`values` is the state of the form around it; of a select or a checkbox only the option's `value` need be given)
           submit {view_id, values: {block_id: {action_id: value}}} → {errors?: {block_id: text}} when the form stays open
           close {view_id, all?} · options {view_id | channel, ts, block_id, action_id, query} → {options, option_groups}
Reading:   GET workspace?as= → {me, users, channels (with is_member, unread order by latest), team, app}
           GET messages?as=&channel=[&thread_ts=] → {messages}: in order, those only this person sees included (`is_ephemeral`)
           GET views?as= → {views, home}: open modals, the top one last · GET calls → {calls}: everything the app asked and was told
Trouble:   trouble {method, error | delay | cut: "before" | "after", times} or {delivery: "double" | "drop", times}

A value in `values` may be short (text, an option's `value`, a list of those, an id) or Slack's whole state of that element.
"""

from sandbox.people import channels, commands, messages, modals, pressing

__all__ = ["channels", "commands", "messages", "modals", "pressing"]
