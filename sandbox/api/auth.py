"""auth.*: who the token belongs to.

docs.slack.dev/reference/methods/auth.test
"""

from sandbox.api.registry import Ask, method
from sandbox.things import Json


@method("auth.test")
def test(ask: Ask) -> Json:
    return {
        "url": f"{ask.workspace.url}/",
        "team": ask.workspace.team_name,
        "user": ask.bot.name,
        "team_id": ask.workspace.team_id,
        "user_id": ask.bot.id,
        "bot_id": ask.app.bot_id,
        "is_enterprise_install": False,
    }
