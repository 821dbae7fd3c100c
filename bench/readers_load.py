"""Asks for a page, in a process of its own, and prints how long each answer took, as JSON: at an even rate, or at once.

Written on bare sockets, so that it is the page that is measured. At a rate, each is timed from when it was due.
"""

import asyncio
import json
import sys
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

CONNECTIONS = 32


def due_at(rate: float | None, seconds: float) -> Iterator[float]:
    """When each request is due; without a ``rate``, as soon as there is a connection for it."""
    begin = time.perf_counter()
    number = 0
    while (due := begin + number / rate if rate else time.perf_counter()) < begin + seconds:
        number += 1
        yield due


async def ask(host: str, port: int, path: str, dues: Iterator[float]) -> list[float]:
    """One connection: the seconds of each request on it."""
    reader, writer = await asyncio.open_connection(host, port)
    request = f"GET {path} HTTP/1.1\r\nHost: {host}\r\nAccept-Encoding: gzip\r\n\r\n".encode()
    taken = []
    for due in dues:
        early = due - time.perf_counter()
        if early > 0:
            await asyncio.sleep(early)
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200"), head
        length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
        await reader.readexactly(int(length))
        taken.append(time.perf_counter() - due)
    writer.close()
    return taken


async def load(address: str, rate: float | None, seconds: float) -> list[float]:
    """All connections together."""
    parts = urlsplit(address)
    dues = due_at(rate, seconds)
    asking = [ask(str(parts.hostname), parts.port or 80, parts.path, dues) for _ in range(CONNECTIONS)]
    return [seconds for taken in await asyncio.gather(*asking) for seconds in taken]


if __name__ == "__main__":
    asked = json.loads(sys.argv[1])
    print(json.dumps(asyncio.run(load(asked["address"], asked["rate"], asked["seconds"]))))
