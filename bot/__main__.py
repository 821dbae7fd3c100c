"""Starts Tocsin: `tocsin …`, and `python -m bot …`, which is the same."""

import gc


def main() -> None:
    """Load the code, which stays, without going through it again and again for what could be thrown away.

    https://docs.python.org/3/library/gc.html#gc.freeze
    """
    gc.disable()
    from bot.command_line import cli

    gc.freeze()
    gc.enable()
    cli(prog_name="tocsin")


if __name__ == "__main__":
    main()
