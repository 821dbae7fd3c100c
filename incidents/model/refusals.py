"""Why something a person asked for was not done: one named error a reason.

Each carries one sentence for that person, saying what is wrong and what to do about it.
"""

from collections.abc import Sequence


class Refusal(Exception):
    """The base of all refusals; ``sentence`` is meant for the person who asked."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class NoSuchIncident(Refusal):
    """There is no such incident, or not for this person."""

    def __init__(self, number: int) -> None:
        super().__init__(f"There is no INC-{number}. See what there is: /incident list all.")
        self.number = number


class IncidentResolved(Refusal):
    """Only a reopened incident can go on."""

    def __init__(self, number: int) -> None:
        super().__init__(f"INC-{number} is resolved. Reopen it first: /incident reopen INC-{number}.")


class IncidentNotResolved(Refusal):
    """Only a resolved incident can be reopened."""

    def __init__(self, number: int) -> None:
        super().__init__(f"INC-{number} is not resolved, so there is nothing to reopen.")


class TextMissing(Refusal):
    """A text that must be there is empty."""

    def __init__(self, what: str) -> None:
        super().__init__(f"The {what} is empty. Write one.")
        self.what = what


class TextTooLong(Refusal):
    """A text is beyond its limit."""

    def __init__(self, what: str, length: int, limit: int) -> None:
        super().__init__(f"The {what} has {length:,} characters; {limit:,} are possible. Shorten it.")
        self.what = what


class UnknownWord(Refusal):
    """A word that is none of those possible."""

    def __init__(self, what: str, written: str, possible: Sequence[str]) -> None:
        super().__init__(f'There is no {what} "{written.strip()[:50]}". Possible: {", ".join(possible)}.')


class UnknownService(Refusal):
    """No such service has been set up."""

    def __init__(self, service: str) -> None:
        super().__init__(f'There is no service "{service[:80]}". Choose one from the list.')


class NotAResponder(Refusal):
    """Somebody who is not in the incident cannot leave it."""

    def __init__(self, number: int) -> None:
        super().__init__(f"You are not a responder of INC-{number}, so there is nothing to leave.")


class ChannelTaken(Refusal):
    """A channel belongs to one incident at most."""

    def __init__(self, number: int) -> None:
        super().__init__(f"This channel already belongs to INC-{number}. Detach it there first: /incident detach.")


class HasChannel(Refusal):
    """An incident has one channel at most."""

    def __init__(self, number: int) -> None:
        super().__init__(f"INC-{number} has a channel already. Detach that one first: /incident detach INC-{number}.")


class NoChannel(Refusal):
    """The incident has no channel."""

    def __init__(self, number: int) -> None:
        super().__init__(f"INC-{number} has no channel. Open one: /incident channel INC-{number}.")


class TooLateToUndo(Refusal):
    """A slip can be taken back for some seconds, by the one who made it, while it still stands."""

    def __init__(self, why: str) -> None:
        super().__init__(f"That can't be undone any more: {why}. Change it again instead.")
