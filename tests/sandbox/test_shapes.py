"""Every answer and delivery has Slack's fields, of Slack's types.

They are held against the sandbox's own schema (`sandbox.schema`) and, where Slack's recorded samples lie beside this
repository, against those too. The `sandbox` fixture holds what every other test of this folder hears, too.
"""

import time
from typing import Any

import pytest
from pydantic import ValidationError
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.api.registry import METHODS
from sandbox.schema import check_answer, check_delivery
from sandbox.schema.answers import ANSWERS
from sandbox.schema.deliveries import EVENTS, INTERACTIONS
from sandbox.server import Sandbox
from tests.sandbox.conftest import GENERAL, INCIDENTS, PAYMENTS, Heard, until
from tests.sandbox.shapes import misfits
from tests.sandbox.slack_samples import FOLDER, Samples, delivery_name
from tests.sandbox.test_modals import plain

BUTTON = {"type": "button", "action_id": "go", "text": plain("Go"), "value": "1"}
MENU = {"type": "external_select", "action_id": "menu", "placeholder": plain("Which"), "min_query_length": 0}
ACTIONS = [{"type": "actions", "block_id": "row", "elements": [BUTTON, MENU]}]
FIELD = {
    "type": "input",
    "block_id": "field",
    "label": plain("Name"),
    "element": {"type": "plain_text_input", "action_id": "value"},
}
MODAL = {
    "type": "modal",
    "callback_id": "form",
    "title": plain("Form"),
    "submit": plain("Send"),
    "notify_on_close": True,
    "blocks": [FIELD],
}
HOME = {"type": "home", "blocks": ACTIONS}
BARRED = {"conversations.unarchive"}
UNHEARD = {"channel_unarchive", "group_unarchive"}
"""What a bot cannot do or hear, since it is not in a channel any more once that is archived."""
MARK = {"event_type": "trial", "event_payload": {"n": 1}}


async def test_everything_the_sandbox_says_looks_as_slacks(
    sandbox: Sandbox, web: AsyncWebClient, bolt: AsyncApp, heard: Heard
) -> None:
    await _who(web)
    await _channels(sandbox, web)
    await _messages(sandbox, web)
    await _pins_reactions_bookmarks(sandbox, web)
    await _files(sandbox, web)
    await _interactions(sandbox, web, bolt)
    await _people(sandbox, web)
    await until(lambda: any(event["type"] == "user_change" and event["user"]["deleted"] for event in heard))
    calls = list(sandbox.workspace.calls)
    assert misfits(calls) == []
    answered = {call.name for call in calls if call.direction == "api" and call.answer and call.answer["ok"]}
    assert answered == set(METHODS) - BARRED
    told = {delivery_name(call.arguments).split()[0] for call in calls if call.direction == "delivery"}
    assert told == {*EVENTS, *INTERACTIONS, "command"} - UNHEARD


def _in(seconds: int) -> int:
    return int(time.time()) + seconds


async def _who(web: AsyncWebClient) -> None:
    await web.auth_test()
    await web.team_info()
    await web.bots_info(bot="B0GRAFANA")
    for user in ("U0ANA", "U0GUS", "U0UMA", "U0NED", "U0PIA", "U0GRAFANA", "USLACKBOT"):
        await web.users_info(user=user, include_locale=True)
    await web.users_list()
    await web.users_lookupByEmail(email="ana@example.com")
    await web.users_profile_get(user="U0ANA")
    await web.users_conversations(user="U0ANA")
    await web.usergroups_list(include_users=True, include_count=True)
    await web.usergroups_users_list(usergroup="S0SRE")


async def _channels(sandbox: Sandbox, web: AsyncWebClient) -> None:
    ana = sandbox.person("ana")
    for is_private in (False, True):
        room = (await web.conversations_create(name=f"room-{is_private}".lower(), is_private=is_private))["channel"][
            "id"
        ]
        await web.conversations_invite(channel=room, users="U0ANA,U0BEN,U404", force=True)
        await web.conversations_setTopic(channel=room, topic="Topic")
        await web.conversations_setPurpose(channel=room, purpose="Purpose")
        await web.conversations_rename(channel=room, name=f"named-{is_private}".lower())
        await web.conversations_kick(channel=room, user="U0BEN")
        await ana.kick(room, sandbox.app.bot_user_id)
        await ana.invite(room, sandbox.app.bot_user_id)
        await web.conversations_archive(channel=room)
        await ana.unarchive(room)
        await ana.invite(room, sandbox.app.bot_user_id)
        await ana.delete_channel(room)
    spare = (await web.conversations_create(name="spare"))["channel"]["id"]
    await web.conversations_invite(channel=spare, users="U0BEN")
    await web.conversations_leave(channel=spare)
    with pytest.raises(SlackApiError):
        await web.conversations_leave(channel=spare)
    await web.conversations_list(types="public_channel,private_channel,im")
    await web.conversations_members(channel=GENERAL)
    await web.conversations_join(channel=INCIDENTS)
    await web.conversations_join(channel=INCIDENTS)
    await web.conversations_join(channel=PAYMENTS)
    await web.conversations_info(channel=PAYMENTS, include_num_members=True)
    direct = (await web.conversations_open(users="U0ANA"))["channel"]["id"]
    await web.conversations_open(channel=direct, return_im=True)
    await web.conversations_info(channel=direct)


