"""Pictures of people and bots: their initials on their colour.

Apps show them beside names (docs.slack.dev/reference/objects/user-object, `profile.image_48` …).
"""

from html import escape

from aiohttp import web

from sandbox.workspace import Workspace

LARGEST = 1024
BOT_COLOR = "616061"


def add_routes(app: web.Application, workspace: Workspace) -> None:
    """Serve them where `sandbox.shapes.avatar` says."""

    async def picture(request: web.Request) -> web.Response:
        id_, size = request.match_info["id"], int(request.match_info["size"])
        user, bot = workspace.users.get(id_), workspace.bots.get(id_)
        if size > LARGEST or not (user or bot):
            raise web.HTTPNotFound
        name, color = (user.real_name, user.color) if user else (bot.name if bot else "", BOT_COLOR)
        return web.Response(text=drawn(name, color, size), content_type="image/svg+xml")

    app.router.add_get(r"/avatars/{id}/{size:\d+}.svg", picture)


def drawn(name: str, color: str, size: int) -> str:
    """A square `size` pixels wide; `color` is six hexadecimal digits."""
    initials = escape("".join(word[0] for word in name.split()[:2]).upper())
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{size}" height="{size}" viewBox="0 0 24 24">'
        f'<rect width="24" height="24" fill="#{color}"/>'
        '<text x="12" y="16" text-anchor="middle" font-family="sans-serif" font-size="10" fill="#fff">'
        f"{initials}</text></svg>"
    )
