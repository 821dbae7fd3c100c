"""A workplace where a tool is a source of alerts, and what people do on their messages in #general."""

from incidents.actions.alerts import receive
from incidents.model.signal import Signal
from sandbox.client import Person
from sandbox.troubles import ApiTrouble
from tests.bot.alerting import SOURCE, organisation
from tests.e2e.workspace import Json, Workplace


async def organised(workplace: Workplace, **more: object) -> Workplace:
    """``more`` are fields of the source."""
    async with workplace.running.bot.core.storage.transaction() as unit:
        await unit.organisation.held()
        await unit.organisation.save(organisation(**more))
    return workplace


async def tell(workplace: Workplace, *signals: Signal) -> None:
    await receive(workplace.running.bot.core, SOURCE, signals)
    await workplace.settle()


async def shown(workplace: Workplace, text: str = "Checkout 5xx") -> Json:
    """The message of an alert, once it says ``text``."""
    return await workplace.read(workplace.person("ana"), workplace.general, text)


async def press(workplace: Workplace, who: Person, label: str, choose: str | None = None) -> None:
    await workplace.press(who, workplace.general, await shown(workplace), label, choose)


async def told(workplace: Workplace, who: Person, text: str) -> Json:
    """What ``who`` alone is told beside the messages."""
    return await workplace.told(who, workplace.general, text)


def edited_late(workplace: Workplace) -> None:
    """For a moment people see messages as they were."""
    workplace.sandbox.slack.troubles.api.append(ApiTrouble("chat.update", delay=1))
