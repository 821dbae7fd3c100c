"""Getting what is at an address on the Internet, with limits on how long it may take and how large it may be."""

import aiohttp

TIME_LIMIT = 5.0
"""Seconds, for all of it."""
LARGEST = 1024 * 1024
"""Bytes."""


async def fetch(address: str) -> bytes:
    """What is at ``address``; no redirects are followed. Raises OSError, TimeoutError."""
    timeout = aiohttp.ClientTimeout(total=TIME_LIMIT)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.get(address, allow_redirects=False) as answer,
        ):
            if answer.status != 200:
                raise OSError(f"{address.partition('?')[0]} answered {answer.status}")
            found = b""
            async for some in answer.content.iter_any():
                found += some
                if len(found) > LARGEST:
                    raise OSError(f"{address.partition('?')[0]} is too large")
    except aiohttp.ClientError as error:
        raise OSError(f"{address.partition('?')[0]} could not be fetched: {type(error).__name__}") from error
    return found