async def _messages(sandbox: Sandbox, web: AsyncWebClient) -> None:
    ana = sandbox.person("ana")
    posted = await web.chat_postMessage(channel=INCIDENTS, text="Hi", blocks=ACTIONS, attachments=[{"text": "More"}])
    ts = posted["ts"]
    reply = await web.chat_postMessage(channel=INCIDENTS, text="Reply", thread_ts=ts, metadata=MARK)
    await web.chat_postMessage(channel=INCIDENTS, text="For all", thread_ts=ts, reply_broadcast=True)
    await web.chat_postMessage(channel=INCIDENTS, text="As", username="Somebody", icon_emoji=":ghost:")
    await web.chat_update(channel=INCIDENTS, ts=reply["ts"], text="Replied", metadata=MARK)
    await web.chat_postEphemeral(channel=INCIDENTS, user="U0ANA", text="Psst")
    await web.chat_getPermalink(channel=INCIDENTS, message_ts=reply["ts"])
    await ana.say(INCIDENTS, "/me waves to all", thread_ts=ts)
    await ana.say(INCIDENTS, f"<@{sandbox.app.bot_user_id}> help")
    await ana.say(INCIDENTS, "For all", thread_ts=ts, broadcast=True)
    await ana.edit(INCIDENTS, await ana.say(INCIDENTS, "teh"), "the")
    await ana.delete(INCIDENTS, await ana.say(INCIDENTS, "oops"))
    await ana.bot_message(INCIDENTS, "Firing")
    await ana.bot_message(INCIDENTS, "Firing", webhook=False)
    await web.conversations_history(channel=INCIDENTS, include_all_metadata=True)
    await web.conversations_replies(channel=INCIDENTS, ts=ts)
    gone = await ana.say(INCIDENTS, "parent")
    await ana.say(INCIDENTS, "left alone", thread_ts=gone)
    await ana.delete(INCIDENTS, gone)
    await web.conversations_history(channel=INCIDENTS)
    await web.chat_delete(channel=INCIDENTS, ts=reply["ts"])
    waits = await web.chat_scheduleMessage(channel=INCIDENTS, text="Later", post_at=_in(3600), blocks=ACTIONS)
    await web.chat_scheduledMessages_list(channel=INCIDENTS)
    await web.chat_deleteScheduledMessage(channel=INCIDENTS, scheduled_message_id=waits["scheduled_message_id"])


async def _pins_reactions_bookmarks(sandbox: Sandbox, web: AsyncWebClient) -> None:
    ts = await sandbox.person("ana").say(INCIDENTS, "Look")
    await web.pins_add(channel=INCIDENTS, timestamp=ts)
    await web.pins_list(channel=INCIDENTS)
    await web.reactions_add(channel=INCIDENTS, timestamp=ts, name="eyes")
    await web.reactions_get(channel=INCIDENTS, timestamp=ts)
    await web.reactions_list()
    await web.conversations_history(channel=INCIDENTS, limit=2)
    await web.reactions_remove(channel=INCIDENTS, timestamp=ts, name="eyes")
    await web.pins_remove(channel=INCIDENTS, timestamp=ts)
    link = {"channel_id": INCIDENTS, "title": "Runbook", "link": "https://example.com", "emoji": ":book:"}
    made = (await web.bookmarks_add(**link, type="link"))["bookmark"]
    await web.bookmarks_edit(channel_id=INCIDENTS, bookmark_id=made["id"], title="Book")
    await web.bookmarks_list(channel_id=INCIDENTS)
    await web.bookmarks_remove(channel_id=INCIDENTS, bookmark_id=made["id"])


async def _files(sandbox: Sandbox, web: AsyncWebClient) -> None:
    uploaded = await web.files_upload_v2(
        channel=INCIDENTS, content="boom", filename="log.txt", initial_comment="The log"
    )
    await web.files_info(file=uploaded["files"][0]["id"])
    await sandbox.person("ana").say(INCIDENTS, "Mine", files=[{"name": "mine.txt", "content": "x"}])
    await web.conversations_history(channel=INCIDENTS, limit=2)
    await web.files_delete(file=uploaded["files"][0]["id"])


