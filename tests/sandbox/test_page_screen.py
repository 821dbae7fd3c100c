"""The page drawn from a workspace: who sees what, what is unread, what the first screen teaches, what is sent live."""

from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

import pytest
from aiohttp import ClientSession, ClientWebSocketResponse, web
from aiohttp.test_utils import TestServer
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox import channels, messages
from sandbox.messages import Draft
from sandbox.page import add_routes
from sandbox.page.screen import Look, Screen, lesson
from sandbox.page.unread import Unread
from sandbox.refusals import RefusedError
from sandbox.slack import Slack
from sandbox.things import App, Channel, Message, Note, Pin, User, View
from sandbox.workspace import Workspace

EVIL = "<script>alert('x')</script>"
COMMANDS = {"/page": {"description": "Page somebody", "usage_hint": "who [why]"}}


def northwind() -> Workspace:
    """Ana and Ben, the app, a channel of all three, the app's conversation with Ana, and a channel without Ana."""
    app = App(
        id="A1",
        name="Pager",
        bot_id="B1",
        bot_user_id="UBOT",
        bot_token="xoxb-1",
        app_token="xapp-1",
        signing_secret="s",
        verification_token="v",
        scopes=set(),
        bot_events=set(),
        commands=COMMANDS,
        shortcuts=[{"type": "global", "name": "Page", "callback_id": "page", "description": "Page somebody"}],
        socket_mode=True,
    )
    made = Workspace("T1", "Northwind", "northwind", app)
    made.users = {
        "UANA": User("UANA", "ana", "Ana Ferreira", "T1"),
        "UBEN": User("UBEN", "ben", f"Ben {EVIL}", "T1"),
        "UBOT": User("UBOT", "pager", "Pager", "T1", bot_id="B1"),
    }
    made.channels = {
        "C1": Channel("C1", "general", "UANA", 1, is_general=True, members=["UANA", "UBEN", "UBOT"]),
        "C2": Channel("C2", "random", "UBEN", 1, members=["UBEN"]),
        "C3": Channel("C3", "secret", "UBEN", 1, members=["UBEN"], is_private=True),
        "D1": Channel("D1", "", "UBOT", 1, is_im=True, im_user="UANA", members=["UANA", "UBOT"]),
    }
    return made


@pytest.fixture
def workspace() -> Workspace:
    return northwind()


@pytest.fixture
def screen(workspace: Workspace) -> Screen:
    return Screen(workspace, Unread(since=workspace.new_ts()))


def say(workspace: Workspace, channel: str, user: str, text: str, **fields: Any) -> Message:
    """Put a message there, and tell it."""
    message = Message(workspace.new_ts(), channel, user, text, **fields)
    place = workspace.channels[channel]
    if message.visible_to:
        place.ephemerals[message.ts] = message
    else:
        place.add(message)
    workspace.publish("message_posted", channel=channel, user=user, message=message)
    return message


def drawn(screen: Screen, user: str = "UANA", channel: str = "C1", **look: Any) -> str:
    return "".join(screen.draw(Look(user, channel, **look)).pieces.values())


def test_the_first_screen_teaches_the_apps_first_command_from_its_manifest(screen: Screen) -> None:
    start = screen.draw(Look("UANA", "C1")).pieces["start"]
    assert "<kbd>/page</kbd>" in start
    assert "Page somebody: <code>/page who [why]</code>" in start


@pytest.mark.parametrize(
    ("hint", "typed"),
    [("", "/page"), ("who [why]", "/page"), ("list [all] | help", "/page list"), ("[who] | help", "/page")],
)
def test_the_lesson_types_the_first_word_of_those_that_the_usage_hint_names(hint: str, typed: str) -> None:
    assert lesson({"name": "/page", "usage_hint": hint})["typed"] == typed


def test_the_lesson_leaves_once_the_app_has_spoken(workspace: Workspace, screen: Screen) -> None:
    say(workspace, "C1", "UBOT", "Here I am", bot_id="B1")
    assert "lesson" not in screen.draw(Look("UANA", "C1")).pieces["start"]


def test_hostile_names_titles_and_messages_are_shown_and_never_run(workspace: Workspace, screen: Screen) -> None:
    channel = workspace.channels["C1"]
    channel.topic, channel.purpose = Note(EVIL), Note(EVIL)
    workspace.team_name = workspace.app.name = EVIL
    workspace.app.commands = {EVIL: {"description": EVIL, "usage_hint": EVIL}}
    workspace.app.shortcuts = [{"type": "message", "name": EVIL, "callback_id": EVIL, "description": EVIL}]
    title = {"type": "plain_text", "text": EVIL}
    workspace.views["UANA"] = [
        View("V1", "UANA", {"type": "modal", "title": title, "blocks": []}, "h", "A1", "B1", "T1", "V1")
    ]
    parent = say(workspace, "C1", "UANA", EVIL, username=EVIL)
    say(workspace, "C1", "UBEN", EVIL, thread_ts=parent.ts, attachments=[{"color": EVIL, "title": EVIL, "text": EVIL}])
    page = screen.page(Look("UANA", "C1", thread=parent.ts))
    assert page.count("script") > 10
    assert page.count("<script") == 1
    assert '<script type="module" src="/sandbox/page/static/page.js">' in page


