"""chat.*, reactions, pins and response_urls through slack_sdk's own client."""

from typing import Any

import aiohttp
import pytest
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.deliveries.tokens import ResponseUrl, ResponseUrls
from sandbox.deliveries.transport import Timing
from sandbox.refusals import RefusedError
from sandbox.server import Sandbox
from tests.sandbox.conftest import GENERAL, INCIDENTS, PAYMENTS, refused, until


def section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def button(action_id: str = "go", **more: Any) -> dict[str, Any]:
    return {"type": "button", "action_id": action_id, "text": {"type": "plain_text", "text": "Go"}, **more}


async def test_a_posted_message_is_in_the_history_with_its_blocks_named(web: AsyncWebClient) -> None:
    await web.conversations_join(channel=GENERAL)
    posted = await web.chat_postMessage(channel=GENERAL, text="hi", blocks=[section("*hi*")])
    [latest] = (await web.conversations_history(channel=GENERAL, limit=1))["messages"]
    assert latest["ts"] == posted["ts"]
    assert latest["bot_id"] == "B0SANDBOX"
    assert latest["blocks"][0]["block_id"]


async def test_the_app_posts_to_public_channels_it_is_not_in_but_reads_none(web: AsyncWebClient) -> None:
    await web.chat_postMessage(channel=GENERAL, text="from outside")
    with refused("not_in_channel"):
        await web.conversations_history(channel=GENERAL)


@pytest.mark.filterwarnings("ignore:The top-level `text`")
async def test_posting_is_refused_by_slacks_names(sandbox: Sandbox, web: AsyncWebClient) -> None:
    ana = sandbox.person("ana")
    secret = await ana.create("secret", is_private=True)
    old = await ana.create("old")
    await ana.archive(old)
    with refused("channel_not_found"):
        await web.chat_postMessage(channel="C404", text="x")
    with refused("channel_not_found"):
        await web.chat_postMessage(channel=secret, text="x")
    with refused("is_archived"):
        await web.chat_postMessage(channel=old, text="x")
    with refused("no_text"):
        await web.chat_postMessage(channel=GENERAL, text="  ")
    with refused("thread_not_found"):
        await web.chat_postMessage(channel=GENERAL, text="x", thread_ts="1.000001")
    with refused("invalid_blocks_format"):
        await web.chat_postMessage(channel=GENERAL, text="x", blocks="no json")


async def test_a_block_over_its_limit_is_refused_with_its_path(web: AsyncWebClient) -> None:
    header = {"type": "header", "text": {"type": "plain_text", "text": "x" * 151}}
    with refused("invalid_blocks") as caught:
        await web.chat_postMessage(channel=GENERAL, text="x", blocks=[header])
    assert caught.value.response["response_metadata"]["messages"] == [
        "[ERROR] must be less than 151 characters [json-pointer:/blocks/0/text/text]"
    ]


async def test_text_over_forty_thousand_characters_is_cut(web: AsyncWebClient) -> None:
    posted = await web.chat_postMessage(channel=GENERAL, text="x" * 40_001)
    assert len(posted["message"]["text"]) == 40_000


async def test_an_update_keeps_what_it_does_not_name(web: AsyncWebClient) -> None:
    ts = (await web.chat_postMessage(channel=GENERAL, text="one", blocks=[section("one")]))["ts"]
    kept = await web.chat_update(channel=GENERAL, ts=ts, text="two")
    assert kept["message"]["text"] == "two"
    assert kept["message"]["blocks"][0]["text"]["text"] == "one"
    bare = await web.chat_update(channel=GENERAL, ts=ts, text="three", blocks=[])
    assert "blocks" not in bare["message"]
    assert bare["message"]["edited"]["user"] == "U0SANDBOXBOT"


