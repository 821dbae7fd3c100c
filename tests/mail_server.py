"""A real SMTP server on loopback that keeps what is handed in, for whatever sends mail."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.bot.free_port import free_port


@dataclass
class MailServer:
    """Takes what is handed in, or refuses it."""

    port: int
    taken: list[EmailMessage] = field(default_factory=list)
    refuse: dict[str, str] = field(default_factory=dict)
    """What the server answers for an address."""

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any) -> str:
        if address in self.refuse:
            return self.refuse[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        assert isinstance(envelope.content, bytes)
        mail = message_from_bytes(envelope.content, policy=default)
        assert isinstance(mail, EmailMessage)
        mail["Received"] = f"from {session.host_name}"
        self.taken.append(mail)
        return "250 OK"

    def to(self, address: str) -> list[EmailMessage]:
        return [mail for mail in self.taken if mail["To"] == address]


@contextmanager
def running_mail_server() -> Iterator[MailServer]:
    """The server while the block runs, at its ``port`` of 127.0.0.1."""
    server = MailServer(free_port())
    controller = Controller(server, hostname="127.0.0.1", port=server.port)
    controller.start()
    try:
        yield server
    finally:
        controller.stop()


def link_in(mail: EmailMessage, what: str) -> str:
    """The one link of the mail's plain text that ends in ``what``."""
    body = mail.get_body(("plain",))
    assert body is not None
    [link] = set(re.findall(rf"http://\S+/{what}\b", body.get_content()))
    return str(link)
