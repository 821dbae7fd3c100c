"""The other families of methods: who is who, files, bookmarks, user groups, and how any call is refused."""

from typing import Any

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.server import Sandbox, running_sandbox
from tests.sandbox.conftest import GENERAL, INCIDENTS, manifest, refused


async def test_who_the_token_is(web: AsyncWebClient) -> None:
    me = await web.auth_test()
    assert (me["user_id"], me["bot_id"], me["team_id"]) == ("U0SANDBOXBOT", "B0SANDBOX", "T0SANDBOX")
    assert me.headers["x-slack-req-id"]
    assert "chat:write" in me.headers["x-oauth-scopes"].split(",")
    with refused("invalid_auth") as stranger:
        await AsyncWebClient(token="xoxb-other", base_url=web.base_url).auth_test()
    assert "x-oauth-scopes" not in stranger.value.response.headers


async def test_tokens_are_checked(sandbox: Sandbox) -> None:
    with refused("not_authed"):
        await AsyncWebClient(base_url=sandbox.api_url).auth_test()
    with refused("invalid_auth"):
        await AsyncWebClient(token="xoxb-wrong", base_url=sandbox.api_url).auth_test()
    with refused("not_allowed_token_type"):
        await AsyncWebClient(token=sandbox.app.app_token, base_url=sandbox.api_url).auth_test()
    with refused("not_allowed_token_type"):
        await AsyncWebClient(base_url=sandbox.api_url).apps_connections_open(app_token=sandbox.app.bot_token)


async def test_a_token_may_be_an_argument_and_bodies_form_or_json(sandbox: Sandbox) -> None:
    async with aiohttp.ClientSession() as session:
        form = {"token": sandbox.app.bot_token, "channel": GENERAL, "text": "form"}
        async with session.post(f"{sandbox.api_url}chat.postMessage", data=form) as answer:
            assert (await answer.json())["ok"]
        bearer = {"Authorization": f"Bearer {sandbox.app.bot_token}", "Content-Type": "application/json"}
        async with session.post(f"{sandbox.api_url}chat.postMessage", data=b"{no", headers=bearer) as answer:
            assert (await answer.json())["error"] == "invalid_json"
        async with session.post(f"{sandbox.api_url}chat.postMessage", data=b"[]", headers=bearer) as answer:
            assert (await answer.json())["error"] == "json_not_object"


async def test_an_unknown_method_is_named(web: AsyncWebClient) -> None:
    with refused("unknown_method"):
        await web.api_call("incidents.declare")


async def test_people_with_zones_guests_and_strangers(web: AsyncWebClient) -> None:
    ana = (await web.users_info(user="U0ANA"))["user"]
    assert (ana["tz"], ana["is_admin"], ana["profile"]["email"]) == ("Europe/Lisbon", True, "ana@example.com")
    assert (await web.users_info(user="U0GUS"))["user"]["is_restricted"]
    pia = (await web.users_info(user="U0PIA"))["user"]
    assert (pia["is_stranger"], pia["team_id"]) == (True, "T0PARTNER")
    assert "email" not in pia["profile"]
    with refused("user_not_found"):
        await web.users_info(user="U404")
    found = {user["name"] for user in (await web.users_list())["members"]}
    assert {"slackbot", "ana", "trial", "grafana"} <= found


async def test_people_come_in_pages_and_from_several_zones(web: AsyncWebClient) -> None:
    people: list[Any] = []
    cursor = ""
    while not people or cursor:
        page = await web.users_list(limit=3, cursor=cursor)
        assert len(page["members"]) <= 3
        people += page["members"]
        cursor = page["response_metadata"]["next_cursor"]
    assert len({person["id"] for person in people}) == len(people)
    staff = [p for p in people if p["profile"].get("email") and not (p["deleted"] or p["is_restricted"])]
    assert len(staff) >= 8
    assert len({person["tz"] for person in staff}) == len(staff)
    assert [person["name"] for person in staff if person["is_admin"]] == ["ana"]
    assert {person["name"]: person["tz_offset"] for person in staff}["dan"] == 9 * 3600
    assert (await web.users_info(user="U0ANA", include_locale=True))["user"]["locale"] == "en-US"


async def test_addresses_are_kept_from_an_app_without_their_scope() -> None:
    async with running_sandbox(manifest(without="users:read.email")) as sandbox:
        web = AsyncWebClient(token=sandbox.app.bot_token, base_url=sandbox.api_url)
        assert "email" not in (await web.users_info(user="U0ANA"))["user"]["profile"]
        assert not any("email" in person["profile"] for person in (await web.users_list())["members"])
        with refused("missing_scope"):
            await web.users_lookupByEmail(email="ana@example.com")
    async with running_sandbox(manifest(without="usergroups:read")) as sandbox:
        web = AsyncWebClient(token=sandbox.app.bot_token, base_url=sandbox.api_url)
        with refused("missing_scope"):
            await web.usergroups_users_list(usergroup="S0SRE")


