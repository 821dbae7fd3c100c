"""team.* and bots.*: the workspace and its bots.

docs.slack.dev/reference/methods/team.info, bots.info
"""

from sandbox.api.registry import Ask, method
from sandbox.refusals import RefusedError
from sandbox.shapes import bot_json
from sandbox.things import Json


@method("team.info", "team:read")
def info(ask: Ask) -> Json:
    asked, known = ask.optional("team") or ask.optional("domain"), {ask.workspace.team_id, ask.workspace.domain}
    if asked and asked not in known:
        raise RefusedError("team_not_found")
    return {
        "team": {
            "id": ask.workspace.team_id,
            "name": ask.workspace.team_name,
            "url": f"{ask.workspace.url}/",
            "domain": ask.workspace.domain,
            "email_domain": "",
            "icon": {"image_default": True},
            "avatar_base_url": "",
            "is_verified": False,
        }
    }


@method("bots.info", "users:read")
def bots_info(ask: Ask) -> Json:
    bot = ask.workspace.bots.get(ask.optional("bot") or ask.app.bot_id)
    if bot is None:
        raise RefusedError("bot_not_found")
    return {"bot": bot_json(ask.workspace, bot)}