async def test_only_own_messages_are_updated_and_deleted(sandbox: Sandbox, web: AsyncWebClient) -> None:
    await web.conversations_join(channel=GENERAL)
    ts = await sandbox.person("ana").say(GENERAL, "mine")
    with refused("cant_update_message"):
        await web.chat_update(channel=GENERAL, ts=ts, text="yours")
    with refused("cant_delete_message"):
        await web.chat_delete(channel=GENERAL, ts=ts)
    with refused("message_not_found"):
        await web.chat_update(channel=GENERAL, ts="1.000001", text="x")
    own = (await web.chat_postMessage(channel=GENERAL, text="own"))["ts"]
    with refused("msg_too_long"):
        await web.chat_update(channel=GENERAL, ts=own, text="x" * 4001)
    await web.chat_delete(channel=GENERAL, ts=own)
    assert own not in sandbox.workspace.channels[GENERAL].messages


async def test_metadata_is_shown_whole_only_to_who_asks(web: AsyncWebClient) -> None:
    await web.conversations_join(channel=GENERAL)
    metadata = {"event_type": "card", "event_payload": {"number": 7}}
    await web.chat_postMessage(channel=GENERAL, text="x", metadata=metadata)
    [brief] = (await web.conversations_history(channel=GENERAL, limit=1))["messages"]
    assert brief["metadata"] == {"event_type": "card"}
    [whole] = (await web.conversations_history(channel=GENERAL, limit=1, include_all_metadata=True))["messages"]
    assert whole["metadata"] == metadata
    with refused("invalid_metadata_format"):
        await web.chat_postMessage(channel=GENERAL, text="x", metadata={"event_type": "card"})


async def test_a_thread_is_read_parent_first_and_counted_on_the_parent(web: AsyncWebClient) -> None:
    await web.conversations_join(channel=GENERAL)
    parent = (await web.chat_postMessage(channel=GENERAL, text="parent"))["ts"]
    reply = (await web.chat_postMessage(channel=GENERAL, text="reply", thread_ts=parent))["ts"]
    shown = (await web.chat_postMessage(channel=GENERAL, text="both", thread_ts=parent, reply_broadcast=True))["ts"]
    thread = (await web.conversations_replies(channel=GENERAL, ts=parent))["messages"]
    assert [m["ts"] for m in thread] == [parent, reply, shown]
    assert thread[0]["reply_count"] == 2
    assert thread[1]["parent_user_id"] == "U0SANDBOXBOT"
    history = [m["ts"] for m in (await web.conversations_history(channel=GENERAL, limit=2))["messages"]]
    assert history == [shown, parent]
    with refused("thread_not_found"):
        await web.conversations_replies(channel=GENERAL, ts="1.000001")


async def test_an_ephemeral_message_is_for_one_reader_and_in_no_history(sandbox: Sandbox, web: AsyncWebClient) -> None:
    await web.conversations_join(channel=GENERAL)
    ts = (await web.chat_postEphemeral(channel=GENERAL, user="U0ANA", text="psst"))["message_ts"]
    assert (await sandbox.person("ana").messages(GENERAL))[-1]["ts"] == ts
    assert all(m["ts"] != ts for m in await sandbox.person("ben").messages(GENERAL))
    assert all(m["ts"] != ts for m in (await web.conversations_history(channel=GENERAL))["messages"])
    with refused("message_not_found"):
        await web.chat_update(channel=GENERAL, ts=ts, text="no")
    with refused("user_not_in_channel"):
        await web.chat_postEphemeral(channel=GENERAL, user="U0GUS", text="psst")


async def test_a_message_to_a_person_goes_to_their_direct_messages(sandbox: Sandbox, web: AsyncWebClient) -> None:
    posted = await web.chat_postMessage(channel="U0ANA", text="you are paged")
    opened = await web.conversations_open(users=["U0ANA"])
    assert posted["channel"] == opened["channel"]["id"]
    assert opened["already_open"]
    with refused("channel_not_found"):
        await AsyncWebClient(token="xoxb-sandbox", base_url=sandbox.api_url).chat_postMessage(channel="U404", text="x")


async def test_a_permalink_names_channel_message_and_thread(web: AsyncWebClient) -> None:
    ts = (await web.chat_postMessage(channel=GENERAL, text="x"))["ts"]
    link = (await web.chat_getPermalink(channel=GENERAL, message_ts=ts))["permalink"]
    assert link.endswith(f"/archives/{GENERAL}/p{ts.replace('.', '')}")


