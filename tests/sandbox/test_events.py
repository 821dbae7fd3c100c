"""What the app hears: each event's shape, and that it hears only what it may."""

import asyncio

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.refusals import RefusedError
from sandbox.server import Sandbox
from tests.sandbox.conftest import GENERAL, INCIDENTS, Heard


async def test_an_edit_brings_the_message_before_and_after(sandbox: Sandbox, web: AsyncWebClient, heard: Heard) -> None:
    await web.conversations_join(channel=INCIDENTS)
    ana = sandbox.person("ana")
    ts = await ana.say(INCIDENTS, "teh")
    await ana.edit(INCIDENTS, ts, "the")
    changed = await heard.next(subtype="message_changed")
    assert changed["previous_message"]["text"] == "teh"
    assert changed["message"]["text"] == "the"
    assert changed["message"]["edited"]["user"] == "U0ANA"
    assert changed["hidden"]


async def test_a_deletion_names_what_is_gone(sandbox: Sandbox, web: AsyncWebClient, heard: Heard) -> None:
    await web.conversations_join(channel=INCIDENTS)
    ana = sandbox.person("ana")
    ts = await ana.say(INCIDENTS, "oops")
    await ana.delete(INCIDENTS, ts)
    deleted = await heard.next(subtype="message_deleted")
    assert deleted["deleted_ts"] == ts
    assert deleted["previous_message"]["text"] == "oops"


async def test_a_deleted_parent_leaves_a_tombstone(sandbox: Sandbox, web: AsyncWebClient, heard: Heard) -> None:
    await web.conversations_join(channel=INCIDENTS)
    ana = sandbox.person("ana")
    ts = await ana.say(INCIDENTS, "parent")
    await ana.say(INCIDENTS, "reply", thread_ts=ts)
    await ana.delete(INCIDENTS, ts)
    changed = await heard.next(subtype="message_changed")
    assert (changed["message"]["subtype"], changed["message"]["ts"]) == ("tombstone", ts)


async def test_replies_broadcasts_files_me_and_other_bots(sandbox: Sandbox, web: AsyncWebClient, heard: Heard) -> None:
    await web.conversations_join(channel=INCIDENTS)
    ana = sandbox.person("ana")
    ts = await ana.say(INCIDENTS, "parent")
    await ana.say(INCIDENTS, "reply", thread_ts=ts)
    await ana.say(INCIDENTS, "for all", thread_ts=ts, broadcast=True)
    await ana.say(INCIDENTS, "", files=[{"name": "log.txt", "content": "boom"}])
    await ana.say(INCIDENTS, "/me waves")
    await ana.bot_message(INCIDENTS, "5xx at 12 %")
    assert (await heard.next(text="reply"))["parent_user_id"] == "U0ANA"
    assert (await heard.next(subtype="thread_broadcast"))["root"]["text"] == "parent"
    assert (await heard.next(subtype="file_share"))["files"][0]["name"] == "log.txt"
    assert (await heard.next(type="file_shared"))["channel_id"] == INCIDENTS
    assert (await heard.next(subtype="me_message"))["text"] == "waves"
    bot = await heard.next(subtype="bot_message")
    assert (bot["bot_id"], bot["username"]) == ("B0GRAFANA", "Grafana")
    assert "user" not in bot


async def test_the_apps_own_doings_are_events_too(sandbox: Sandbox, web: AsyncWebClient, heard: Heard) -> None:
    channel = (await web.conversations_create(name="room"))["channel"]["id"]
    await web.conversations_setTopic(channel=channel, topic="SEV1")
    ts = (await web.chat_postMessage(channel=channel, text="one"))["ts"]
    await web.chat_update(channel=channel, ts=ts, text="two")
    await web.pins_add(channel=channel, timestamp=ts)
    assert (await heard.next(type="channel_created"))["channel"]["id"] == channel
    assert (await heard.next(subtype="channel_topic"))["topic"] == "SEV1"
    own = await heard.next(ts=ts, subtype=None)
    assert (own["bot_id"], own["app_id"]) == ("B0SANDBOX", "A0SANDBOX")
    assert (await heard.next(subtype="message_changed"))["message"]["text"] == "two"
    assert (await heard.next(type="pin_added"))["item"]["message"]["ts"] == ts
    assert (await heard.next(subtype="pinned_item"))["user"] == "U0SANDBOXBOT"


