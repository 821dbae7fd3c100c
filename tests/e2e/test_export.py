"""A timeline as a file, sent to whoever asks for it and to nobody else."""

import json

from sandbox.client import Person
from tests.e2e.workspace import Workplace, eventually


async def files_for(workplace: Workplace, who: Person) -> dict[str, str]:
    """The files in the direct messages between ``who`` and the bot: their text by their name."""
    direct = [c for c in workplace.sandbox.workspace.channels.values() if c.is_im and who.id in c.members]
    return {file.name: file.content.decode() for c in direct for m in c.messages.values() for file in m.files}


async def test_the_whole_timeline_comes_as_markdown_and_as_json(workplace: Workplace, ana: Person, ben: Person) -> None:
    channel = await workplace.declare(ana, "Checkout fails")
    await ana.say(channel, "Asking <@U0BEN>")

    async def mirrored() -> bool:
        return any(entry.fact.kind == "message" for entry in await workplace.timeline(1))

    await eventually(mirrored)
    await ana.command(channel, "/incident export")
    await workplace.told(ana, channel, "is in your messages")
    await ana.command(channel, "/incident export json")

    async def both() -> dict[str, str] | None:
        files = await files_for(workplace, ana)
        return files if len(files) == 2 else None

    files = await eventually(both)
    assert "Asking @ben" in files["inc-1-timeline.md"]
    entries = json.loads(files["inc-1-timeline.json"])["entries"]
    assert [entry["hash"] for entry in entries] == [entry.hash for entry in await workplace.timeline(1)]
    assert await files_for(workplace, ben) == {}


async def test_a_form_that_is_none_is_refused_with_those_that_are(workplace: Workplace, ana: Person) -> None:
    channel = await workplace.declare(ana, "Checkout fails")
    await ana.command(channel, "/incident export pdf")
    await workplace.told(ana, channel, "markdown, json")
