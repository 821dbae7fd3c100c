"""What one process has committed and the others hear of at once: by NOTIFY on PostgreSQL, where there may be several.

https://www.postgresql.org/docs/current/sql-notify.html
"""

from collections.abc import Callable
from uuid import uuid4

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from incidents.ports.news import Topic
from storage.database import Database

CHANNEL = "tocsin"
"""The name under which PostgreSQL passes news on, within one database."""


class SqlNews:
    """`incidents.ports.news.News` of one process on a database; `storage/presence.py` hears the others."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._own = uuid4().hex
        self._hearers: dict[Topic, set[Callable[[str], None]]] = {topic: set() for topic in Topic}

    def when(self, topic: Topic, hear: Callable[[str], None]) -> Callable[[], None]:
        self._hearers[topic].add(hear)
        return lambda: self._hearers[topic].discard(hear)

    async def tell(self, topic: Topic, about: str = "") -> None:
        if self._database.is_postgresql:
            async with self._database.writing() as connection:
                await self.at_commit(connection, topic, about)
        self.spread(topic, about)

    async def at_commit(self, connection: AsyncConnection, topic: Topic, about: str = "") -> None:
        """Have the other processes told when the transaction of ``connection`` commits; this one is by `spread`."""
        if self._database.is_postgresql:
            await connection.execute(select(func.pg_notify(CHANNEL, f"{self._own} {topic} {about}")))

    def spread(self, topic: Topic, about: str = "") -> None:
        """Tell whoever hears in this process."""
        for hear in list(self._hearers[topic]):
            hear(about)

    def missed(self) -> None:
        """What the others told for a while was not heard: it may have been anything."""
        for topic in Topic:
            self.spread(topic)

    def heard(self, told: str) -> None:
        """What PostgreSQL has brought: this process's own news too, which it knows already."""
        teller, topic, about = told.split(" ", 2)
        if teller != self._own and topic in set(Topic):
            self.spread(Topic(topic), about)