async def test_coming_and_going(sandbox: Sandbox, web: AsyncWebClient, heard: Heard) -> None:
    channel = (await web.conversations_create(name="room"))["channel"]["id"]
    await web.conversations_invite(channel=channel, users="U0ANA")
    await sandbox.person("ben").join(channel)
    await sandbox.person("ben").leave(channel)
    await sandbox.person("ana").kick(channel, "U0SANDBOXBOT")
    invited = await heard.next(type="member_joined_channel", user="U0ANA")
    assert (invited["inviter"], invited["channel_type"], invited["team"]) == ("U0SANDBOXBOT", "C", "T0SANDBOX")
    assert "inviter" not in await heard.next(type="member_joined_channel", user="U0BEN")
    assert (await heard.next(type="member_left_channel"))["user"] == "U0BEN"
    assert (await heard.next(subtype="channel_leave"))["user"] == "U0BEN"
    assert (await heard.next(type="channel_left"))["actor_id"] == "U0ANA"


async def test_renaming_archiving_and_deleting(sandbox: Sandbox, web: AsyncWebClient, heard: Heard) -> None:
    ana = sandbox.person("ana")
    one = (await web.conversations_create(name="one"))["channel"]["id"]
    two = (await web.conversations_create(name="two"))["channel"]["id"]
    for channel in (one, two):
        await web.conversations_invite(channel=channel, users="U0ANA")
    await ana.rename(one, "uno")
    await ana.archive(one)
    await ana.delete_channel(two)
    assert (await heard.next(type="channel_rename"))["channel"]["name"] == "uno"
    named = await heard.next(subtype="channel_name")
    assert (named["old_name"], named["name"]) == ("one", "uno")
    assert (await heard.next(subtype="channel_archive"))["channel"] == one
    assert (await heard.next(type="channel_archive"))["user"] == "U0ANA"
    assert (await heard.next(type="channel_deleted"))["channel"] == two


async def test_private_channels_have_events_of_their_own(sandbox: Sandbox, web: AsyncWebClient, heard: Heard) -> None:
    ana = sandbox.person("ana")
    channel = await ana.create("quiet", is_private=True)
    await ana.say(channel, "before the app came")
    await ana.invite(channel, "U0SANDBOXBOT")
    await ana.say(channel, "after")
    await ana.rename(channel, "quieter")
    await ana.archive(channel)
    assert (await heard.next(type="member_joined_channel"))["channel_type"] == "G"
    assert (await heard.next(text="after"))["channel_type"] == "group"
    assert (await heard.next(type="group_rename"))["channel"]["name"] == "quieter"
    assert (await heard.next(type="group_archive"))["channel"] == channel
    assert not [event for event in heard if event.get("text") == "before the app came"]


async def test_reactions_with_whose_message_it_was(sandbox: Sandbox, web: AsyncWebClient, heard: Heard) -> None:
    await web.conversations_join(channel=INCIDENTS)
    ts = await sandbox.person("ana").say(INCIDENTS, "key")
    await sandbox.person("ben").react(INCIDENTS, ts, "pushpin")
    await sandbox.person("ben").unreact(INCIDENTS, ts, "pushpin")
    added = await heard.next(type="reaction_added")
    assert added["item"] == {"type": "message", "channel": INCIDENTS, "ts": ts}
    assert (added["user"], added["reaction"], added["item_user"]) == ("U0BEN", "pushpin", "U0ANA")
    assert (await heard.next(type="reaction_removed"))["user"] == "U0BEN"


