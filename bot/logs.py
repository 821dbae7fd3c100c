"""The log: one line an event on standard error, ours and the libraries' alike, without secrets.

Each line of a delivery or job says which it is, and which incident and request to Slack it is about, where that is
known. What people write is never logged; of the libraries, only what went wrong is.
"""

import logging
import re
import sys
import traceback
from collections.abc import Iterator
from typing import TextIO

import structlog
from slack_bolt.logger.messages import warning_client_prioritized_and_token_skipped, warning_token_skipped
from structlog.typing import EventDict, ExcInfo, Processor, WrappedLogger

ROOMS = ("bot", "incidents", "storage", "web")
"""Whose ordinary events are told too, not only what went wrong."""

_SECRET = re.compile(r"(xox[a-z]-|xapp-|ticket=)[\w%.-]+")


def start_log(rooms: int = logging.INFO) -> None:
    """Write the log from now on; of our own rooms, what is at least as grave as ``rooms``.

    https://www.structlog.org/en/stable/standard-library.html
    """
    told: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.PositionalArgumentsFormatter(),
        first_lines,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    line: list[Processor] = [
        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
        structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=brief_traceback, pad_event_to=0),
        without_secrets,
    ]
    handler = logging.StreamHandler()
    handler.addFilter(_is_news)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(foreign_pre_chain=told, processors=line))
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    for room in ROOMS:
        logging.getLogger(room).setLevel(rooms)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *told,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
    )


def _is_news(record: logging.LogRecord) -> bool:
    """Bolt warns that it leaves the token of the environment, or of its client; it is told by us who it is."""
    return record.msg not in (warning_client_prioritized_and_token_skipped(), warning_token_skipped())


def without_secrets(logger: WrappedLogger, name: str, line: EventDict | str) -> str:
    """A finished ``line`` with each of Slack's tokens and tickets cut to its kind.

    https://docs.slack.dev/authentication/tokens
    """
    return _SECRET.sub(r"\1…", str(line))


def first_lines(logger: WrappedLogger, name: str, event: EventDict) -> EventDict:
    """What follows an error's first line may repeat what people wrote: PostgreSQL's DETAIL, pydantic's inputs."""
    return {key: _first_line(value) if isinstance(value, str) else value for key, value in event.items()}


def brief_traceback(out: TextIO, failed: ExcInfo) -> None:
    """Where each of the errors that led to one another was raised, the last one last, and its first line and notes."""
    for error in _chain(failed[1]):
        said, *notes = traceback.format_exception_only(error)
        lines = ["Traceback (most recent call last):\n", *traceback.format_tb(error.__traceback__), _first_line(said)]
        out.write("".join(["\n", *lines, *(f"\n{_first_line(note)}" for note in notes)]))


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    if error is not None:
        yield from _chain(error.__cause__ or (None if error.__suppress_context__ else error.__context__))
        yield error


def _first_line(text: str) -> str:
    return text.partition("\n")[0]


def about_incident(number: int | None) -> None:
    """What is logged from here on in this delivery is about this incident, where it is known which."""
    if number is not None:
        structlog.contextvars.bind_contextvars(incident=number)
