"""apps.*: where the app connects for Socket Mode.

docs.slack.dev/reference/methods/apps.connections.open
"""

from sandbox.api.registry import Ask, method
from sandbox.refusals import RefusedError
from sandbox.things import Json


@method("apps.connections.open", token="app")
def connections_open(ask: Ask) -> Json:
    if not ask.app.socket_mode:
        raise RefusedError("forbidden_for_app")
    host = ask.workspace.url.replace("http", "ws", 1)
    return {"url": f"{host}/socket?ticket={ask.slack.courier.sockets.ticket()}&app_id={ask.app.id}"}
