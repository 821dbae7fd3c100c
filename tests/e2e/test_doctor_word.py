"""`/incident doctor`: admins see what was given up and why, and have it tried again."""

from incidents.model import facts
from sandbox.client import Person
from tests.e2e.workspace import Workplace, eventually, words


async def test_an_admin_sees_what_was_given_up_and_tries_it_again(workplace: Workplace, ana: Person) -> None:
    await ana.trouble(method="conversations.create", error="restricted_action")
    await ana.command(workplace.general, "/incident declare Checkout fails")
    view = await workplace.form(ana, "Declare an incident")
    assert await ana.submit(view["id"], {}) == {}
    parked = workplace.running.bot.core.storage.jobs.parked
    await eventually(parked)

    answer = await workplace.typed(ana, workplace.general, "/incident doctor")
    assert "*INC-1* · open channel" in words(answer) and "does not let the bot make channels" in words(answer)
    await workplace.press(ana, workplace.general, answer, "Try again")

    async def opened() -> bool:
        return any(isinstance(entry.fact, facts.ChannelAttached) for entry in await workplace.timeline(1))

    await eventually(opened)
    assert not await parked()
    await workplace.told(ana, workplace.general, "It is being tried again.")


async def test_where_nothing_was_given_up_it_says_so_and_others_are_told_who_can(
    workplace: Workplace, ana: Person, ben: Person
) -> None:
    answer = await workplace.typed(ana, workplace.general, "/incident doctor")
    assert "Nothing was given up" in words(answer)
    refused = await workplace.typed(ben, workplace.general, "/incident doctor")
    assert "Only admins and owners" in words(refused)
