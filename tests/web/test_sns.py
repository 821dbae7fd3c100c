"""CloudWatch alarms over Amazon SNS: only what Amazon signed is believed, and only Amazon's addresses are called.

https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html
"""

import base64
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID

from incidents.model.organisation import Tool
from incidents.model.vocabulary import AlertStatus, Severity
from storage.storage import SqlStorage
from tests.web.intake import Answer, Intake, intake_on

Json = dict[str, Any]
CERTIFICATE = "https://sns.eu-central-1.amazonaws.com/SimpleNotificationService-0123.pem"
SUBSCRIBE = "https://sns.eu-central-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn=arn&Token=2336412"
TOPIC = "arn:aws:sns:eu-central-1:123456789012:alarms"
HASHES = {"1": hashes.SHA1, "2": hashes.SHA256}


def alarm(state: str = "ALARM", at: str = "2026-11-23T03:05:00.000+0000", **more: Any) -> str:
    """https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html"""
    return json.dumps(
        {
            "AlarmName": "checkout-5xx",
            "AlarmDescription": "P1: card payments fail",
            "AWSAccountId": "123456789012",
            "NewStateValue": state,
            "NewStateReason": "Threshold Crossed: 1 datapoint (12.0) was greater than the threshold (1.0).",
            "StateChangeTime": at,
            "Region": "EU (Frankfurt)",
            "AlarmArn": "arn:aws:cloudwatch:eu-central-1:123456789012:alarm:checkout-5xx",
            "OldStateValue": "OK",
            "Trigger": {"MetricName": "HTTPCode_Target_5XX_Count", "Namespace": "AWS/ApplicationELB"},
            **more,
        }
    )


@dataclass
class Amazon:
    """SNS's private key, its certificate, and what was asked of its addresses."""

    key: rsa.RSAPrivateKey
    certificate: bytes
    asked: list[str] = field(default_factory=list)

    async def fetch(self, address: str) -> bytes:
        self.asked.append(address)
        return self.certificate if address == CERTIFICATE else b"<ConfirmSubscriptionResponse/>"

    def message(self, said: str, version: str = "2", kind: str = "Notification", **more: str) -> Json:
        """A message as SNS signs it: names and values of these fields, each on a line."""
        message = {
            "Type": kind,
            "MessageId": "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324",
            "TopicArn": TOPIC,
            "Message": said,
            "Timestamp": "2026-11-23T03:05:01.123Z",
            **more,
        }
        signed = "".join(f"{name}\n{message[name]}\n" for name in sorted(message)).encode()
        signature = self.key.sign(signed, padding.PKCS1v15(), HASHES[version]())
        return {
            **message,
            "SignatureVersion": version,
            "Signature": base64.b64encode(signature).decode(),
            "SigningCertURL": CERTIFICATE,
        }


@pytest.fixture(scope="module")
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture
def amazon(key: rsa.RSAPrivateKey) -> Amazon:
    return Amazon(key, certificate(key, datetime.now(UTC) + timedelta(days=1)))


def certificate(key: rsa.RSAPrivateKey, until: datetime) -> bytes:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sns.amazonaws.com")])
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    dated = made.serial_number(1).not_valid_before(until - timedelta(days=2)).not_valid_after(until)
    return dated.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


@pytest.fixture
async def intake(sqlite_address: str, amazon: Amazon) -> AsyncIterator[Intake]:
    storage = await SqlStorage.open(sqlite_address)
    try:
        async with intake_on(storage, amazon.fetch) as intake:
            yield intake
    finally:
        await storage.close()


async def tell(intake: Intake, message: Json) -> Answer:
    """As SNS posts it: JSON that says it is text."""
    return await intake.post(Tool.CLOUDWATCH, message, {"Content-Type": "text/plain; charset=UTF-8"})


