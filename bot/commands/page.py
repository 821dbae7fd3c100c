"""`/incident page [@user | @group | team | schedule | policy]… [message]`: calls people until somebody joins."""

from bot.asked import Asked
from bot.cards.answers import done
from bot.cards.message import Message
from bot.forms.form import Carried
from bot.forms.page import page_form
from bot.paging.targets import called, read_targets
from bot.typed import plain
from bot.words import incident_word
from incidents.actions.paging import PageRequest
from incidents.actions.paging import page as page_people
from incidents.model.identity import Person
from incidents.model.incident import Incident
from incidents.model.organisation import TargetKind
from incidents.model.vocabulary import incident_name


@incident_word(
    "page", "[@user | team | policy]… [message]", "Call people, until somebody joins", names_incident_last=False
)
async def page(asked: Asked, incident: Incident) -> Message | None:
    if not asked.text:
        incident.must_be_open()
        await asked.show(page_form(Carried.of(asked, incident.number)))
        return None
    organisation = await asked.bot.core.storage.read.organisation.current()
    meant = read_targets(organisation, asked.text)
    for target in meant.targets:
        if target.kind is TargetKind.PERSON:
            await asked.bot.people.must_be_member(Person(target.id).id)
    request = PageRequest(asked.by, incident.number, meant.targets, plain(meant.message), asked.origin)
    await page_people(asked.bot.core, request)
    return done(f"Paging {called(organisation, meant.targets)} for {incident_name(incident.number)}.")
