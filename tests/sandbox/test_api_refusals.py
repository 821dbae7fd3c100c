"""What methods of the Web API refuse, and by which of Slack's names (docs.slack.dev/reference/methods, "Errors")."""

from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from sandbox import messages
from sandbox.server import Sandbox, running_sandbox
from tests.sandbox.conftest import GENERAL, INCIDENTS, manifest, refused

THEN = "1700000000.000100"
REFUSALS: list[tuple[str, dict[str, Any], str]] = [
    ("pins.add", {"channel": "ours", "timestamp": "yesterday"}, "bad_timestamp"),
    ("pins.add", {"channel": "ours", "timestamp": THEN}, "message_not_found"),
    ("pins.add", {"channel": "ours"}, "no_item_specified"),
    ("pins.remove", {"channel": "ours", "timestamp": "1"}, "bad_timestamp"),
    ("reactions.add", {"channel": "ours", "timestamp": "x", "name": "eyes"}, "bad_timestamp"),
    ("reactions.remove", {"channel": "ours", "timestamp": "x", "name": "eyes"}, "bad_timestamp"),
    ("reactions.add", {"channel": "ours", "timestamp": "said", "name": "thumbs_up"}, "invalid_name"),
    ("reactions.remove", {"channel": "ours", "timestamp": "said", "name": "thumbs_up"}, "invalid_name"),
    ("reactions.get", {"channel": "ours", "timestamp": "x"}, "bad_timestamp"),
    ("chat.postMessage", {"channel": "ours", "attachments": [{"text": "x", "fields": 1}]}, "invalid_attachments"),
    ("conversations.leave", {"channel": "ours"}, "last_member"),
    ("conversations.leave", {"channel": "archived"}, "is_archived"),
    ("conversations.leave", {"channel": "direct"}, "method_not_supported_for_channel_type"),
    ("conversations.archive", {"channel": "direct"}, "method_not_supported_for_channel_type"),
    ("conversations.rename", {"channel": "direct", "name": "x"}, "method_not_supported_for_channel_type"),
    ("conversations.rename", {"channel": "theirs", "name": "x"}, "not_authorized"),
    ("conversations.kick", {"channel": "direct", "user": "U0ANA"}, "method_not_supported_for_channel_type"),
    ("conversations.invite", {"channel": "ours", "users": [f"U{n}" for n in range(1000)]}, "user_not_found"),
    ("conversations.invite", {"channel": "ours", "users": [f"U{n}" for n in range(1001)]}, "too_many_users"),
    ("conversations.open", {"users": ["U0ANA"] * 9}, "too_many_users"),
    ("conversations.open", {"users": "U0DAN", "prevent_creation": True}, "channel_not_found"),
    ("conversations.open", {}, "users_list_not_supplied"),
    ("conversations.list", {"limit": 1001}, "invalid_limit"),
    ("conversations.members", {"channel": "ours", "limit": 1001}, "invalid_limit"),
    ("users.conversations", {"limit": -1}, "invalid_limit"),
    ("files.completeUploadExternal", {"files": "file", "channels": "C1"}, "invalid_channel"),
    ("files.completeUploadExternal", {"files": "file", "channel_id": "C1"}, "channel_not_found"),
    ("files.completeUploadExternal", {"files": "file", "channels": ["C1"] * 101}, "channels_limit_exceeded"),
    ("chat.update", {"channel": "ours", "ts": "said", "reply_broadcast": True}, "cant_broadcast_message"),
    (
        "chat.update",
        {"channel": "ours", "ts": "reply", "reply_broadcast": True, "text": "new"},
        "no_dual_broadcast_content_update",
    ),
    ("team.info", {"domain": "elsewhere"}, "team_not_found"),
]