@pytest.mark.parametrize("version", ["1", "2"])
async def test_an_alarm_that_amazon_signed_is_an_alert(intake: Intake, amazon: Amazon, version: str) -> None:
    assert (await tell(intake, amazon.message(alarm(), version, Subject="ALARM: checkout-5xx"))).status == 202
    found = await intake.alert()
    assert (found.title, found.severity) == ("checkout-5xx", Severity.SEV1)
    assert "Threshold Crossed" in found.details
    assert found.link.startswith("https://eu-central-1.console.aws.amazon.com/cloudwatch/home")
    await tell(intake, amazon.message(alarm("OK"), version, MessageId="2"))
    assert (await intake.alert()).status is AlertStatus.RESOLVED


async def test_the_same_message_twice_counts_once_and_missing_data_ends_nothing(intake: Intake, amazon: Amazon) -> None:
    for _ in range(2):
        await tell(intake, amazon.message(alarm()))
    await tell(intake, amazon.message(alarm("INSUFFICIENT_DATA"), MessageId="3"))
    assert ((await intake.alert()).times, (await intake.alert()).status) == (1, AlertStatus.PENDING)
    assert amazon.asked == [CERTIFICATE]


async def test_what_amazon_did_not_sign_is_refused(intake: Intake, amazon: Amazon) -> None:
    forged = {**amazon.message(alarm()), "Message": alarm(AlarmName="forged")}
    answer = await tell(intake, forged)
    assert (answer.status, answer.body["errors"]) == (403, ["The signature of the message is not Amazon's."])
    assert (await tell(intake, {**amazon.message(alarm()), "Signature": "no base64 !"})).status == 403
    assert await intake.alerts() == []


@pytest.mark.parametrize(
    "address",
    [
        "http://sns.eu-central-1.amazonaws.com/cert.pem",
        "https://sns.eu-central-1.amazonaws.com.evil.example/cert.pem",
        "https://evil.example/sns.eu-central-1.amazonaws.com",
        "https://sns.eu-central-1.amazonaws.com@evil.example/cert.pem",
        "https://sns.eu-central-1.amazonaws.com:8443/cert.pem",
        "https://s3.amazonaws.com/bucket/cert.pem",
        "https://[",
    ],
)
async def test_no_address_but_amazons_is_ever_called(intake: Intake, amazon: Amazon, address: str) -> None:
    assert (await tell(intake, {**amazon.message(alarm()), "SigningCertURL": address})).status == 403
    asks = amazon.message("Confirm", kind="SubscriptionConfirmation", SubscribeURL=address, Token="2336412")
    assert (await tell(intake, asks)).status == 403
    assert set(amazon.asked) <= {CERTIFICATE}


async def test_a_subscription_is_confirmed_at_amazon(intake: Intake, amazon: Amazon) -> None:
    asks = amazon.message("Confirm", kind="SubscriptionConfirmation", SubscribeURL=SUBSCRIBE, Token="2336412")
    assert (await tell(intake, asks)).status == 202
    assert amazon.asked == [CERTIFICATE, SUBSCRIBE]
    assert await intake.alerts() == []


async def test_a_certificate_that_has_ended_is_none(intake: Intake, amazon: Amazon) -> None:
    amazon.certificate = certificate(amazon.key, datetime.now(UTC) - timedelta(hours=1))
    assert (await tell(intake, amazon.message(alarm()))).body["errors"] == [
        "The certificate of the message is not valid."
    ]
    amazon.certificate = b"no certificate"
    assert (await tell(intake, amazon.message(alarm()))).status == 403


async def test_while_amazon_cannot_be_asked_it_is_to_try_again(intake: Intake, amazon: Amazon) -> None:
    async def away(address: str) -> bytes:
        raise OSError("away")

    amazon.fetch = away  # type: ignore[method-assign]
    async with intake_on(intake.core.storage, away) as other:  # type: ignore[arg-type]
        answer = await tell(other, amazon.message(alarm()))
    assert (answer.status, answer.headers["Retry-After"]) == (503, "5")


async def test_a_message_that_is_no_alarm_is_refused(intake: Intake, amazon: Amazon) -> None:
    answer = await tell(intake, amazon.message("hello"))
    assert (answer.status, answer.body["errors"]) == (422, ["The notification's Message is no CloudWatch alarm."])
