"""The workspace in a browser: channels, messages with their blocks, forms as dialogs, and whoever you want to be.
Server-rendered with a little script; it keeps itself up to date over one WebSocket."""

from sandbox.page.routes import add_routes

__all__ = ["add_routes"]