async def test_who_comes_into_a_user_group_and_leaves_it(sandbox: Sandbox, web: AsyncWebClient, heard: Heard) -> None:
    await sandbox.person("ana").change_usergroup("S0ONCALL", "U0DAN", "U0EVE")
    changed = await heard.next(type="subteam_members_changed")
    assert (changed["subteam_id"], changed["removed_users"]) == ("S0ONCALL", ["U0BEN"])
    assert (changed["added_users"], changed["added_users_count"]) == (["U0EVE"], 1)
    updated = (await heard.next(type="subteam_updated"))["subteam"]
    assert (updated["handle"], updated["users"], updated["user_count"]) == ("oncall", ["U0DAN", "U0EVE"], 2)
    assert (await web.usergroups_users_list(usergroup="S0ONCALL"))["users"] == ["U0DAN", "U0EVE"]
    with pytest.raises(RefusedError, match="permission_denied"):
        await sandbox.person("ben").change_usergroup("S0ONCALL", "U0BEN")


async def test_home_profile_mention_and_direct_message(sandbox: Sandbox, web: AsyncWebClient, heard: Heard) -> None:
    await web.conversations_join(channel=INCIDENTS)
    ana = sandbox.person("ana")
    await web.views_publish(user_id="U0ANA", view={"type": "home", "blocks": [{"type": "divider"}]})
    await ana.open_home()
    await ana.open_home("messages")
    await ana.change_profile(tz="Asia/Tokyo")
    await ana.say(INCIDENTS, "ask <@U0SANDBOXBOT>")
    direct = (await ana.act("direct", user="B0SANDBOX"))["channel"]["id"]
    await ana.say(direct, "hello")
    opened = await heard.next(type="app_home_opened")
    assert (opened["user"], opened["tab"], opened["channel"]) == ("U0ANA", "home", direct)
    assert opened["view"]["blocks"][0]["type"] == "divider"
    assert "view" not in await heard.next(type="app_home_opened", tab="messages")
    assert (await heard.next(type="user_change"))["user"]["tz"] == "Asia/Tokyo"
    assert (await heard.next(type="app_mention"))["text"] == "ask <@U0SANDBOXBOT>"
    assert (await heard.next(channel=direct, type="message"))["channel_type"] == "im"


async def test_nothing_is_heard_of_channels_the_app_is_not_in(
    sandbox: Sandbox, web: AsyncWebClient, heard: Heard
) -> None:
    await web.conversations_join(channel=INCIDENTS)
    ana = sandbox.person("ana")
    ts = await ana.say(GENERAL, "elsewhere")
    await ana.react(GENERAL, ts, "eyes")
    marker = await ana.say(INCIDENTS, "here")
    await heard.next(ts=marker)
    assert not [event for event in heard if GENERAL in {event.get("channel"), event.get("item", {}).get("channel")}]


async def test_a_thousand_messages_arrive_once_and_in_order(
    sandbox: Sandbox, web: AsyncWebClient, heard: Heard
) -> None:
    await web.conversations_join(channel=INCIDENTS)
    ana = sandbox.person("ana")
    stamps = [await ana.say(INCIDENTS, str(n)) for n in range(1000)]
    await heard.next(ts=stamps[-1])
    await asyncio.sleep(0)
    assert [e["ts"] for e in heard if e.get("user") == "U0ANA"] == stamps[:-1]


async def test_the_log_says_who_caused_each_delivery(sandbox: Sandbox, web: AsyncWebClient, heard: Heard) -> None:
    ana, ben, bot = sandbox.person("ana"), sandbox.person("ben"), sandbox.app.bot_user_id
    await web.conversations_join(channel=INCIDENTS)
    ts = await ben.say(INCIDENTS, "teh", files=[{"name": "a.txt", "content": "x"}])
    await ben.edit(INCIDENTS, ts, "the")
    await ana.delete(INCIDENTS, ts)
    await ana.bot_message(INCIDENTS, "Firing")
    await web.conversations_archive(channel=INCIDENTS)
    await heard.next(type="channel_archive")
    told = [
        (event["type"], event.get("subtype"), call.by)
        for call in sandbox.workspace.calls
        if (event := call.arguments.get("event"))
    ]
    assert told == [
        ("member_joined_channel", None, bot),
        ("message", "channel_join", bot),
        ("message", "file_share", "U0BEN"),
        ("file_shared", None, "U0BEN"),
        ("message", "message_changed", "U0BEN"),
        ("message", "message_deleted", "U0ANA"),
        ("message", "bot_message", "U0GRAFANA"),
        ("message", "channel_archive", bot),
        ("channel_archive", None, bot),
    ]
