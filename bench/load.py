"""Posts alerts at an even rate, in a process of its own, and prints how long each took to be accepted, as JSON.

Each is timed from when it was due, not from when it could be sent, so that waiting counts too.
"""

import asyncio
import json
import sys
import time

import aiohttp

CONNECTIONS = 64


async def post(session: aiohttp.ClientSession, address: str, number: int, due: float) -> tuple[int, float]:
    """The answer's status, and the seconds since ``due``."""
    body = {"key": f"check-{number}", "title": f"Check {number} fails", "severity": 2, "details": "x" * 200}
    async with session.post(address, json=body) as answer:
        await answer.read()
        return answer.status, time.perf_counter() - due


async def load(addresses: list[str], rate: float, seconds: float) -> list[tuple[int, float]]:
    """Post ``rate`` alerts a second for some ``seconds``, to the addresses in turn."""
    connector = aiohttp.TCPConnector(limit=CONNECTIONS)
    async with aiohttp.ClientSession(connector=connector) as session:
        begin, posts = time.perf_counter() + 0.5, []
        for number in range(int(rate * seconds)):
            due = begin + number / rate
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            posts.append(asyncio.create_task(post(session, addresses[number % len(addresses)], number, due)))
        return await asyncio.gather(*posts)


if __name__ == "__main__":
    asked = json.loads(sys.argv[1])
    print(json.dumps(asyncio.run(load(asked["addresses"], asked["rate"], asked["seconds"]))))
