"""conversations.* through slack_sdk's own client: successes and refusals by Slack's names."""

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.refusals import RefusedError
from sandbox.server import Sandbox, running_sandbox
from tests.sandbox.conftest import GENERAL, INCIDENTS, PAYMENTS, manifest, refused


async def test_a_new_channel_has_its_creator_in_it(web: AsyncWebClient) -> None:
    made = (await web.conversations_create(name="inc-1-checkout"))["channel"]
    assert made["is_member"]
    assert made["creator"] == "U0SANDBOXBOT"
    assert (await web.conversations_members(channel=made["id"]))["members"] == ["U0SANDBOXBOT"]
    [joined] = (await web.conversations_history(channel=made["id"]))["messages"]
    assert joined["subtype"] == "channel_join"


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("", "invalid_name_required"),
        ("x" * 81, "invalid_name_maxlength"),
        ("---", "invalid_name_punctuation"),
        ("Checkout", "invalid_name_specials"),
        ("check out", "invalid_name_specials"),
        ("check.out", "invalid_name_specials"),
        ("fire🔥", "invalid_name_specials"),
        ("general", "name_taken"),
    ],
)
async def test_names_slack_does_not_take(web: AsyncWebClient, name: str, error: str) -> None:
    with refused(error):
        await web.conversations_create(name=name)


async def test_names_of_any_script_are_taken_once_even_by_an_archived_channel(web: AsyncWebClient) -> None:
    made = (await web.conversations_create(name="障害-ünïcode_1"))["channel"]
    await web.conversations_archive(channel=made["id"])
    with refused("name_taken"):
        await web.conversations_create(name="障害-ünïcode_1")


async def test_inviting_takes_all_or_nobody(sandbox: Sandbox, web: AsyncWebClient) -> None:
    channel = (await web.conversations_create(name="room"))["channel"]["id"]
    await web.conversations_invite(channel=channel, users=["U0ANA", "U0BEN"])
    assert sandbox.workspace.channels[channel].members == ["U0SANDBOXBOT", "U0ANA", "U0BEN"]
    with refused("already_in_channel") as caught:
        await web.conversations_invite(channel=channel, users=["U0ANA", "U0CLEO"])
    assert caught.value.response["errors"] == [{"user": "U0ANA", "ok": False, "error": "already_in_channel"}]
    assert "U0CLEO" not in sandbox.workspace.channels[channel].members
    forced = await web.conversations_invite(channel=channel, users=["U0GUS", "U0CLEO", "U404"], force=True)
    assert [e["error"] for e in forced["errors"]] == ["user_is_restricted", "user_not_found"]
    assert "U0CLEO" in sandbox.workspace.channels[channel].members


@pytest.mark.parametrize(
    ("user", "error"),
    [
        ("U404", "user_not_found"),
        ("U0SANDBOXBOT", "cant_invite_self"),
        ("U0GUS", "user_is_restricted"),
        ("U0PIA", "cant_invite"),
    ],
)
async def test_who_cannot_be_invited(web: AsyncWebClient, user: str, error: str) -> None:
    channel = (await web.conversations_create(name="room"))["channel"]["id"]
    with refused(error):
        await web.conversations_invite(channel=channel, users=user)


async def test_a_single_channel_guest_has_room_for_one(sandbox: Sandbox) -> None:
    ana = sandbox.person("ana")
    sandbox.workspace.users["U0GUS"].is_ultra_restricted = True
    with pytest.raises(RefusedError, match="ura_max_channels"):
        await ana.invite(INCIDENTS, "U0GUS")


async def test_inviting_needs_to_be_in_an_open_channel(web: AsyncWebClient) -> None:
    with refused("not_in_channel"):
        await web.conversations_invite(channel=GENERAL, users="U0GUS")
    channel = (await web.conversations_create(name="room"))["channel"]["id"]
    with refused("no_user"):
        await web.conversations_invite(channel=channel, users="")
    await web.conversations_archive(channel=channel)
    with refused("is_archived"):
        await web.conversations_invite(channel=channel, users="U0ANA")


async def test_a_guest_sees_only_where_they_were_invited(sandbox: Sandbox) -> None:
    gus = sandbox.person("gus")
    assert [c["name"] for c in (await gus.workspace())["channels"]] == ["payments"]
    private = await sandbox.person("ana").create("for-gus", is_private=True)
    await sandbox.person("ana").invite(private, "U0GUS")
    assert {c["name"] for c in (await gus.workspace())["channels"]} == {"payments", "for-gus"}


async def test_a_private_channel_is_unknown_until_invited(sandbox: Sandbox, web: AsyncWebClient) -> None:
    ana = sandbox.person("ana")
    private = await ana.create("secret", is_private=True)
    with refused("channel_not_found"):
        await web.conversations_info(channel=private)
    with refused("channel_not_found"):
        await web.conversations_join(channel=private)
    await ana.invite(private, "U0SANDBOXBOT")
    info = (await web.conversations_info(channel=private, include_num_members=True))["channel"]
    assert (info["is_private"], info["num_members"]) == (True, 2)


async def test_topic_and_purpose_up_to_250_characters(web: AsyncWebClient) -> None:
    channel = (await web.conversations_create(name="room"))["channel"]["id"]
    topic = (await web.conversations_setTopic(channel=channel, topic="t" * 250))["channel"]["topic"]
    assert (topic["value"], topic["creator"]) == ("t" * 250, "U0SANDBOXBOT")
    with refused("too_long"):
        await web.conversations_setTopic(channel=channel, topic="t" * 251)
    purposed = await web.conversations_setPurpose(channel=channel, purpose="why")
    assert purposed["channel"]["purpose"]["value"] == "why"
    with refused("not_in_channel"):
        await web.conversations_setTopic(channel=GENERAL, topic="x")
    subtypes = [m["subtype"] for m in (await web.conversations_history(channel=channel))["messages"]]
    assert subtypes == ["channel_purpose", "channel_topic", "channel_join"]


