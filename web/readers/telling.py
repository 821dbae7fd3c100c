"""Telling readers: one job each, so that a mail that fails delays nobody else; on record once it is handed over."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from email.message import EmailMessage

from incidents.actions.readers import begin_telling, reader_was_told
from incidents.consequences import JobKind
from incidents.core import Core
from incidents.ports import CannotSucceed, Job, TryLater
from incidents.public.page import Event, PublicUpdate, Snapshot
from incidents.public.readers import Reader
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
    _pages: tuple[int, Mapping[str, Snapshot]] = field(default=(-1, {}))

    @property
    def handlers(self) -> dict[JobKind, Callable[[Job], Awaitable[None]]]:
        """Which job is done by what."""
        return {
            JobKind.TELL_READERS: self.begin,
            JobKind.ASK_READER: self.ask,
            JobKind.TELL_READER: self.tell,
        }

    async def begin(self, job: Job) -> None:
        """A job for each reader of what was published."""
        if self.post is not None:
            await begin_telling(self.core, job.subject, int(job.detail))

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
        """None where the reader's page is not there any more."""
        snapshot = (await self._read()).get(reader.page)
        if snapshot is None or self.post is None:
            return None
        place = "private" if snapshot.page.private else "status"
        reading = Reading(snapshot, f"{self.url}/{place}/{reader.page}", self.core.clock())
        return Letter(reader, self.post.sender, reading, f"{self.url}/readers/{reader.token}")

    async def _read(self) -> Mapping[str, Snapshot]:
        """The pages as they are, read anew where something was published."""
        public = self.core.storage.read.public
        version = await public.version()
        if version != self._pages[0]:
            self._pages = (version, {snapshot.page.id: snapshot for snapshot in await public.snapshots()})
        return self._pages[1]


def _find(events: Sequence[Event], event: str, update: str) -> tuple[Event, PublicUpdate] | None:
    for each in events:
        if each.id == event:
            return next(((each, told) for told in each.updates if told.id == update), None)
    return None
