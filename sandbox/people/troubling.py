"""The addresses under /sandbox/api where trouble is asked for, seen and ended: see `sandbox.troubles`."""

from dataclasses import asdict
from typing import Any, Literal

from aiohttp import web
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from sandbox.limits import Mode
from sandbox.people.bodies import body_of, misfit
from sandbox.slack import Slack
from sandbox.things import Json
from sandbox.troubles import ApiTrouble, DeliveryTrouble, Outage


class Asked(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Disconnect(Asked):
    """Slack tells the app's sockets to go; or cuts them, without a word."""

    disconnect: Literal["warning", "refresh_requested", "link_disabled", "cut"]


class Seed(Asked):
    seed: int


class Limiting(Asked):
    limits: Mode


class Calm(Asked):
    id: int | None = None


Wanted = ApiTrouble | DeliveryTrouble | Outage | Disconnect | Seed | Limiting
# What is asked for, by the field that none of the others has.
WANTED: dict[str, TypeAdapter[Any]] = {
    "method": TypeAdapter(ApiTrouble),
    "delivery": TypeAdapter(DeliveryTrouble),
    "outage": TypeAdapter(Outage),
    "disconnect": TypeAdapter(Disconnect),
    "seed": TypeAdapter(Seed),
    "limits": TypeAdapter(Limiting),
}


def add_routes(app: web.Application, slack: Slack) -> None:
    """Mount the addresses of trouble."""
    desk = TroubleDesk(slack)
    app.router.add_get("/sandbox/api/troubles", desk.seen)
    app.router.add_post("/sandbox/api/trouble", desk.ask)
    app.router.add_post("/sandbox/api/calm", desk.calm)


class TroubleDesk:
    def __init__(self, slack: Slack) -> None:
        self._slack = slack

    async def seen(self, request: web.Request) -> web.Response:
        return web.json_response({"ok": True, **troubles_seen(self._slack)})

    async def ask(self, request: web.Request) -> web.Response:
        try:
            wanted = read(await body_of(request))
        except ValidationError as wrong:
            return web.json_response(misfit(wrong))
        except ValueError as wrong:
            return web.json_response({"ok": False, "error": "invalid_arguments", "problems": [str(wrong)]})
        await self._do(wanted)
        return web.json_response({"ok": True})

    async def calm(self, request: web.Request) -> web.Response:
        try:
            wanted = Calm.model_validate(await body_of(request))
        except ValidationError as wrong:
            return web.json_response(misfit(wrong))
        self._slack.troubles.calm(wanted.id)
        return web.json_response({"ok": True})

    async def _do(self, wanted: Wanted) -> None:
        match wanted:
            case Disconnect(disconnect="cut"):
                self._slack.courier.sockets.cut()
            case Disconnect():
                await self._slack.courier.sockets.disconnect(wanted.disconnect)
            case Seed():
                self._slack.troubles.seed = wanted.seed
            case Limiting():
                self._slack.limits.mode = wanted.limits
                self._slack.troubles.changes.tell()
            case _:
                self._slack.troubles.ask(wanted)


def read(body: Any) -> Wanted:
    """What is asked for. Raises ValidationError; ValueError where it is nothing that is known, or has no effect."""
    kind = next((kind for kind in WANTED if isinstance(body, dict) and kind in body), None)
    if kind is None:
        raise ValueError(f"one of these fields must be there: {', '.join(WANTED)}")
    wanted: Wanted = WANTED[kind].validate_python(body)
    if isinstance(wanted, ApiTrouble) and not wanted.effect:
        raise ValueError("say what befalls the calls: an error, a delay, a hold or a cut")
    return wanted


def troubles_seen(slack: Slack) -> Json:
    """All that is in force, with the `effect` in words; `left` is how many seconds an outage goes on."""
    troubles = slack.troubles
    outage = troubles.outage
    return {
        "seed": troubles.seed,
        "limits": slack.limits.mode,
        "calls": [asdict(each) | {"effect": each.effect} for each in troubles.api if each.times != 0],
        "events": [asdict(each) | {"effect": each.effect} for each in troubles.deliveries if each.times != 0],
        "outage": outage and {"answer": outage.answer, "effect": outage.effect, "left": outage.left},
    }
