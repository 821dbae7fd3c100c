"""Readers of status pages: subscribing, confirming, leaving, and who must be told of what was published."""

import secrets
from collections.abc import Collection
from dataclasses import replace
from datetime import timedelta

from incidents.consequences import JobKind, confirmation_asked, outlet_told, published_elsewhere, reader_told
from incidents.core import Core
from incidents.public.readers import Reader, address_of
from incidents.publishing import pages_that_show, public_service

TOKEN_BYTES = 24
ASKED_AGAIN = timedelta(hours=1)
"""Nobody is asked to confirm more often: others could have them written to."""
FORGOTTEN = timedelta(days=7)
"""After so long, whoever did not confirm is forgotten: they may never have asked."""


async def subscribe_reader(core: Core, page: str, written: str, services: Collection[str] = ()) -> None:
    """Ask whoever has the address to confirm that they want to be told. Raises NoAddress.

    What happens is the same whether they are subscribed already, so that nobody learns who reads.
    """
    address, now = address_of(written), core.clock()
    async with core.storage.transaction() as unit:
        token = secrets.token_urlsafe(TOKEN_BYTES)
        await unit.readers.forget_unconfirmed(now - FORGOTTEN)
        reader = await unit.readers.add(page, address, services, token, now)
        asked = await core.storage.read.readers.asked_since(reader.id, now - ASKED_AGAIN)
        if reader.confirmed_at is None and not asked:
            await unit.readers.asked(reader.id, now)
            await unit.enqueue([confirmation_asked(reader.id, now)])


async def confirm_reader(core: Core, token: str) -> Reader | None:
    """Who followed the link of that mail is told from now on; None where there is no such reader."""
    async with core.storage.transaction() as unit:
        return await unit.readers.confirm(token, core.clock())


async def choose_services(core: Core, token: str, services: Collection[str]) -> Reader | None:
    """From now on somebody is told of these services, of all where it is none; None where there is no such reader."""
    async with core.storage.transaction() as unit:
        return await unit.readers.choose(token, services)


async def remove_reader(core: Core, token: str) -> Reader | None:
    """Forget somebody who does not want to be told any more; None where there is none."""
    async with core.storage.transaction() as unit:
        return await unit.readers.remove(token)


async def begin_telling(core: Core, incident: int, update: int, *, again: bool = False) -> None:
    """A job for each reader, webhook, channel and page elsewhere that is to be told of a published update.

    Of a correction, and of an update without ``notify``, only pages elsewhere are told, which then tell nobody.
    Nobody gets mail of a page that has become private. ``again``: whether some were told already is looked at.
    """
    async with core.storage.transaction() as unit:
        told = await unit.load(incident)
        published = told.updates.by_number.get(update) if told is not None else None
        if told is None or published is None or published.published_at is None:
            return
        organisation = await unit.organisation.current()
        about = {service for each in told.updates.published for service in each.text.services}
        pages = {id: organisation.pages[id] for id in pages_that_show(organisation, about)}
        event, public = told.updates.published[0].public_id, {public_service(service) for service in about}
        at, name = core.clock(), published.public_id
        loudly = published.tells_subscribers
        elsewhere = [id for id, page in pages.items() if page.statuspage is not None]
        await unit.enqueue([published_elsewhere(id, event, name, loudly, at) for id in elsewhere])
        if not loudly:
            return
        mailing = [id for id, page in pages.items() if not page.private]
        concerned = [reader for reader in await unit.readers.confirmed(mailing) if reader.wants(public)]
        await unit.enqueue([reader_told(reader.id, event, name, at) for reader in concerned])
        for id, page in pages.items():
            outlets = {
                JobKind.TELL_WEBHOOK: len(page.webhooks),
                JobKind.TELL_CHANNEL: len(page.channels),
                JobKind.TELL_PEOPLE: 1 if page.people else 0,
            }
            await unit.enqueue(
                [
                    replace(outlet_told(kind, id, number, event, name, at), attempts=int(again))
                    for kind, many in outlets.items()
                    for number in range(many)
                ]
            )


async def reader_was_told(core: Core, reader: int, update: str) -> None:
    """Put on record that a reader was told of the update with this public id."""
    async with core.storage.transaction() as unit:
        await unit.readers.told(reader, update, core.clock())
