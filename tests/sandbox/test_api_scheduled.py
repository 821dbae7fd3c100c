"""chat.scheduleMessage: what is posted later, is posted then."""

import time

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.server import Sandbox
from tests.sandbox.conftest import GENERAL, INCIDENTS, Heard, refused, until

DAY = 24 * 3600


def after(seconds: float) -> int:
    return int(time.time() + seconds)


async def test_it_is_posted_by_the_app_at_its_time(sandbox: Sandbox, web: AsyncWebClient, heard: Heard) -> None:
    await web.conversations_join(channel=INCIDENTS)
    root = await sandbox.person("ana").say(INCIDENTS, "Until when?")
    post_at = after(2)
    answer = await web.chat_scheduleMessage(channel=INCIDENTS, text="*Now*", post_at=post_at, thread_ts=root)
    assert (answer["post_at"], answer["message"]["type"], answer["message"]["text"]) == (
        post_at,
        "delayed_message",
        "*Now*",
    )
    assert [m["text"] for m in await sandbox.person("ana").messages(INCIDENTS, root)] == ["Until when?"]
    event = await until(lambda: next((e for e in heard if e.get("text") == "*Now*"), None), seconds=4)
    assert (event["bot_id"], event["thread_ts"]) == (sandbox.app.bot_id, root)
    assert abs(float(event["ts"]) - post_at) < 1
    assert (await web.chat_scheduledMessages_list())["scheduled_messages"] == []


async def test_what_waits_is_listed_in_pages_the_next_one_first(web: AsyncWebClient) -> None:
    times = [after(3 * DAY), after(1 * DAY), after(2 * DAY)]
    for number, post_at in enumerate(times):
        await web.chat_scheduleMessage(channel=GENERAL, text=str(number), post_at=post_at)
    first = await web.chat_scheduledMessages_list(limit=2)
    rest = await web.chat_scheduledMessages_list(limit=2, cursor=first["response_metadata"]["next_cursor"])
    assert [m["text"] for m in [*first["scheduled_messages"], *rest["scheduled_messages"]]] == ["1", "2", "0"]
    between = await web.chat_scheduledMessages_list(channel=GENERAL, oldest=str(times[1] + 1), latest=str(times[2]))
    assert [m["post_at"] for m in between["scheduled_messages"]] == [times[2]]
    assert (await web.chat_scheduledMessages_list(channel=INCIDENTS))["scheduled_messages"] == []
    with refused("invalid_channel"):
        await web.chat_scheduledMessages_list(channel="C404")
    with refused("invalid_cursor"):
        await web.chat_scheduledMessages_list(cursor="nonsense")


async def test_it_can_be_deleted_until_a_minute_before(web: AsyncWebClient) -> None:
    later = await web.chat_scheduleMessage(channel=GENERAL, text="Later", post_at=after(600))
    soon = await web.chat_scheduleMessage(channel=GENERAL, text="Soon", post_at=after(50))
    with refused("invalid_scheduled_message_id"):
        await web.chat_deleteScheduledMessage(channel=GENERAL, scheduled_message_id=soon["scheduled_message_id"])
    with refused("invalid_scheduled_message_id"):
        await web.chat_deleteScheduledMessage(channel=INCIDENTS, scheduled_message_id=later["scheduled_message_id"])
    await web.chat_deleteScheduledMessage(channel=GENERAL, scheduled_message_id=later["scheduled_message_id"])
    with refused("invalid_scheduled_message_id"):
        await web.chat_deleteScheduledMessage(channel=GENERAL, scheduled_message_id=later["scheduled_message_id"])
    assert [m["text"] for m in (await web.chat_scheduledMessages_list())["scheduled_messages"]] == ["Soon"]


async def test_times_and_texts_that_slack_refuses(sandbox: Sandbox, web: AsyncWebClient) -> None:
    for post_at, error in ((after(-1), "time_in_past"), (after(121 * DAY), "time_too_far"), ("soon", "invalid_time")):
        with refused(error):
            await web.chat_scheduleMessage(channel=GENERAL, text="x", post_at=post_at)
    with refused("no_text"), pytest.warns(UserWarning, match="text"):
        await web.chat_scheduleMessage(channel=GENERAL, text=" ", post_at=after(60))
    with refused("msg_too_long"):
        await web.chat_scheduleMessage(channel=GENERAL, text="x" * 40_001, post_at=after(60))
    private = await sandbox.person("ana").create("ours", is_private=True)
    with refused("channel_not_found"):
        await web.chat_scheduleMessage(channel=private, text="x", post_at=after(60))


async def test_thirty_fit_into_five_minutes_of_a_channel(web: AsyncWebClient) -> None:
    post_at = after(DAY)
    for number in range(30):
        await web.chat_scheduleMessage(channel=GENERAL, text="x", post_at=post_at + number)
    with refused("restricted_too_many"):
        await web.chat_scheduleMessage(channel=GENERAL, text="x", post_at=post_at + 60)
    await web.chat_scheduleMessage(channel=INCIDENTS, text="x", post_at=post_at)
    await web.chat_scheduleMessage(channel=GENERAL, text="x", post_at=post_at + 600)


async def test_what_has_metadata_is_taken_and_never_posted(sandbox: Sandbox, web: AsyncWebClient) -> None:
    """The bug that docs.slack.dev/reference/methods/chat.scheduleMessage tells of."""
    metadata = {"event_type": "trial", "event_payload": {}}
    await web.chat_scheduleMessage(channel=GENERAL, text="lost", post_at=after(2), metadata=metadata)
    await web.chat_scheduleMessage(channel=GENERAL, text="posted", post_at=after(2))
    channel = sandbox.workspace.channels[GENERAL]
    await until(lambda: any(m.text == "posted" for m in channel.messages.values()), seconds=4)
    assert not any(m.text == "lost" for m in channel.messages.values())
    assert sandbox.slack.schedule.waiting() == []
