"""Who is no full member: deactivated, guest of one channel or several, of another organisation; pictures of all."""

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.refusals import RefusedError
from sandbox.server import Sandbox
from tests.sandbox.conftest import GENERAL, INCIDENTS, PAYMENTS, Heard, refused

DEACTIVATED, OF_ONE_CHANNEL, OF_SEVERAL, STRANGER = "U0NED", "U0UMA", "U0GUS", "U0PIA"


@pytest.mark.parametrize(
    ("who", "error"),
    [
        (DEACTIVATED, "user_disabled"),
        (OF_ONE_CHANNEL, "ura_max_channels"),
        (OF_SEVERAL, "user_is_restricted"),
        (STRANGER, "cant_invite"),
    ],
)
async def test_an_app_cannot_bring_them_in(web: AsyncWebClient, who: str, error: str) -> None:
    channel = (await web.conversations_create(name="room"))["channel"]["id"]
    with refused(error):
        await web.conversations_invite(channel=channel, users=who)
    forced = await web.conversations_invite(channel=channel, users=f"{who},U0BEN", force=True)
    assert forced["errors"] == [{"user": who, "ok": False, "error": error}]


async def test_a_deactivated_person_is_told_as_such_and_has_no_conversation(web: AsyncWebClient) -> None:
    ned = (await web.users_info(user=DEACTIVATED))["user"]
    assert ned["deleted"]
    assert "tz" not in ned
    assert DEACTIVATED in {user["id"] for user in (await web.users_list())["members"]}
    with refused("users_not_found"):
        await web.users_lookupByEmail(email="ned@example.com")
    with refused("user_disabled"):
        await web.conversations_open(users=DEACTIVATED)
    with refused("user_not_in_channel"):
        await web.chat_postEphemeral(channel=GENERAL, user=DEACTIVATED, text="psst")


async def test_what_is_posted_to_a_deactivated_person_is_taken(web: AsyncWebClient) -> None:
    """As Slack says: github.com/slackapi/python-slack-sdk/issues/1156"""
    posted = await web.chat_postMessage(channel=DEACTIVATED, text="Still there?")
    assert (await web.conversations_info(channel=posted["channel"]))["channel"]["is_user_deleted"]


async def test_who_is_deactivated_is_out_and_the_app_hears_of_it(
    sandbox: Sandbox, web: AsyncWebClient, heard: Heard
) -> None:
    await sandbox.person("ana").deactivate("U0DAN")
    change = await heard.next(type="user_change")
    assert (change["user"]["id"], change["user"]["deleted"]) == ("U0DAN", True)
    assert "U0DAN" not in (await web.conversations_members(channel=INCIDENTS))["members"]
    with pytest.raises(RefusedError, match="account_inactive"):
        await sandbox.person("U0DAN").say(GENERAL, "hello?")
    with pytest.raises(RefusedError, match="permission_denied"):
        await sandbox.person("ben").deactivate("U0CLEO")
    with pytest.raises(RefusedError, match="permission_denied"):
        await sandbox.person("ana").deactivate("U0ANA")


async def test_a_guest_of_one_channel_sees_that_one(sandbox: Sandbox, web: AsyncWebClient) -> None:
    uma = (await web.users_info(user=OF_ONE_CHANNEL))["user"]
    assert (uma["is_restricted"], uma["is_ultra_restricted"]) == (True, True)
    assert [c["name"] for c in (await sandbox.person("uma").workspace())["channels"]] == ["payments"]
    with pytest.raises(RefusedError, match="ura_max_channels"):
        await sandbox.person("ana").invite(INCIDENTS, OF_ONE_CHANNEL)


async def test_people_of_another_organisation_speak_in_the_shared_channel(
    sandbox: Sandbox, web: AsyncWebClient, heard: Heard
) -> None:
    await web.conversations_join(channel=PAYMENTS)
    ts = await sandbox.person("pia").say(PAYMENTS, "From outside")
    assert (await heard.next(ts=ts))["team"] == "T0PARTNER"
    outer = next(c.arguments for c in sandbox.workspace.calls if c.arguments.get("event", {}).get("ts") == ts)
    assert outer["is_ext_shared_channel"]
    shared = (await web.conversations_info(channel=PAYMENTS))["channel"]
    assert (shared["conversation_host_id"], shared["connected_team_ids"]) == ("T0SANDBOX", ["T0PARTNER"])


async def test_pictures_of_people_and_bots_are_there(sandbox: Sandbox, web: AsyncWebClient) -> None:
    ana = (await web.users_info(user="U0ANA"))["user"]["profile"]
    bot = (await web.bots_info(bot="B0GRAFANA"))["bot"]["icons"]
    async with aiohttp.ClientSession() as session:
        for address, letters in ((ana["image_48"], "AD"), (bot["image_48"], "G")):
            async with session.get(address) as picture:
                assert picture.content_type == "image/svg+xml"
                assert f">{letters}</text>" in await picture.text()
        async with session.get(f"{sandbox.url}/avatars/U404/48.svg") as nobody:
            assert nobody.status == 404
