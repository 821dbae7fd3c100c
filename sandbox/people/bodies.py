"""The bodies of requests to /sandbox/api: read as JSON, and what is wrong with one, in words."""

from typing import Any

from aiohttp import web
from pydantic import ValidationError

from sandbox.things import Json


async def body_of(request: web.Request) -> Any:
    """The JSON body; what is none is an empty one, which whoever reads it will refuse."""
    try:
        return await request.json()
    except ValueError:
        return {}


def misfit(wrong: ValidationError) -> Json:
    """The answer to a body that does not fit: each problem with the field it is in."""
    problems = [f"{'/'.join(map(str, e['loc']))}: {e['msg']}" for e in wrong.errors()]
    return {"ok": False, "error": "invalid_arguments", "problems": problems}