async def test_reactions_once_a_name(sandbox: Sandbox, web: AsyncWebClient) -> None:
    await web.conversations_join(channel=GENERAL)
    ts = await sandbox.person("ana").say(GENERAL, "look")
    await web.reactions_add(channel=GENERAL, timestamp=ts, name="eyes")
    await sandbox.person("ben").react(GENERAL, ts, "eyes")
    message = (await web.reactions_get(channel=GENERAL, timestamp=ts))["message"]
    assert message["reactions"] == [{"name": "eyes", "users": ["U0SANDBOXBOT", "U0BEN"], "count": 2}]
    with refused("already_reacted"):
        await web.reactions_add(channel=GENERAL, timestamp=ts, name="eyes")
    await web.reactions_remove(channel=GENERAL, timestamp=ts, name="eyes")
    with refused("no_reaction"):
        await web.reactions_remove(channel=GENERAL, timestamp=ts, name="eyes")
    with refused("message_not_found"):
        await web.reactions_add(channel=GENERAL, timestamp="1700000000.000001", name="eyes")
    with refused("invalid_name"):
        await web.reactions_add(channel=GENERAL, timestamp=ts, name="no such")


async def test_pins_are_listed_newest_first_and_noted_in_the_channel(web: AsyncWebClient) -> None:
    await web.conversations_join(channel=GENERAL)
    one = (await web.chat_postMessage(channel=GENERAL, text="one"))["ts"]
    two = (await web.chat_postMessage(channel=GENERAL, text="two"))["ts"]
    await web.pins_add(channel=GENERAL, timestamp=one)
    await web.pins_add(channel=GENERAL, timestamp=two)
    assert [item["message"]["ts"] for item in (await web.pins_list(channel=GENERAL))["items"]] == [two, one]
    [noted] = (await web.conversations_history(channel=GENERAL, limit=1))["messages"]
    assert noted["subtype"] == "pinned_item"
    with refused("already_pinned"):
        await web.pins_add(channel=GENERAL, timestamp=one)
    await web.pins_remove(channel=GENERAL, timestamp=one)
    with refused("no_pin"):
        await web.pins_remove(channel=GENERAL, timestamp=one)
    with refused("not_in_channel"):
        await web.pins_list(channel=INCIDENTS)


async def test_a_commands_response_url_answers_five_times_and_has_nothing_to_replace(
    sandbox: Sandbox, bolt: AsyncApp
) -> None:
    urls: list[str] = []

    @bolt.command("/trial")
    async def remember(ack: Any, body: dict[str, Any]) -> None:
        urls.append(body["response_url"])
        await ack("Working on it")

    ana = sandbox.person("ana")
    await ana.command(PAYMENTS, "/trial")
    working = (await ana.messages(PAYMENTS))[-1]
    assert (working["text"], working["is_ephemeral"]) == ("Working on it", True)
    async with aiohttp.ClientSession() as session:

        async def respond(**said: Any) -> tuple[int, str]:
            async with session.post(urls[0], json=said) as answer:
                return answer.status, await answer.text()

        assert await respond(text="First") == (200, "ok")
        assert await respond(text="Second", replace_original=True) == (200, "ok")
        assert await respond(text="For all", response_type="in_channel") == (200, "ok")
        assert (await sandbox.person("cleo").messages(PAYMENTS))[-1]["text"] == "For all"
        assert await respond(delete_original=True) == (200, "ok")
        whispered = [m["text"] for m in await ana.messages(PAYMENTS) if m["is_ephemeral"]]
        assert whispered == ["Working on it", "First", "Second"]
        assert "invalid_blocks" in (await respond(text="x", blocks=[{"type": "nonsense"}]))[1]
        assert await respond(text="Sixth") == (404, '{"ok": false, "error": "used_url"}')


async def test_a_response_url_ends_after_its_time() -> None:
    urls = ResponseUrls(Timing(response_url=0))
    secret = urls.issue(ResponseUrl(GENERAL, "U0ANA"))
    with pytest.raises(RefusedError, match="expired_url"):
        urls.use(secret)
    assert (Timing().response_url, Timing().answers_per_response_url) == (30 * 60, 5)


