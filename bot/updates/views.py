"""All that the card of a status update tells: who can approve it, whom it reaches, what to know first."""

from collections.abc import Iterable

from bot.cards.draft import DraftView
from bot.context import Bot
from bot.updates.outlets import followers
from incidents.actions.updates import Groups, approval_of
from incidents.model.draft_warnings import warnings_of
from incidents.model.incident import Incident
from incidents.model.organisation import Organisation
from incidents.model.status_update import StatusUpdate
from incidents.public.language import Language, language
from incidents.publishing import pages_that_show, public_service


async def draft_view(bot: Bot, incident: Incident, update: StatusUpdate) -> DraftView:
    """The status update as it stands. Raises SlackUnavailable."""
    organisation, now = await bot.core.storage.read.organisation.current(), bot.core.clock()
    about = _about(incident, update.text.services)
    shown = {id: organisation.pages[id] for id in pages_that_show(organisation, about)}
    mailing = [id for id, page in shown.items() if not page.private]
    return DraftView(
        incident=incident,
        update=update,
        now=now,
        approval=approval_of(incident, organisation, await approver_members(bot, organisation)),
        warnings=warnings_of(
            incident, update, now, await bot.people.all_names(incident.responders), organisation.updates.internal_hosts
        ),
        pages=[(page.name, "" if page.private else f"{bot.url}/status/{id}") for id, page in shown.items()],
        readers=await bot.core.storage.read.readers.count(mailing, {public_service(service) for service in about}),
        channels=list(dict.fromkeys(name for page in shown.values() for name in page.channels)),
        people=len(await followers(bot, shown.values())),
        webhooks=sum(len(page.webhooks) for page in shown.values()),
        elsewhere=any(page.statuspage for page in shown.values()),
    )


async def approver_members(bot: Bot, organisation: Organisation) -> Groups:
    """Who is in the groups that may approve. Raises SlackUnavailable."""
    wanted = organisation.groups_in(organisation.updates.approvers)
    return {group: await bot.people.members(group) for group in wanted}


async def languages_of(bot: Bot, incident: Incident, services: Iterable[str]) -> list[Language]:
    """Those of the pages that show an update about ``services``; English where none does."""
    organisation = await bot.core.storage.read.organisation.current()
    shown = pages_that_show(organisation, _about(incident, services))
    return list(dict.fromkeys(language(organisation.pages[id].language) for id in shown)) or [language("en")]


def _about(incident: Incident, services: Iterable[str]) -> set[str]:
    """The services by which pages are found: those that any update of the incident was about, and this one is."""
    return {*services, *(service for each in incident.updates.published for service in each.text.services)}
