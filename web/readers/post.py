"""The post office: mail over SMTP, as the address in the settings says.

``smtp://user:password@host:587`` (with STARTTLS where the server has it) or ``smtps://…:465``.
"""

from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import parseaddr
from urllib.parse import unquote, urlsplit

import aiosmtplib

TIME_LIMIT = 20.0
"""Seconds for one mail."""


class Undeliverable(Exception):
    """The server will never take this mail."""


class NotTaken(Exception):
    """The server cannot be reached, or takes nothing now."""


@dataclass(frozen=True)
class Post:
    """Where mail is handed in, and who it is from."""

    address: str
    sender: str

    @property
    def _domain(self) -> str:
        """What the server, and through it each reader, is told that we are: else it would be our machine's own name.

        https://www.rfc-editor.org/rfc/rfc5321#section-4.4
        """
        domain = parseaddr(self.sender)[1].rpartition("@")[2] or "localhost"
        return domain.encode("idna").decode()

    async def send(self, mail: EmailMessage) -> None:
        """Raises Undeliverable, NotTaken."""
        parts = urlsplit(self.address)
        try:
            await aiosmtplib.send(
                mail,
                hostname=parts.hostname,
                port=parts.port,
                username=unquote(parts.username) if parts.username else None,
                password=unquote(parts.password) if parts.password else None,
                local_hostname=self._domain,
                use_tls=parts.scheme == "smtps",
                timeout=TIME_LIMIT,
            )
        except aiosmtplib.SMTPRecipientsRefused as refused:
            if all(500 <= each.code < 600 for each in refused.recipients):
                raise Undeliverable(f"the server refuses the address: {refused.recipients[0].code}") from refused
            raise NotTaken("the server does not take mail for the address now") from refused
        except aiosmtplib.SMTPResponseException as error:
            raise NotTaken(f"the server answered {error.code}") from error
        except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
            raise NotTaken(type(error).__name__) from error
