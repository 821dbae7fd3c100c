"""Makes `python -m bot …` the same as `tocsin …`."""

from bot.main import cli

cli(prog_name="tocsin")
