"""Telling readers: one job each, so that a mail that fails delays nobody else; on record once it is handed over."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage

from incidents.actions.readers import begin_telling, reader_was_told
from incidents.consequences import LOUDLY, JobKind
from incidents.core import Core
from incidents.model.publishing_rules import StatusPage
from incidents.ports import CannotSucceed, Job, TryLater
from incidents.public.page import Event, PublicUpdate, Snapshot
from incidents.public.readers import Reader
from incidents.publishing import public_service
from web.readers.outlets import STATUSPAGE, CannotTake, Elsewhere, Told, WillNotTake, secret, tell_webhook
from web.readers.post import NotTaken, Post, Undeliverable
from web.status.mail import Letter, confirmation_mail, update_mail
from web.status.surface import Reading

AGAIN = 60.0
"""Seconds until a mail that was not taken is handed in again; longer each time."""
ATTEMPTS = 12


@dataclass
class Telling:
    """Hands mail to ``post``; without one, only what else follows from an update is done."""

    core: Core
    post: Post | None
    url: str
    statuspage: str = STATUSPAGE
    """Where Atlassian Statuspage's API is."""
    _pages: tuple[int, Mapping[str, Snapshot]] = field(default=(-1, {}))

    @property
    def handlers(self) -> dict[JobKind, Callable[[Job], Awaitable[None]]]:
        """Which job is done by what."""
        return {
            JobKind.TELL_READERS: self.begin,
            JobKind.ASK_READER: self.ask,
            JobKind.TELL_READER: self.tell,
            JobKind.TELL_WEBHOOK: self.tell_webhook,
            JobKind.PUBLISH_ELSEWHERE: self.publish_elsewhere,
        }

    async def begin(self, job: Job) -> None:
        """A job for each reader of what was published, and for whatever else is told of it."""
        await begin_telling(self.core, job.subject, int(job.detail), again=job.attempt > 1)

    async def ask(self, job: Job) -> None:
        """Ask a reader to confirm. Raises CannotSucceed, TryLater."""
        reader = await self.core.storage.read.readers.reader(job.subject)
        letter = await self._letter(reader) if reader is not None and reader.confirmed_at is None else None
        if letter is not None and self.post is not None:
            await self._hand_in(self.post, job, confirmation_mail(letter))

    async def tell(self, job: Job) -> None:
        """Tell a reader of one update, if that was not done. Raises CannotSucceed, TryLater."""
        event_id, update_id = job.detail.split()
        reader = await self.core.storage.read.readers.reader(job.subject)
        if reader is None or await self.core.storage.read.readers.was_told(reader.id, update_id):
            return
        letter = await self._letter(reader)
        found = _find(letter.reading.snapshot.events, event_id, update_id) if letter else None
        if letter is not None and found is not None and self.post is not None:
            await self._hand_in(self.post, job, update_mail(letter, *found))
            await reader_was_told(self.core, reader.id, update_id)

    async def tell_webhook(self, job: Job) -> None:
        """Tell one of a page's webhooks of an update. Raises CannotSucceed, TryLater."""
        page, told = await self._told(job)
        if page is not None and told is not None and job.first < len(page.webhooks):
            webhook = page.webhooks[job.first]
            async with _trying(job, "The webhook"):
                await tell_webhook(webhook.url, secret(webhook.key), told)

    async def publish_elsewhere(self, job: Job) -> None:
        """Say an update on the page at Atlassian Statuspage too. Raises CannotSucceed, TryLater."""
        page, told = await self._told(job)
        if page is not None and told is not None and page.statuspage is not None:
            components = {public_service(id): component for id, component in page.statuspage.components.items()}
            async with _trying(job, "Atlassian Statuspage"):
                key = secret(page.statuspage.key)
                elsewhere = Elsewhere(page.statuspage.page, key, components, self.statuspage)
                await elsewhere.publish(told, loudly=job.detail.endswith(f" {LOUDLY}"))

    async def _told(self, job: Job) -> tuple[StatusPage | None, Told | None]:
        id, event, update = job.detail.split()[:3]
        page = (await self.core.storage.read.organisation.current()).pages.get(id)
        snapshot = (await self._read()).get(id)
        found = _find(snapshot.events, event, update) if snapshot is not None else None
        if snapshot is None or found is None:
            return page, None
        return page, Told(self._reading(snapshot), *found)

    async def _hand_in(self, post: Post, job: Job, mail: EmailMessage) -> None:
        try:
            await post.send(mail)
        except Undeliverable as error:
            raise CannotSucceed(f"Mail to reader {job.subject}: {error}") from error
        except NotTaken as error:
            if job.attempt >= ATTEMPTS:
                raise CannotSucceed(f"Mail to reader {job.subject} was not taken {ATTEMPTS} times: {error}") from error
            raise TryLater(str(error), AGAIN * job.attempt) from error

    async def _letter(self, reader: Reader) -> Letter | None:
        """None where the reader's page is not there any more, or private by now: nothing of that is mailed."""
        snapshot = (await self._read()).get(reader.page)
        if snapshot is None or snapshot.page.private or self.post is None:
            return None
        return Letter(reader, self.post.sender, self._reading(snapshot), f"{self.url}/readers/{reader.token}")

    def _reading(self, snapshot: Snapshot) -> Reading:
        place = "private" if snapshot.page.private else "status"
        return Reading(snapshot, f"{self.url}/{place}/{snapshot.page.id}", self.core.clock())

    async def _read(self) -> Mapping[str, Snapshot]:
        """The pages as they are, read anew where something was published."""
        public = self.core.storage.read.public
        version = await public.version()
        if version != self._pages[0]:
            self._pages = (version, {snapshot.page.id: snapshot for snapshot in await public.snapshots()})
        return self._pages[1]


@asynccontextmanager
async def _trying(job: Job, what: str) -> AsyncIterator[None]:
    """Raises CannotSucceed, TryLater for what goes wrong in the block; neither tells an address or a key."""
    try:
        yield
    except WillNotTake as error:
        raise CannotSucceed(f"{what} does not take an update: {error}") from error
    except CannotTake as error:
        if job.attempt >= ATTEMPTS:
            raise CannotSucceed(f"{what} did not take an update, {ATTEMPTS} times: {error}") from error
        raise TryLater(str(error), AGAIN * job.attempt) from error


def _find(events: Sequence[Event], event: str, update: str) -> tuple[Event, PublicUpdate] | None:
    for each in events:
        if each.id == event:
            return next(((each, told) for told in each.updates if told.id == update), None)
    return None