async def test_people_by_address_and_their_channels(web: AsyncWebClient) -> None:
    assert (await web.users_lookupByEmail(email="BEN@example.com"))["user"]["id"] == "U0BEN"
    with refused("users_not_found"):
        await web.users_lookupByEmail(email="pia@partner.example")
    mine = await web.users_conversations(user="U0GUS", types="public_channel")
    assert [c["name"] for c in mine["channels"]] == ["payments"]


async def test_user_groups(web: AsyncWebClient) -> None:
    groups = {g["handle"]: g for g in (await web.usergroups_list(include_users=True, include_count=True))["usergroups"]}
    assert set(groups) == {"oncall", "payments-oncall", "sre"}
    assert (groups["oncall"]["users"], groups["sre"]["user_count"]) == (["U0BEN", "U0DAN"], 3)
    assert (await web.usergroups_users_list(usergroup="S0SRE"))["users"] == groups["sre"]["users"]
    [brief, *_] = (await web.usergroups_list())["usergroups"]
    assert not {"users", "user_count"} & set(brief)
    with refused("no_such_subteam"):
        await web.usergroups_users_list(usergroup="S404")


async def test_workspace_and_bot(web: AsyncWebClient) -> None:
    assert (await web.team_info())["team"]["domain"] == "sandbox"
    assert (await web.bots_info(bot="B0SANDBOX"))["bot"]["user_id"] == "U0SANDBOXBOT"
    with refused("bot_not_found"):
        await web.bots_info(bot="B404")


async def test_bookmarks(web: AsyncWebClient) -> None:
    await web.conversations_join(channel=INCIDENTS)
    link = "https://status.example.com"
    added = await web.bookmarks_add(channel_id=INCIDENTS, title="Status", type="link", link=link, emoji=":fire:")
    bookmark_id = added["bookmark"]["id"]
    await web.bookmarks_edit(channel_id=INCIDENTS, bookmark_id=bookmark_id, title="Public status")
    [listed] = (await web.bookmarks_list(channel_id=INCIDENTS))["bookmarks"]
    assert (listed["title"], listed["link"], listed["emoji"]) == ("Public status", link, ":fire:")
    with refused("invalid_link"):
        await web.bookmarks_add(channel_id=INCIDENTS, title="x", type="link", link="ftp://x")
    with refused("invalid_bookmark_type"):
        await web.bookmarks_add(channel_id=INCIDENTS, title="x", type="folder", link=link)
    with refused("channel_not_found"):
        await web.bookmarks_add(channel_id=GENERAL, title="x", type="link", link=link)
    await web.bookmarks_remove(channel_id=INCIDENTS, bookmark_id=bookmark_id)
    with refused("not_found"):
        await web.bookmarks_remove(channel_id=INCIDENTS, bookmark_id=bookmark_id)


async def test_no_more_than_a_hundred_bookmarks(web: AsyncWebClient) -> None:
    await web.conversations_join(channel=INCIDENTS)
    for n in range(100):
        await web.bookmarks_add(channel_id=INCIDENTS, title=str(n), type="link", link="https://example.com")
    with refused("too_many_bookmarks"):
        await web.bookmarks_add(channel_id=INCIDENTS, title="x", type="link", link="https://example.com")


async def test_a_file_goes_up_in_three_steps_and_down_again(sandbox: Sandbox, web: AsyncWebClient) -> None:
    await web.conversations_join(channel=GENERAL)
    uploaded = await web.files_upload_v2(
        channel=GENERAL, filename="report 1/2 #3?.md", content="# What happened", initial_comment="The report"
    )
    file = (await web.files_info(file=uploaded["file"]["id"]))["file"]
    assert (file["name"], file["size"], file["channels"]) == ("report 1/2 #3?.md", 15, [GENERAL])
    bearer = {"Authorization": f"Bearer {web.token}"}
    async with aiohttp.ClientSession(headers=bearer) as session, session.get(file["url_private"]) as answer:
        assert await answer.text() == "# What happened"
    message = (await sandbox.person("ana").messages(GENERAL))[-1]
    assert (message["text"], message["files"][0]["name"]) == ("The report", "report 1/2 #3?.md")
    assert file["shares"]["public"][GENERAL][0]["ts"] == message["ts"]
    with refused("file_not_found"):
        await web.files_info(file="F404")


async def test_an_upload_is_completed_once_and_only_with_its_bytes(web: AsyncWebClient) -> None:
    ticket = await web.files_getUploadURLExternal(filename="a.txt", length=3)
    with refused("file_not_found"):
        await web.files_completeUploadExternal(files=[{"id": ticket["file_id"]}])
    async with aiohttp.ClientSession() as session:
        async with session.post(ticket["upload_url"], data=b"abc") as answer:
            assert answer.status == 200
        async with session.post(ticket["upload_url"], data=b"abc") as answer:
            assert answer.status == 404
    await web.files_completeUploadExternal(files=[{"id": ticket["file_id"]}])
    with refused("file_not_found"):
        await web.files_completeUploadExternal(files=[{"id": ticket["file_id"]}])
    with refused("missing_argument"):
        await web.files_getUploadURLExternal(filename="a.txt", length=0)
