"""Everything a sandbox said in a test, held against the shapes of what Slack says."""

from collections.abc import Iterable
from functools import cache

from pydantic import ValidationError

from sandbox.schema import check_answer, check_delivery
from sandbox.workspace import Call
from tests.sandbox.slack_samples import Samples

RESPONSE_URL = "response_url"


def misfits(calls: Iterable[Call]) -> list[str]:
    """What does not look as Slack's: by the sandbox's own schema and, where they lie at hand, by Slack's samples."""
    return [problem for call in calls if call.name != RESPONSE_URL for problem in _misfits(call)]


def _misfits(call: Call) -> list[str]:
    if call.direction == "delivery":
        return [*_by_schema(call), *samples().delivery_misfits(call.arguments)]
    if call.answer is None:
        return []
    return [*_by_schema(call), *samples().answer_misfits(call.name, call.answer)]


def _by_schema(call: Call) -> list[str]:
    try:
        check_answer(call.name, call.answer) if call.direction == "api" else check_delivery(call.arguments)
    except ValidationError as wrong:
        problems = wrong.errors(include_url=False, include_context=False)
        return [f"{call.name}.{'.'.join(map(str, problem['loc']))}: {problem['msg']}" for problem in problems]
    return []


@cache
def samples() -> Samples:
    return Samples()
