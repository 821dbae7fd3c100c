"""What readers of a status page get by e-mail: asked whether they want it, then each update, as the page has it.

One press ends it, by the mail program's own button too: https://www.rfc-editor.org/rfc/rfc8058
"""

import hashlib
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import format_datetime

from incidents.public.language import N_, language
from incidents.public.page import Event, Page, PublicUpdate
from incidents.public.readers import Reader
from web.status.drawing import draw
from web.status.markdown import to_text
from web.status.surface import Reading


@dataclass(frozen=True)
class Letter:
    """To whom something is written, from whom, about which page."""

    reader: Reader
    sender: str
    """As ``Acme status <status@acme.example>``."""
    reading: Reading
    own: str
    """The address of what only this reader can do."""

    @property
    def leave(self) -> str:
        """Where one press ends it."""
        return f"{self.own}/leave"

    @property
    def choose(self) -> str:
        """Where they say which services they want to hear of."""
        return f"{self.own}/services"

    def name(self, what: str) -> str:
        """Tells a mail about ``what`` that is sent for the second time from a new one, and nothing about its reader."""
        return hashlib.sha256(f"{what} {self.reader.token}".encode()).hexdigest()[:32]

    @property
    def page(self) -> Page:
        return self.reading.snapshot.page


def confirmation_mail(letter: Letter) -> EmailMessage:
    """Asks whoever has the address whether they want to be told; else nothing is sent there."""
    say = language(letter.page.language).say
    link = f"{letter.own}/confirm"
    asked = say(N_("Do you want to be told by e-mail what %(page)s says? Follow this link to confirm:"))
    ignored = say(N_("If you did not ask for this, do nothing: no more is sent to you."))
    mail = _mail(letter, say(N_("Confirm: %(page)s")) % {"page": letter.page.name}, "confirm")
    mail.set_content(f"{asked % {'page': letter.page.name}}\n\n{link}\n\n{ignored}\n")
    return mail


def update_mail(letter: Letter, event: Event, update: PublicUpdate) -> EmailMessage:
    """One update, as it was approved."""
    spoken = language(letter.page.language)
    status = spoken.status(event, update)
    mail = _mail(letter, f"{status}: {event.title}", update.id)
    mail["Date"] = format_datetime(update.published_at)
    mail["List-Unsubscribe"] = f"<{letter.leave}>"
    mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    services = [
        f"{service.name}: {spoken.impact(update.leaves[service.id])}"
        for service in letter.page.services
        if service.id in update.leaves
    ]
    link = letter.reading.address_of(event)
    window = spoken.window(event.window) if event.window else ""
    promise = spoken.say(N_("Next update by %(at)s")) % {"at": spoken.moment(update.next_at)} if update.next_at else ""
    parts = ["\n".join(filter(None, [event.title, window, status])), to_text(update.body), "\n".join(services), promise]
    own = f"{spoken.say(N_('Choose services'))}: {letter.choose}\n{spoken.say('Unsubscribe')}: {letter.leave}"
    mail.set_content("\n\n".join(filter(None, [*parts, link, own])) + "\n")
    values = {
        "page": letter.page,
        "event": event,
        "update": update,
        "status": status,
        "window": window,
        "services": services,
        "promise": promise,
        "link": link,
        "choose": letter.choose,
        "leave": letter.leave,
    }
    mail.add_alternative(draw("mail.html", letter.page.language, values).body.decode(), subtype="html")
    return mail


def _mail(letter: Letter, subject: str, what: str) -> EmailMessage:
    """A mail about ``what``, of which each reader gets one."""
    mail = EmailMessage()
    mail["From"] = letter.sender
    mail["To"] = letter.reader.address
    mail["Subject"] = " ".join(subject.split())
    host = letter.sender.rpartition("@")[2].rstrip("> ") or "localhost"
    mail["Message-ID"] = f"<{letter.name(what)}@{host}>"
    mail["Auto-Submitted"] = "auto-generated"
    return mail
