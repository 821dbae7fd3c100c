"""What operators and their machines ask: whether the process lives, whether it is ready, and its numbers.

Served on an address of its own, which the public does not reach. The three paths are those that Kubernetes and
Prometheus use: https://kubernetes.io/docs/reference/using-api/health-checks/ and
https://prometheus.io/docs/prometheus/latest/configuration/configuration/#scrape_config
"""

from collections.abc import Awaitable, Callable, Mapping

from aiohttp import web
from prometheus_client import CollectorRegistry
from prometheus_client.aiohttp import make_aiohttp_handler

Look = Callable[[], Awaitable[Mapping[str, str]]]
"""Says of each part that is not ready, in a sentence, what is wrong; and has the numbers of now counted."""


def operations_routes(look: Look, registry: CollectorRegistry) -> list[web.RouteDef]:
    """The routes for operators; what ``registry`` holds are the numbers."""
    exposed = make_aiohttp_handler(registry)

    async def healthz(request: web.Request) -> web.Response:
        return web.json_response({"alive": True})

    async def readyz(request: web.Request) -> web.Response:
        faults = dict(await look())
        return web.json_response({"ready": not faults, "faults": faults}, status=503 if faults else 200)

    async def metrics(request: web.Request) -> web.StreamResponse:
        await look()
        return await exposed(request)

    return [web.get("/healthz", healthz), web.get("/readyz", readyz), web.get("/metrics", metrics)]