@pytest.fixture
async def known(sandbox: Sandbox, web: AsyncWebClient) -> dict[str, Any]:
    """What the arguments name: channels of the app, of others and archived, what was said, and a file."""
    ours, archived = [(await web.conversations_create(name=name))["channel"]["id"] for name in ("ours", "archived")]
    theirs = str((await sandbox.person("ana").act("create", name="theirs"))["channel"]["id"])
    await sandbox.person("ana").act("invite", channel=theirs, users=[sandbox.app.bot_user_id])
    await web.conversations_archive(channel=archived)
    said = (await web.chat_postMessage(channel=ours, text="said"))["ts"]
    reply = (await web.chat_postMessage(channel=ours, text="reply", thread_ts=said))["ts"]
    direct = (await web.conversations_open(users="U0BEN"))["channel"]["id"]
    ticket = await web.files_getUploadURLExternal(filename="a.txt", length=1)
    sandbox.slack.uploads.clear()
    file = [{"id": ticket["file_id"]}]
    names = {"ours": ours, "archived": archived, "theirs": theirs, "said": said, "reply": reply, "direct": direct}
    return names | {"file": file}


@pytest.mark.parametrize(("method", "arguments", "error"), REFUSALS, ids=[f"{one[0]} {one[2]}" for one in REFUSALS])
async def test_a_call_is_refused_by_slacks_name(
    web: AsyncWebClient, known: dict[str, Any], method: str, arguments: dict[str, Any], error: str
) -> None:
    given = {name: known.get(value, value) if isinstance(value, str) else value for name, value in arguments.items()}
    with refused(error):
        await web.api_call(method, json=given)


async def test_a_limit_beyond_the_most_is_cut_where_slack_refuses_none(web: AsyncWebClient) -> None:
    assert (
        await web.conversations_history(channel=(await web.conversations_create(name="a"))["channel"]["id"], limit=5000)
    )["ok"]
    assert (await web.users_list(limit=5000))["ok"]


async def test_closed_accounts_keep_nobody_else_from_being_invited(sandbox: Sandbox, web: AsyncWebClient) -> None:
    channel = (await web.conversations_create(name="ours"))["channel"]["id"]
    with refused("user_disabled") as caught:
        await web.conversations_invite(channel=channel, users=["U0BEN", "U0NED"])
    assert caught.value.response["errors"] == [{"user": "U0NED", "ok": False, "error": "user_disabled"}]
    assert "U0BEN" in sandbox.workspace.channels[channel].members


async def test_a_channel_takes_a_hundred_pins(
    sandbox: Sandbox, web: AsyncWebClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(messages, "MAX_PINS", 1)
    channel = (await web.conversations_create(name="ours"))["channel"]["id"]
    first, second = [(await web.chat_postMessage(channel=channel, text="x"))["ts"] for _ in range(2)]
    await web.pins_add(channel=channel, timestamp=first)
    with refused("too_many_pins"):
        await web.pins_add(channel=channel, timestamp=second)


async def test_a_deleted_file_is_said_to_be_deleted(web: AsyncWebClient) -> None:
    file = (await web.files_upload_v2(content="x", filename="a.txt"))["file"]["id"]
    await web.files_delete(file=file)
    for method in ("files.info", "files.delete"):
        with refused("file_deleted"):
            await web.api_call(method, params={"file": file})


async def test_a_file_is_shared_with_people_and_channels(sandbox: Sandbox, web: AsyncWebClient) -> None:
    await web.conversations_join(channel=INCIDENTS)
    file = (await web.files_upload_v2(content="x", filename="a.txt", channels=[INCIDENTS, "U0BEN"]))["file"]["id"]
    shared = [sandbox.workspace.channels[one] for one in sandbox.workspace.files[file].channels]
    assert [channel.is_im for channel in shared] == [False, True]


async def test_only_who_made_a_channel_or_an_admin_renames_it(sandbox: Sandbox) -> None:
    ben = sandbox.person("ben")
    with pytest.raises(Exception, match="not_authorized"):
        await ben.act("rename", channel=GENERAL, name="all")
    await sandbox.person("ana").act("rename", channel=GENERAL, name="all")


async def test_without_a_messages_tab_the_app_writes_to_nobody() -> None:
    wanted = manifest()
    wanted["features"]["app_home"]["messages_tab_enabled"] = False
    async with running_sandbox(wanted) as sandbox:
        web = AsyncWebClient(token=sandbox.app.bot_token, base_url=sandbox.api_url)
        with refused("messages_tab_disabled"):
            await web.chat_postMessage(channel="U0ANA", text="hello")
