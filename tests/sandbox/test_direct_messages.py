"""Direct messages and threads of the app with their buttons, and what a shortcut tells of another bot's alert."""

from typing import Any

import pytest
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.server import Sandbox, running_sandbox
from tests.sandbox.conftest import GENERAL, INCIDENTS, Heard, manifest, refused, until


def page(text: str) -> list[dict[str, Any]]:
    """A message with a button, as a page has one."""
    join = {"type": "button", "action_id": "join", "text": {"type": "plain_text", "text": "Join"}, "value": "7"}
    return [
        {"type": "section", "block_id": "what", "text": {"type": "mrkdwn", "text": text}},
        {"type": "actions", "block_id": "acts", "elements": [join]},
    ]


class Joins(list[dict[str, Any]]):
    """The presses of Join; the app answers by updating the message."""

    async def __call__(self, ack: Any, body: dict[str, Any], client: AsyncWebClient) -> None:
        self.append(body)
        await ack()
        where = {"channel": body["channel"]["id"], "ts": body["message"]["ts"]}
        await client.chat_update(**where, text=f"Joined by <@{body['user']['id']}>", blocks=[])


@pytest.fixture
def joins(bolt: AsyncApp) -> Joins:
    joins = Joins()
    bolt.action("join")(joins)
    return joins


async def test_a_person_is_written_to_by_their_id_and_presses_there(
    sandbox: Sandbox, web: AsyncWebClient, joins: Joins
) -> None:
    posted = await web.chat_postMessage(channel="U0BEN", text="You are paged", blocks=page("You are paged"))
    channel, ts = posted["channel"], posted["ts"]
    assert channel.startswith("D")
    await sandbox.person("ben").press("join", "acts", channel=channel, ts=ts)
    [body] = joins
    assert body["channel"] == {"id": channel, "name": "directmessage"}
    assert (body["message"]["user"], body["actions"][0]["value"]) == ("U0SANDBOXBOT", "7")
    await until(lambda: sandbox.workspace.channels[channel].messages[ts].text == "Joined by <@U0BEN>")
    [seen] = await sandbox.person("ben").messages(channel)
    assert "blocks" not in seen
    with refused("channel_not_found"):
        await web.chat_update(channel="U0BEN", ts=ts, text="by the person's id")


async def test_a_conversation_is_opened_once_and_told_whole_on_request(sandbox: Sandbox, web: AsyncWebClient) -> None:
    first = await web.conversations_open(users="U0BEN", return_im=True)
    assert "already_open" not in first.data
    assert (first["channel"]["is_im"], first["channel"]["user"]) == (True, "U0BEN")
    again = await web.conversations_open(users=["U0BEN"])
    assert (again["channel"], again["already_open"]) == ({"id": first["channel"]["id"]}, True)
    with refused("users_list_not_supplied"):
        await web.conversations_open(users=[])
    with refused("user_not_found"):
        await web.conversations_open(users=["U404"])
    sandbox.workspace.users["U0EVE"].deleted = True
    with refused("user_disabled"):
        await web.conversations_open(users=["U0EVE"])


async def test_direct_messages_are_heard_by_who_subscribed_and_read_by_nobody_else(
    sandbox: Sandbox, web: AsyncWebClient, heard: Heard
) -> None:
    channel = (await web.conversations_open(users=["U0BEN"]))["channel"]["id"]
    ts = await sandbox.person("ben").say(channel, "on my way")
    event = await heard.next(type="message", channel=channel)
    assert (event["channel_type"], event["user"], event["ts"]) == ("im", "U0BEN", ts)
    history = await web.conversations_history(channel=channel)
    assert [message["text"] for message in history["messages"]] == ["on my way"]
    assert channel not in {c["id"] for c in (await sandbox.person("ana").workspace())["channels"]}


async def test_without_its_subscription_no_direct_message_is_heard() -> None:
    about = manifest()
    about["settings"]["event_subscriptions"]["bot_events"] = ["message.channels"]
    async with running_sandbox(about) as sandbox:
        web = AsyncWebClient(token=sandbox.app.bot_token, base_url=sandbox.api_url)
        channel = (await web.conversations_open(users=["U0BEN"]))["channel"]["id"]
        await sandbox.person("ben").say(channel, "in private")
        await web.conversations_join(channel=GENERAL)
        heard = [call.arguments["event"] for call in sandbox.workspace.calls if call.name == "message"]
        assert [event["channel"] for event in heard] == [GENERAL]


