"""People in a storm of alerts: taking all of it on at once, or one of them from its list."""

import asyncio

import pytest

from incidents.model.storm import MANY
from sandbox.client import Person
from tests.bot.alerting import fire
from tests.e2e.alerting import edited_late, organised, tell
from tests.e2e.workspace import Json, Workplace, element_reading, eventually, words


@pytest.fixture
async def stormy(workplace: Workplace) -> Workplace:
    """A workplace in a storm of alerts, numbered from 1."""
    await organised(workplace)
    await tell(workplace, *(fire(f"a{n}", f"Pod {n} crashes") for n in range(MANY)))
    return workplace


async def storm(workplace: Workplace, text: str = "storm") -> Json:
    return await workplace.read(workplace.person("ana"), workplace.general, text)


async def listed(workplace: Workplace, text: str) -> Json:
    """The list of the storm's alerts in its thread, once it says ``text``."""

    async def seen() -> Json | None:
        replies = await workplace.person("ana").messages(workplace.general, (await storm(workplace))["ts"])
        return next((reply for reply in replies if "Alerts 1 to" in words(reply) and text in words(reply)), None)

    return await eventually(seen)


async def choose(workplace: Workplace, who: Person, what: str) -> None:
    """Choose from the menu beside the first alert of the list that offers it."""
    message = await listed(workplace, what)
    await workplace.press(who, workplace.general, message, what, what)


async def told(workplace: Workplace, who: Person, text: str) -> Json:
    """What ``who`` alone is told in the storm's thread."""

    async def seen() -> Json | None:
        replies = await who.messages(workplace.general, (await storm(workplace))["ts"])
        return next((reply for reply in replies if reply["is_ephemeral"] and text in words(reply)), None)

    return await eventually(seen)


async def test_one_takes_all_of_it_on_and_another_is_told_who(stormy: Workplace, ben: Person, cleo: Person) -> None:
    edited_late(stormy)
    message = await storm(stormy)
    label = f"Accept all ({MANY})"
    await asyncio.gather(*(stormy.press(who, stormy.general, message, label) for who in (ben, cleo)))

    after = await storm(stormy, "accepted them")
    winner, loser = (ben, cleo) if "<@U0BEN>" in words(after) else (cleo, ben)
    await told(stormy, winner, f"You accepted {MANY} alerts")
    assert f"<@{winner.id}>" in words(await told(stormy, loser, "accepted these alerts before you"))
    assert words(await listed(stormy, "is on it")).count("is on it") == MANY
    with pytest.raises(AssertionError):
        element_reading(after["blocks"], label)


async def test_one_of_it_is_accepted_from_its_list(stormy: Workplace, ben: Person) -> None:
    await choose(stormy, ben, "Accept")

    assert "*<@U0BEN>* is on it" in words(await listed(stormy, "is on it"))
    await storm(stormy, f"{MANY - 1} firing · 1 accepted")


async def test_resolving_one_asks_first(stormy: Workplace, ben: Person) -> None:
    await choose(stormy, ben, "Resolve")
    question = await told(stormy, ben, "Resolve *Pod 0 crashes*?")
    await stormy.press(ben, stormy.general, question, "Resolve")

    assert "✅ *Resolved*  Pod 0 crashes" in words(await listed(stormy, "Resolved*"))
    await storm(stormy, "1 resolved")


async def test_one_of_it_is_declared_from_and_leads_to_its_incident(stormy: Workplace, ana: Person) -> None:
    await choose(stormy, ana, "Declare incident")
    view = await stormy.form(ana, "Declare an incident")
    assert await ana.submit(view["id"], {}) == {}

    assert "<#" in words(await listed(stormy, "Belongs to *INC-1* Pod 0 crashes: <#"))
    assert "1 alert in *INC-1*" in words(await storm(stormy, "INC-1"))
    await choose(stormy, ana, "Unlink")
    await told(stormy, ana, "Unlinked from INC-1")
    assert (await stormy.incident(1)).alerts == {}


async def test_guests_command_nothing_here_either(stormy: Workplace) -> None:
    gus = stormy.person("gus")
    await stormy.person("ana").invite(stormy.general, gus.id)
    await stormy.press(gus, stormy.general, await storm(stormy), f"Accept all ({MANY})")

    await told(stormy, gus, "not command Tocsin")
    alert = await stormy.running.bot.core.storage.read.alerts.alert(1)
    assert alert is not None and alert.accepted_by is None