def test_numbers_that_an_app_puts_into_an_attachment_are_text(workspace: Workspace, screen: Screen) -> None:
    texts = dict.fromkeys(("pretext", "author_name", "title", "text", "footer", "color"), 7)
    say(workspace, "C1", "UBOT", "", attachments=[texts | {"fields": [{"title": 1, "value": 95.5}]}])
    assert "<b>1</b><br>95.5</div>" in drawn(screen)


def test_the_picture_of_an_attachment_is_drawn_from_this_machine_and_named_from_others(
    workspace: Workspace, screen: Screen
) -> None:
    for place in ("http://127.0.0.1:1", "https://x.test"):
        picture = {"title": "CPU", "fallback": f"of {place}", "image_url": f"{place}/a.png"}
        say(workspace, "C1", "UBOT", "", attachments=[picture])
    shown = drawn(screen)
    assert '<img src="http://127.0.0.1:1/a.png" alt="of http://127.0.0.1:1">' in shown
    assert '<img src="https://x.test' not in shown
    assert 'aria-label="of https://x.test"' in shown


def test_an_ephemeral_message_is_seen_by_its_reader_alone(workspace: Workspace, screen: Screen) -> None:
    say(workspace, "C1", "UBOT", "psst", bot_id="B1", visible_to="UANA")
    assert "Only visible to you" in drawn(screen, "UANA")
    assert "psst" not in drawn(screen, "UBEN")


def test_private_channels_and_others_conversations_are_out_of_sight(screen: Screen) -> None:
    assert screen.first_look("UANA", "C3", None).channel == "C1"
    assert screen.first_look("UBEN", "D1", None).channel == "C1"
    assert screen.first_look("UBEN", "C3", None).channel == "C3"
    assert "secret" not in drawn(screen, "UANA")


def test_a_private_channel_is_named_to_its_members_only(workspace: Workspace, screen: Screen) -> None:
    say(workspace, "C1", "UBEN", "see <#C3>")
    assert "#secret" in drawn(screen, "UBEN")
    assert "#private channel" in drawn(screen, "UANA")


def test_what_is_repeated_of_a_message_names_people_as_it_does(workspace: Workspace, screen: Screen) -> None:
    root = say(workspace, "C1", "UBEN", "*<@UANA>* look")
    say(workspace, "C1", "UBEN", "done", thread_ts=root.ts, subtype="thread_broadcast", extra={"root": root.ts})
    workspace.channels["C1"].pins.append(Pin(root.ts, 0, "UBEN"))
    shown = drawn(screen)
    assert ">@ana look</button>" in shown
    assert "@ana look</a>" in shown


def test_a_person_in_no_channel_has_a_page_too(workspace: Workspace, screen: Screen) -> None:
    workspace.users["UGUS"] = User("UGUS", "gus", "Gus", "T1", is_restricted=True)
    look = screen.first_look("UGUS", None, None)
    assert look == Look("UGUS")
    assert "You are in no channel yet." in screen.page(look)


def test_only_the_apps_conversation_has_a_home(screen: Screen) -> None:
    assert screen.first_look("UANA", "D1", "home").tab == "home"
    assert screen.first_look("UANA", "C1", "home").tab is None


def test_an_unknown_person_becomes_the_first_one(screen: Screen) -> None:
    assert screen.first_look("nobody", None, None) == Look("UANA", "C1")


def test_a_public_channel_of_others_can_be_found_and_joined(screen: Screen) -> None:
    assert 'data-join="C2"' in screen.draw(Look("UANA", "C1")).pieces["sidebar"]
    assert "Join channel" in screen.draw(Look("UANA", "C2")).pieces["composer"]


def test_what_others_wrote_since_one_looked_is_unread_and_mentions_are_counted(
    workspace: Workspace, screen: Screen
) -> None:
    say(workspace, "D1", "UBOT", "You are paged", bot_id="B1")
    say(workspace, "C1", "UBEN", "<@UANA> look")
    say(workspace, "C1", "UBEN", "<!here> all")
    say(workspace, "C1", "UANA", "looking")
    channel = workspace.channels["C1"]
    assert [m.text for m in screen.unread.messages("UANA", channel)] == ["<!here> all", "<@UANA> look"]
    assert screen.unread.mentions("UANA", channel) == 2
    assert screen.unread.mentions("UANA", workspace.channels["D1"]) == 1
    screen.unread.read("UANA", channel)
    assert list(screen.unread.messages("UANA", channel)) == []
    assert screen.unread.mentions("UBEN", channel) == 0


