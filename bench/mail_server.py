"""An SMTP server in a process of its own, at the port that it is given; prints when each mail came, and to whom."""

import asyncio
import sys
import time
from typing import Any

from aiosmtpd.controller import Controller


class Handler:
    """Takes everything."""

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        print(time.time(), envelope.rcpt_tos[0], flush=True)
        return "250 OK"


async def serve(port: int) -> None:
    Controller(Handler(), hostname="127.0.0.1", port=port).start()
    print("ready", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