async def test_renaming_keeps_the_old_name(web: AsyncWebClient) -> None:
    channel = (await web.conversations_create(name="room"))["channel"]["id"]
    renamed = (await web.conversations_rename(channel=channel, name="hall"))["channel"]
    assert (renamed["name"], renamed["previous_names"]) == ("hall", ["room"])
    with refused("name_taken"):
        await web.conversations_rename(channel=channel, name="payments")


async def test_an_archived_channel_is_out_of_the_bots_reach(sandbox: Sandbox, web: AsyncWebClient) -> None:
    channel = (await web.conversations_create(name="room"))["channel"]["id"]
    await web.conversations_invite(channel=channel, users="U0ANA")
    await web.conversations_archive(channel=channel)
    with refused("already_archived"):
        await web.conversations_archive(channel=channel)
    with refused("is_archived"):
        await web.chat_postMessage(channel=channel, text="x")
    with refused("not_in_channel"):
        await web.conversations_history(channel=channel)
    with refused("not_in_channel"):
        await web.conversations_unarchive(channel=channel)
    await sandbox.person("ana").unarchive(channel)
    assert not (await web.conversations_info(channel=channel))["channel"]["is_archived"]


async def test_joining_kicking_and_leaving(sandbox: Sandbox, web: AsyncWebClient) -> None:
    await web.conversations_join(channel=INCIDENTS)
    assert (await web.conversations_join(channel=INCIDENTS))["warning"] == "already_in_channel"
    await web.conversations_kick(channel=INCIDENTS, user="U0EVE")
    with refused("not_in_channel"):
        await web.conversations_kick(channel=INCIDENTS, user="U0EVE")
    with refused("cant_kick_self"):
        await web.conversations_kick(channel=INCIDENTS, user="U0SANDBOXBOT")
    await web.conversations_leave(channel=INCIDENTS)
    with pytest.raises(SlackApiError, check=lambda problem: problem.response["not_in_channel"]):
        await web.conversations_leave(channel=INCIDENTS)
    assert "U0EVE" not in sandbox.workspace.channels[INCIDENTS].members


async def test_nobody_leaves_general(sandbox: Sandbox, web: AsyncWebClient) -> None:
    await web.conversations_join(channel=GENERAL)
    with refused("cant_leave_general"):
        await web.conversations_leave(channel=GENERAL)
    with refused("cant_kick_from_general"):
        await web.conversations_kick(channel=GENERAL, user="U0EVE")


async def test_lists_come_in_pages(web: AsyncWebClient) -> None:
    names, cursor = [], ""
    while True:
        page = await web.conversations_list(limit=2, cursor=cursor)
        names += [c["name"] for c in page["channels"]]
        cursor = page["response_metadata"]["next_cursor"]
        if not cursor:
            break
    assert names == ["general", "incidents", "payments"]
    with refused("invalid_cursor"):
        await web.conversations_list(cursor="nonsense")
    with refused("invalid_types"):
        await web.conversations_list(types="nonsense")


async def test_history_between_two_moments(sandbox: Sandbox, web: AsyncWebClient) -> None:
    await web.conversations_join(channel=INCIDENTS)
    ana = sandbox.person("ana")
    stamps = [await ana.say(INCIDENTS, f"number {n}") for n in range(4)]
    between = await web.conversations_history(channel=INCIDENTS, oldest=stamps[0], latest=stamps[3])
    assert [m["ts"] for m in between["messages"]] == [stamps[2], stamps[1]]
    inclusive = await web.conversations_history(channel=INCIDENTS, oldest=stamps[2], latest=stamps[3], inclusive=True)
    assert [m["ts"] for m in inclusive["messages"]] == [stamps[3], stamps[2]]
    first = await web.conversations_history(channel=INCIDENTS, limit=3)
    assert first["has_more"]
    rest = await web.conversations_history(channel=INCIDENTS, limit=3, cursor=first["response_metadata"]["next_cursor"])
    assert [m["ts"] for m in [*first["messages"], *rest["messages"]]][:4] == stamps[::-1]
    with refused("invalid_ts_oldest"):
        await web.conversations_history(channel=INCIDENTS, oldest="yesterday")


async def test_a_deleted_channel_is_not_found(sandbox: Sandbox, web: AsyncWebClient) -> None:
    channel = (await web.conversations_create(name="room"))["channel"]["id"]
    await sandbox.person("ana").delete_channel(channel)
    with refused("channel_not_found"):
        await web.conversations_info(channel=channel)


async def test_a_scope_not_granted_is_named() -> None:
    async with running_sandbox(manifest(without="groups:write")) as sandbox:
        web = AsyncWebClient(token=sandbox.app.bot_token, base_url=sandbox.api_url)
        await web.conversations_create(name="open")
        with refused("missing_scope") as caught:
            await web.conversations_create(name="closed", is_private=True)
        assert caught.value.response["needed"] == "groups:write"
        assert "channels:manage" in caught.value.response["provided"].split(",")


async def test_the_shared_channel_shows_that_it_is_shared(web: AsyncWebClient) -> None:
    shared = (await web.conversations_info(channel=PAYMENTS))["channel"]
    assert shared["is_ext_shared"]
    assert shared["shared_team_ids"] == ["T0SANDBOX", "T0PARTNER"]