@pytest.mark.parametrize("place", ["U0BEN", GENERAL])
async def test_replies_have_buttons_and_are_updated_in_their_thread(
    sandbox: Sandbox, web: AsyncWebClient, joins: Joins, place: str
) -> None:
    root = await web.chat_postMessage(channel=place, text="Storm: 200 alerts")
    channel = root["channel"]
    reply = await web.chat_postMessage(channel=channel, text="one", blocks=page("one"), thread_ts=root["ts"])
    ben = sandbox.person("ben")
    await ben.press("join", "acts", channel=channel, ts=reply["ts"])
    [body] = joins
    assert (body["container"]["thread_ts"], body["message"]["thread_ts"]) == (root["ts"], root["ts"])
    await until(lambda: sandbox.workspace.channels[channel].messages[reply["ts"]].text == "Joined by <@U0BEN>")
    parent, updated = await ben.messages(channel, thread_ts=root["ts"])
    assert (parent["reply_count"], parent["reply_users"]) == (1, ["U0SANDBOXBOT"])
    assert (updated["text"], updated["thread_ts"]) == ("Joined by <@U0BEN>", root["ts"])
    assert reply["ts"] not in {message["ts"] for message in await ben.messages(channel)}


async def test_a_reply_is_broadcast_when_posted_or_later(sandbox: Sandbox, web: AsyncWebClient, heard: Heard) -> None:
    await web.conversations_join(channel=INCIDENTS)
    root = (await web.chat_postMessage(channel=INCIDENTS, text="root"))["ts"]
    at_once = await web.chat_postMessage(channel=INCIDENTS, text="now", thread_ts=root, reply_broadcast=True)
    later = (await web.chat_postMessage(channel=INCIDENTS, text="later", thread_ts=root))["ts"]
    event = await heard.next(subtype="thread_broadcast")
    assert (event["ts"], event["root"]["ts"], event["thread_ts"]) == (at_once["ts"], root, root)
    ana = sandbox.person("ana")
    assert [m["text"] for m in await ana.messages(INCIDENTS)][-2:] == ["root", "now"]
    with pytest.warns(UserWarning, match="text"):
        await web.chat_update(channel=INCIDENTS, ts=later, reply_broadcast=True)
    shown = (await ana.messages(INCIDENTS))[-1]
    assert (shown["text"], shown["subtype"], shown["root"]["ts"]) == ("later", "thread_broadcast", root)


ALERT = {
    "fallback": "[FIRING:1] HighErrorRate",
    "color": "danger",
    "title": "[FIRING:1] HighErrorRate",
    "title_link": "https://alerts.example/1",
    "text": "Checkout answers 5xx",
    "fields": [{"title": "severity", "value": "critical", "short": True}],
}


@pytest.mark.parametrize("webhook", [True, False])
async def test_a_shortcut_on_another_bots_alert_tells_whose_it_is_and_all_it_says(
    sandbox: Sandbox, bolt: AsyncApp, webhook: bool
) -> None:
    bodies: list[dict[str, Any]] = []

    async def taken(ack: Any, body: dict[str, Any]) -> None:
        bodies.append(body)
        await ack()

    bolt.shortcut("on_this")(taken)
    ana = sandbox.person("ana")
    ts = await ana.bot_message(INCIDENTS, "", attachments=[ALERT], webhook=webhook)
    await ana.shortcut("on_this", channel=INCIDENTS, ts=ts)
    [body] = bodies
    assert set(body) == {
        *("type", "token", "action_ts", "team", "user", "channel", "callback_id", "trigger_id", "message_ts"),
        *("message", "response_url", "enterprise", "is_enterprise_install"),
    }
    message = body["message"]
    assert (message["bot_id"], message["app_id"], message["text"]) == ("B0GRAFANA", "A0GRAFANA", "")
    assert message["attachments"] == [{"id": 1} | ALERT]
    if webhook:
        assert (message["subtype"], message["username"]) == ("bot_message", "Grafana")
        assert "user" not in message
    else:
        assert (message["user"], message["bot_profile"]["name"]) == ("U0GRAFANA", "Grafana")
        assert "subtype" not in message