async def test_a_button_replaces_its_message_through_the_response_url(
    sandbox: Sandbox, web: AsyncWebClient, bolt: AsyncApp
) -> None:
    @bolt.action("go")
    async def pressed(ack: Any, respond: Any) -> None:
        await ack()
        await respond(text="Done", replace_original=True)

    blocks = [{"type": "actions", "block_id": "b", "elements": [button()]}]
    ts = (await web.chat_postMessage(channel=GENERAL, text="Press", blocks=blocks))["ts"]
    await sandbox.person("ana").press("go", "b", channel=GENERAL, ts=ts)
    message = sandbox.workspace.channels[GENERAL].messages[ts]
    await until(lambda: message.text == "Done")
    assert message.blocks is None


async def test_the_response_url_of_a_shortcut_touches_nobodys_message(sandbox: Sandbox, bolt: AsyncApp) -> None:
    @bolt.shortcut("on_this")
    async def used(ack: Any, respond: Any) -> None:
        await ack()
        await respond(text="Kept", replace_original=True)
        await respond(delete_original=True)
        await respond(text="That is all")

    ben = sandbox.person("ben")
    ts = await ben.say(GENERAL, "It is down")
    await ben.shortcut("on_this", channel=GENERAL, ts=ts)
    whispered = sandbox.workspace.channels[GENERAL].ephemerals
    await until(lambda: [message.text for message in whispered.values()] == ["Kept", "That is all"])
    assert sandbox.workspace.channels[GENERAL].messages[ts].text == "It is down"


async def test_a_field_that_is_null_is_a_field_that_is_not_there(sandbox: Sandbox, web: AsyncWebClient) -> None:
    menu = {"type": "multi_users_select", "action_id": "who"}
    nulls = dict.fromkeys(("initial_users", "placeholder", "confirm", "max_selected_items"))
    blocks = [{"type": "actions", "block_id": "b", "elements": [menu | nulls]}]
    posted = await web.chat_postMessage(channel=GENERAL, text="Who?", blocks=blocks)
    assert posted["message"]["blocks"][0]["elements"] == [menu]
    async with aiohttp.ClientSession() as session, session.get(f"{sandbox.url}/?channel={GENERAL}") as page:
        assert page.status == 200


@pytest.mark.parametrize(
    ("blocks", "fault"),
    [
        ([section("x")] * 51, "no more than 50 items allowed [json-pointer:/blocks]"),
        ([section("x" * 3001)], "must be less than 3001 characters [json-pointer:/blocks/0/text/text]"),
        ([section("")], "must be more than 0 characters [json-pointer:/blocks/0/text/text]"),
        ([{"type": "section"}], "missing required field: text [json-pointer:/blocks/0]"),
        ([{"type": "nonsense"}], "unsupported type: nonsense [json-pointer:/blocks/0/type]"),
        ([{"type": "divider", "colour": "red"}], "invalid additional property: colour [json-pointer:/blocks/0]"),
        (
            [{"type": "actions", "elements": [button(f"a{n}") for n in range(26)]}],
            "no more than 25 items allowed [json-pointer:/blocks/0/elements]",
        ),
        (
            [{"type": "actions", "elements": [button("same"), button("same")]}],
            "`action_id` same already exists for `block_id` None [json-pointer:/blocks]",
        ),
        (
            [section("x") | {"block_id": "same"}, section("y") | {"block_id": "same"}],
            "`block_id` field is invalid: same already exists [json-pointer:/blocks]",
        ),
        (
            [section("x") | {"accessory": button(value="v" * 2001)}],
            "must be less than 2001 characters [json-pointer:/blocks/0/accessory/value]",
        ),
        (
            [{"type": "context", "elements": [{"type": "mrkdwn", "text": "x"}] * 11}],
            "no more than 10 items allowed [json-pointer:/blocks/0/elements]",
        ),
    ],
)
async def test_slacks_limits_of_blocks(web: AsyncWebClient, blocks: list[dict[str, Any]], fault: str) -> None:
    with refused("invalid_blocks") as caught:
        await web.chat_postMessage(channel=GENERAL, text="x", blocks=blocks)
    assert f"[ERROR] {fault}" in caught.value.response["response_metadata"]["messages"]
