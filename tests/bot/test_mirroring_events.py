"""Reading Slack's message events: whose words they are, and what they change. Nothing that Slack sends is a crash."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from bot.channels.mirroring import moment, read_event
from bot.context import Identity
from incidents.actions.mirror import Delivery
from incidents.model import facts

ME = Identity("U0TOCSIN", "B0TOCSIN", "T0TEAM")
TS = "1700000000.000100"
LATER = "1700000060.000200"

Json = dict[str, Any]


def message(**more: Any) -> Json:
    return {"type": "message", "channel": "C1", "user": "U1", "text": "hello", "ts": TS} | more


def changed(before: Json | None, after: Json, **more: Any) -> Json:
    event = {"type": "message", "subtype": "message_changed", "channel": "C1", "ts": LATER, "message": after}
    return event | ({"previous_message": before} if before else {}) | more


def read(event: Json) -> Delivery:
    delivery = read_event(event, ME)
    assert delivery is not None
    return delivery


def said(event: Json) -> str:
    heard = read(event).heard
    assert isinstance(heard, facts.Message)
    return heard.text


def test_a_message_stands_under_its_author_and_its_own_time() -> None:
    delivery = read(message())

    assert (delivery.by, delivery.at) == ("slack:U1", moment(TS))
    assert delivery.heard == facts.Message(channel="slack:C1", message=TS, text="hello")  # type: ignore[arg-type]


@pytest.mark.parametrize("subtype", [None, "", "file_share", "me_message", "thread_broadcast", "bot_message"])
def test_every_kind_of_words_is_mirrored(subtype: str | None) -> None:
    assert said(message(subtype=subtype)) == "hello"


@pytest.mark.parametrize(
    "subtype",
    ["channel_join", "channel_topic", "pinned_item", "bot_add", "message_replied", "group_name", "huddle_thread"],
)
def test_slacks_housekeeping_is_not(subtype: str) -> None:
    assert read_event(message(subtype=subtype), ME) is None


@pytest.mark.parametrize("mine", [{"bot_id": "B0TOCSIN"}, {"user": "U0TOCSIN"}])
def test_the_bots_own_words_their_updates_and_deletions_are_not(mine: Json) -> None:
    own = message(**mine)

    assert read_event(own, ME) is None
    assert read_event(changed(own, own | {"text": "new"}), ME) is None
    gone = {"type": "message", "subtype": "message_deleted", "channel": "C1", "ts": LATER, "deleted_ts": TS}
    assert read_event(gone | {"previous_message": own}, ME) is None
    tombstone = {"type": "message", "subtype": "tombstone", "user": "USLACKBOT", "text": "…", "ts": TS}
    assert read_event(changed(own, tombstone), ME) is None


def test_a_reply_names_its_thread_and_a_thread_s_first_message_does_not() -> None:
    reply, first = read(message(thread_ts="1690000000.000100")).heard, read(message(thread_ts=TS)).heard

    assert isinstance(reply, facts.Message)
    assert isinstance(first, facts.Message)
    assert (reply.thread, first.thread) == ("1690000000.000100", None)


def test_files_are_kept_by_name_and_link_also_where_slack_withholds_them() -> None:
    files = [{"id": "F1", "name": "graph.png", "permalink": "https://x/F1"}, {"id": "F2", "file_access": "check"}]
    heard = read(message(subtype="file_share", text="", files=files)).heard

    assert isinstance(heard, facts.Message)
    assert heard.files == (facts.File(id="F1", name="graph.png", link="https://x/F1"), facts.File(id="F2", name="F2"))


def test_another_bots_words_are_found_in_its_attachments() -> None:
    attachment = {
        "fallback": "not shown",
        "title": "CPU high",
        "text": "95 % on db-1",
        "fields": [{"title": "Runbook", "value": "<https://x|open>", "short": True}],
        "actions": [{"type": "button", "text": "Ack", "value": "secret"}],
    }
    event = message(subtype="bot_message", text="", bot_id="B9", user=None, attachments=[attachment])

    assert said(event) == "CPU high\n95 % on db-1\nRunbook\n<https://x|open>"
    assert read(event).by == "slack:B9"


def test_another_bots_words_are_found_in_its_blocks() -> None:
    blocks = [
        {"type": "header", "text": {"type": "plain_text", "text": "Deploy"}},
        {"type": "section", "fields": [{"type": "mrkdwn", "text": "*v12*"}]},
        {"type": "actions", "elements": [{"type": "button", "text": {"text": "Undo"}, "value": "v11"}]},
        {"type": "image", "image_url": "https://x", "alt_text": "latency"},
        {
            "type": "rich_text",
            "elements": [
                {
                    "type": "rich_text_section",
                    "elements": [
                        {"type": "text", "text": "by "},
                        {"type": "user", "user_id": "U1"},
                        {"type": "emoji", "name": "tada"},
                        {"type": "link", "url": "https://y"},
                    ],
                }
            ],
        },
    ]

    assert said(message(text="", blocks=blocks)) == "Deploy\n*v12*\nUndo\nlatency\nby <@U1>:tada:<https://y>"


def test_an_attachment_without_words_has_its_fallback() -> None:
    assert said(message(text=None, attachments=[{"fallback": "Graph of latency"}])) == "Graph of latency"


def test_an_edit_says_what_is_new_who_and_when() -> None:
    edit = {"user": "U2", "ts": "1700000060.000000"}
    delivery = read(changed(message(), message(text="bye", edited=edit)))

    assert (delivery.by, delivery.at) == ("slack:U2", moment(LATER))
    assert delivery.heard == facts.MessageEdited(channel="slack:C1", message=TS, text="bye")  # type: ignore[arg-type]


def test_two_edits_within_one_second_are_two() -> None:
    edit = {"user": "U1", "ts": "1700000060.000000"}
    first = read(changed(message(), message(text="one", edited=edit)))
    second = read(changed(message(text="one"), message(text="two", edited=edit)))
    again = read(changed(message(), message(text="one", edited=edit)))

    assert first.origin == again.origin != second.origin


def test_a_links_preview_is_no_edit_and_a_removed_file_is_one() -> None:
    file, preview = {"id": "F1", "name": "graph.png"}, {"title": "preview", "from_url": "https://x"}

    assert read_event(changed(message(), message(attachments=[preview])), ME) is None
    assert read_event(changed(message(files=[file]), message()), ME) is not None


def test_an_edit_of_what_slack_does_not_show_is_one() -> None:
    assert isinstance(read(changed(None, message(text="bye"))).heard, facts.MessageEdited)


def test_a_deletion_and_a_tombstone_are_the_same_deletion() -> None:
    event = {"type": "message", "subtype": "message_deleted", "channel": "C1", "ts": LATER, "deleted_ts": TS}
    deleted = read(event | {"previous_message": message()})
    tombstone = {"type": "message", "subtype": "tombstone", "user": "USLACKBOT", "text": "…", "ts": TS}
    buried = read(changed(message(), tombstone))

    assert deleted.heard == buried.heard == facts.MessageDeleted(channel="slack:C1", message=TS)  # type: ignore[arg-type]
    assert deleted.origin == buried.origin
    assert deleted.by == buried.by == "slack:U1"
    assert read(event).by == "slack:unknown"


def test_a_tombstone_that_goes_too_is_nothing() -> None:
    event = {"type": "message", "subtype": "message_deleted", "channel": "C1", "ts": LATER, "deleted_ts": TS}

    assert read_event(event | {"previous_message": message(subtype="tombstone")}, ME) is None


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
fields = st.sampled_from(
    [
        "channel",
        "user",
        "text",
        "ts",
        "bot_id",
        "subtype",
        "files",
        "attachments",
        "blocks",
        "edited",
        "message",
        "previous_message",
        "deleted_ts",
    ]
)
times = st.sampled_from([TS, "", "never", "nan", "1e400", "99999999999999.1", 12, "-1.0", "1700000000"])


@given(
    subtype=st.sampled_from([None, "message_changed", "message_deleted", "bot_message", "tombstone"]),
    wrong=st.dictionaries(fields, anything | times, max_size=6),
    inner=st.dictionaries(fields, anything | times, max_size=6),
)
def test_whatever_comes_is_read_or_refused_as_misshaped(subtype: str | None, wrong: Json, inner: Json) -> None:
    event = message(subtype=subtype, message=message(**inner), previous_message=message(), deleted_ts=TS) | wrong
    try:
        read_event(event, ME)
    except ValidationError:
        return