def test_a_message_shows_its_thread_its_reactions_its_pin_and_its_edit(workspace: Workspace, screen: Screen) -> None:
    parent = say(workspace, "C1", "UANA", "parent", edited={"user": "UANA", "ts": "1"}, reactions={"eyes": ["UANA"]})
    say(workspace, "C1", "UBEN", "child", thread_ts=parent.ts)
    shown = drawn(screen)
    assert "(edited)" in shown
    assert "1 reply" in shown
    assert 'aria-pressed="true"' in shown
    assert "child" not in shown
    assert "child" in screen.draw(Look("UANA", "C1", thread=parent.ts)).pieces["thread"]


ACTS = ["post", "reply", "broadcast", "whisper", "edit", "react", "unreact", "pin", "unpin", "delete", "rename", "name"]


@settings(max_examples=40)
@given(st.lists(st.tuples(st.sampled_from(ACTS), st.integers(0, 9)), max_size=25), st.sampled_from([4, 20_000]))
def test_what_was_drawn_once_is_drawn_anew_whenever_something_of_it_changes(
    acts: list[tuple[str, int]], most_kept: int
) -> None:
    workspace = northwind()
    kept = Screen(workspace, Unread(since=workspace.new_ts()))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sandbox.page.drawn.MOST_KEPT", most_kept)
        for act, number in acts:
            with suppress(RefusedError, IndexError):
                do(workspace, act, number)
            look = Look("UANA", "C1")
            assert kept.draw(look) == Screen(workspace, kept.unread).draw(look)
            assert len(kept.drawn_messages) <= most_kept


def do(workspace: Workspace, act: str, number: int) -> None:
    """Something that changes the screen. Raises IndexError, RefusedError where there is nothing to change."""
    channel, ben = workspace.channels["C1"], workspace.users["UBEN"]

    def any_message() -> Message:
        return list(channel.messages.values())[number]

    match act:
        case "post":
            messages.post(workspace, channel, ben, Draft(f"<#C2> and <@UBEN> {number}"))
        case "reply" | "broadcast":
            draft = Draft("so it is", thread_ts=any_message().ts, broadcast=act == "broadcast")
            messages.post(workspace, channel, ben, draft)
        case "whisper":
            messages.whisper(workspace, channel, ben, "UANA", Draft("psst"))
        case "edit":
            messages.edit(workspace, channel, any_message(), {"text": f"edited {number}"}, ben.id)
        case "react" | "unreact":
            getattr(messages, act)(workspace, channel, any_message(), "eyes", ben.id)
        case "pin" | "unpin":
            getattr(messages, act)(workspace, channel, any_message(), by=ben.id)
        case "delete":
            messages.delete(workspace, channel, any_message(), ben.id)
        case "rename":
            channels.rename(workspace, workspace.channels["C2"], ben.id, f"random-{number}")
        case "name":
            ben.real_name = f"Benjamin {number}"
            workspace.publish("user_changed", user=ben.id)


@pytest.fixture
async def page(workspace: Workspace) -> AsyncIterator[TestServer]:
    app = web.Application()
    add_routes(app, Slack(workspace))
    async with TestServer(app) as server:
        yield server


async def _told(socket: ClientWebSocketResponse) -> dict[str, Any]:
    told: dict[str, Any] = await socket.receive_json(timeout=5)
    return told


async def test_only_the_pieces_that_changed_are_sent(workspace: Workspace, page: TestServer) -> None:
    async with ClientSession() as session, session.ws_connect(page.make_url("/sandbox/page/live?as=UANA")) as socket:
        await socket.send_json({"channel": "C1"})
        first = await _told(socket)
        assert {"sidebar", "header", "composer"} <= set(first["pieces"])
        message = say(workspace, "C1", "UBEN", "hello")
        second = await _told(socket)
        assert set(second["pieces"]) == {f"m-C1-{message.ts.replace('.', '-')}"}
        assert second["order"] == list(second["pieces"])


async def test_a_channel_one_is_added_to_is_unread_and_announced_at_once(
    workspace: Workspace, page: TestServer
) -> None:
    async with ClientSession() as session, session.ws_connect(page.make_url("/sandbox/page/live?as=UANA")) as socket:
        await socket.send_json({"channel": "C1"})
        await _told(socket)
        workspace.channels["C9"] = Channel("C9", "inc-1", "UBOT", 2, members=["UBOT", "UANA"])
        say(workspace, "C9", "UBOT", "The card", bot_id="B1")
        workspace.publish("member_joined", channel="C9", user="UANA", inviter="UBOT")
        told = await _told(socket)
        assert told["toasts"] == [{"channel": "C9", "text": "You were added to #inc-1"}]
        row = told["pieces"]["sidebar"].split('data-channel="C9"')[1].split("</a>")[0]
        assert "unread" in row


async def test_the_page_asks_nothing_of_other_machines(page: TestServer) -> None:
    async with ClientSession() as session, session.get(page.make_url("/?as=UANA")) as response:
        assert response.status == 200
        assert "default-src 'self'" in response.headers["Content-Security-Policy"]
        assert "https://" not in await response.text()
