"""AWS CloudWatch alarms, as they come through an SNS topic.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html
"""

from datetime import datetime
from typing import Literal
from urllib.parse import quote

from pydantic import BaseModel, Field, ValidationError

from incidents.model.signal import Signal, SignalKind
from web.alerts.received import CannotRead, Received
from web.alerts.severities import severity_within
from web.alerts.sns import SnsMessage

KINDS = {"ALARM": SignalKind.FIRE, "OK": SignalKind.RESOLVE, "INSUFFICIENT_DATA": SignalKind.COMMENT}


class Alarm(BaseModel):
    """The notification's ``Message``, which is JSON in a string."""

    AlarmName: str = Field(min_length=1)
    AlarmDescription: str | None = None
    AlarmArn: str = ""
    NewStateValue: Literal["ALARM", "OK", "INSUFFICIENT_DATA"]
    NewStateReason: str = ""
    StateChangeTime: str = ""


def read(message: SnsMessage, received: Received) -> list[Signal]:
    """What a notification says of its alarm; nothing for SNS's other messages. Raises CannotRead.

    CloudWatch has no severities: the first SEV1 to SEV5, or P1 to P5, of the alarm's name or description counts.
    """
    if message.Type != "Notification":
        return []
    try:
        alarm = Alarm.model_validate_json(message.Message)
    except ValidationError as error:
        raise CannotRead("The notification's Message is no CloudWatch alarm.") from error
    kind, changed = KINDS[alarm.NewStateValue], _moment(alarm.StateChangeTime)
    firing = kind is SignalKind.FIRE
    return [
        Signal(
            kind=kind,
            key=(alarm.AlarmArn or alarm.AlarmName)[:500],
            title=alarm.AlarmName,
            severity=severity_within(f"{alarm.AlarmName} {alarm.AlarmDescription or ''}"),
            details="\n".join(part for part in (alarm.AlarmDescription, alarm.NewStateReason) if part),
            link=_console(alarm),
            began_at=changed if firing else None,
            episode=alarm.StateChangeTime or None if firing else None,
            delivery=message.MessageId,
        )
    ]


def _moment(written: str) -> datetime | None:
    """``2026-11-23T03:05:00.000+0000``."""
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def _console(alarm: Alarm) -> str:
    """Where the console shows it; the region is part of the alarm's name in full (arn:aws:cloudwatch:<region>:…)."""
    parts = alarm.AlarmArn.split(":")
    if len(parts) < 7 or not parts[3]:
        return ""
    region = quote(parts[3], safe="")
    home = f"https://{region}.console.aws.amazon.com/cloudwatch/home?region={region}"
    return f"{home}#alarmsV2:alarm/{quote(alarm.AlarmName, safe='')}"
