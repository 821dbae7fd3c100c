"""Amazon SNS over HTTPS: its envelope, and whether it really comes from there.

https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html
"""

import base64
import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Literal
from urllib.parse import urlsplit

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA1, SHA256, HashAlgorithm
from cryptography.x509 import load_pem_x509_certificate
from pydantic import BaseModel

Fetch = Callable[[str], Awaitable[bytes]]
"""Gets what is at an address, within a time limit. Raises OSError or TimeoutError where it cannot."""

HOST = re.compile(r"sns\.[a-z0-9-]{3,40}\.amazonaws\.com(\.cn)?")
"""https://docs.aws.amazon.com/general/latest/gr/sns.html"""

NOTIFICATION = ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type")
CONFIRMATION = ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type")
"""What is signed, in this order: names and values, each on a line.
https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message-verify-message-signature.html"""


class NotFromAmazon(Exception):
    """The signature is not Amazon's, or an address in the message is not."""


class SnsMessage(BaseModel):
    """https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html"""

    Type: Literal["Notification", "SubscriptionConfirmation", "UnsubscribeConfirmation"]
    MessageId: str
    TopicArn: str
    Subject: str | None = None
    Message: str
    Timestamp: str
    SignatureVersion: Literal["1", "2"]
    Signature: str
    SigningCertURL: str
    SubscribeURL: str | None = None
    Token: str | None = None

    def signed(self) -> bytes:
        """What the signature was made over."""
        names = NOTIFICATION if self.Type == "Notification" else CONFIRMATION
        values = [(name, getattr(self, name)) for name in names]
        return "".join(f"{name}\n{value}\n" for name, value in values if value is not None).encode()


class Certificates:
    """Amazon's signing certificates, each fetched once."""

    def __init__(self, fetch: Fetch) -> None:
        self._fetch = fetch
        self._known: dict[str, rsa.RSAPublicKey] = {}

    async def check(self, message: SnsMessage) -> None:
        """Raises NotFromAmazon; OSError and TimeoutError where the certificate cannot be fetched."""
        must_be_amazons(message.SigningCertURL)
        key = self._known.get(message.SigningCertURL) or await self._fetched(message.SigningCertURL)
        algorithm: HashAlgorithm = SHA256() if message.SignatureVersion == "2" else SHA1()
        try:
            signature = base64.b64decode(message.Signature, validate=True)
            key.verify(signature, message.signed(), padding.PKCS1v15(), algorithm)
        except (InvalidSignature, ValueError) as error:
            raise NotFromAmazon("The signature of the message is not Amazon's.") from error

    async def confirm(self, message: SnsMessage) -> None:
        """Subscribe, as a checked confirmation asks. Raises NotFromAmazon, OSError, TimeoutError."""
        address = message.SubscribeURL or ""
        must_be_amazons(address)
        await self._fetch(address)

    async def _fetched(self, address: str) -> rsa.RSAPublicKey:
        try:
            certificate = load_pem_x509_certificate(await self._fetch(address))
        except ValueError as error:
            raise NotFromAmazon("SigningCertURL leads to no certificate.") from error
        key = certificate.public_key()
        if certificate.not_valid_after_utc < datetime.now(UTC) or not isinstance(key, rsa.RSAPublicKey):
            raise NotFromAmazon("The certificate of the message is not valid.")
        self._known[address] = key
        return key


def must_be_amazons(address: str) -> None:
    """Raises NotFromAmazon for any address that is not SNS's own, over HTTPS."""
    try:
        parts = urlsplit(address)
        amazons = parts.scheme == "https" and HOST.fullmatch(parts.netloc) is not None
    except ValueError:
        amazons = False
    if not amazons:
        raise NotFromAmazon("An address in the message is not Amazon's.")