async def _interactions(sandbox: Sandbox, web: AsyncWebClient, bolt: AsyncApp) -> None:
    ana, triggers = sandbox.person("ana"), _app(bolt)
    await ana.command(GENERAL, "/trial hello")
    await web.views_open(trigger_id=triggers.pop(), view=MODAL)
    [view] = await ana.views()
    await web.views_update(view_id=view["id"], view=MODAL | {"blocks": [FIELD, *ACTIONS]})
    await ana.press("go", "row", view_id=view["id"])
    await web.views_push(trigger_id=triggers.pop(), view=MODAL)
    *_, top = await ana.views()
    await ana.close_view(top["id"])
    await ana.suggestions("menu", "row", "x", view_id=view["id"])
    await ana.submit(view["id"], {"field": {"value": "Checkout"}})
    await web.views_publish(user_id="U0ANA", view=HOME)
    await ana.open_home()
    ts = str((await web.chat_postMessage(channel=INCIDENTS, text="Press", blocks=ACTIONS))["ts"])
    await ana.press("go", "row", channel=INCIDENTS, ts=ts)
    await ana.choose("menu", "row", "One", channel=INCIDENTS, ts=ts)
    whisper = str(
        (await web.chat_postEphemeral(channel=INCIDENTS, user="U0ANA", text="?", blocks=ACTIONS))["message_ts"]
    )
    await ana.press("go", "row", channel=INCIDENTS, ts=whisper)
    await ana.shortcut("everywhere")
    await ana.shortcut("on_this", channel=INCIDENTS, ts=ts)
    await until(
        lambda: any(call.name == "view_closed" and call.latency is not None for call in sandbox.workspace.calls)
    )


def _app(bolt: AsyncApp) -> list[str]:
    """Let the app take everything; gives the triggers it gets, the newest last."""
    triggers: list[str] = []

    async def take(ack: Any, body: dict[str, Any]) -> None:
        triggers.append(body.get("trigger_id", ""))
        await ack()

    async def offer(ack: Any) -> None:
        await ack(options=[{"text": plain("One"), "value": "1"}])

    bolt.command("/trial")(take)
    bolt.action("go")(take)
    bolt.action("menu")(take)
    bolt.options("menu")(offer)
    bolt.view("form")(take)
    bolt.view_closed("form")(take)
    bolt.shortcut("everywhere")(take)
    bolt.shortcut("on_this")(take)
    return triggers


async def _people(sandbox: Sandbox, web: AsyncWebClient) -> None:
    ana = sandbox.person("ana")
    await ana.change_profile(title="Chief")
    await ana.change_usergroup("S0SRE", "U0BEN")
    await sandbox.person("eve").leave(INCIDENTS)
    await sandbox.person("eve").join(INCIDENTS)
    await ana.deactivate("U0DAN")
    await web.users_info(user="U0DAN")


def test_every_method_has_a_shape() -> None:
    assert set(ANSWERS) == set(METHODS)


@pytest.mark.parametrize(
    "answer",
    [
        {"ok": True, "channel": "C1"},
        {"ok": True, "channel": "C1", "permalink": 7},
        {"ok": True, "channel": "C1", "permalink": "https://example.com", "invented": 1},
        {"ok": False, "error": 404},
    ],
)
def test_a_field_that_is_missing_invented_or_of_another_type_is_found(answer: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        check_answer("chat.getPermalink", answer)


async def test_an_event_that_differs_is_found(sandbox: Sandbox, web: AsyncWebClient, heard: Heard) -> None:
    await web.conversations_join(channel=INCIDENTS)
    await heard.next(type="member_joined_channel")
    told = next(call.arguments for call in sandbox.workspace.calls if call.name == "member_joined_channel")
    check_delivery(told)
    with pytest.raises(ValidationError):
        check_delivery(told | {"event": told["event"] | {"user": None}})
    with pytest.raises(ValidationError):
        check_delivery(told | {"invented": 1})


def test_what_a_sample_does_not_show_is_found(tmp_path: Any) -> None:
    """The comparison with samples itself, on Slack's where they are and otherwise on one of the same form."""
    folder = FOLDER
    if not folder.is_dir():
        folder = tmp_path
        (folder / "api").mkdir()
        (folder / "api" / "chat.getPermalink.json").write_text('{"ok": false, "permalink": "", "channel": ""}')
    samples = Samples(folder)
    assert samples.answer_misfits("chat.getPermalink", {"ok": True, "channel": "C1", "permalink": "https://x"}) == []
    wrong = samples.answer_misfits("chat.getPermalink", {"ok": 1, "channel": "C1", "invented": "x"})
    assert wrong == ["chat.getPermalink.ok: number instead of boolean", "chat.getPermalink.invented: not in Slack's"]
