"""Watches a channel of the sandbox as many open pages do, in a process of its own; prints what it saw, as JSON.

Each watcher holds a page's live connection and reads all that is sent; a message is seen once its text arrives, which
begins with the time it was due (see `bench.sandbox`). Prints "ready", ends when its input does.
"""

import asyncio
import json
import re
import sys
import time
from typing import Any

import aiohttp

DUE = re.compile(r"due (\d+\.\d+) ")


async def watch(
    session: aiohttp.ClientSession, address: str, look: dict[str, Any], seen: list[tuple[float, float]]
) -> None:
    """Add when each message was due, and how many seconds later it was here."""
    latest = 0.0
    async with session.ws_connect(address, max_msg_size=0) as socket:
        await socket.send_json(look)
        async for frame in socket:
            pieces = json.loads(frame.data)["pieces"]
            now = time.time()
            for html in pieces.values():
                found = DUE.search(html)
                if found and float(found[1]) > latest:
                    latest = float(found[1])
                    seen.append((latest, now - latest))


async def until_input_ends() -> None:
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


async def main(asked: dict[str, Any]) -> list[tuple[float, float]]:
    seen: list[tuple[float, float]] = []
    async with aiohttp.ClientSession() as session:
        watchers = [
            asyncio.create_task(watch(session, f"{asked['address']}?as={user}", asked["look"], seen))
            for user in asked["users"]
        ]
        print("ready", flush=True)
        await until_input_ends()
        for watcher in watchers:
            watcher.cancel()
        await asyncio.gather(*watchers, return_exceptions=True)
    return seen


if __name__ == "__main__":
    print(json.dumps(asyncio.run(main(json.loads(sys.argv[1])))))
