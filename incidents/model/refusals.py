"""Why something a person asked for was not done: one named error a reason.

Each carries one sentence for that person, saying what is wrong and what to do about it.
"""

from collections.abc import Sequence

from incidents.model.identity import Person


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


class NotASubscriber(Refusal):
    """Who does not watch an incident cannot stop to."""

    def __init__(self, number: int) -> None:
        super().__init__(f"INC-{number} has no such subscriber, so there is nothing to take back.")


class TeamsSeeAll(Refusal):
    """A private incident is known to named people alone."""

    def __init__(self, number: int) -> None:
        super().__init__(f"INC-{number} is private, so name the people who may watch it, one by one, not a team.")


class NobodyToPage(Refusal):
    """A page names no target."""

    def __init__(self) -> None:
        super().__init__("Say whom to page: people, groups, teams, schedules or escalation policies.")


class UnknownTarget(Refusal):
    """There is nothing of that name to page."""

    def __init__(self, written: str, near: str = "") -> None:
        meant = f'Did you mean "{near}"? ' if near else ""
        super().__init__(
            f'There is nobody called "{written.strip()[:80]}" to page. {meant}'
            "Mention @people and @groups, name a team, schedule or policy, or search: /incident page."
        )


class NoSuchAlert(Refusal):
    """There is no such alert."""

    def __init__(self) -> None:
        super().__init__("There is no such alert any more.")


class AlertTaken(Refusal):
    """Two people pressed Accept: one won."""

    def __init__(self, by: Person) -> None:
        super().__init__("Somebody else accepted this alert just before you.")
        self.by = by


class AlertOver(Refusal):
    """A resolved alert never reopens."""

    def __init__(self) -> None:
        super().__init__("This alert is resolved already. If it fires again, that is a new one.")


class AlertLinkedElsewhere(Refusal):
    """An alert belongs to one incident at most."""

    def __init__(self, number: int) -> None:
        super().__init__(f"This alert belongs to INC-{number} already. Unlink it there first.")
        self.number = number


class AlertInPrivate(Refusal):
    """An alert belongs to an incident that exists for its own people only."""

    def __init__(self) -> None:
        super().__init__("This alert is being worked on already, where you have no access. Ask whoever accepted it.")


class AlertNotLinked(Refusal):
    """There is nothing to unlink."""

    def __init__(self) -> None:
        super().__init__("This alert belongs to no incident, so there is nothing to unlink.")


class NoPolicy(Refusal):
    """An alert's source has no escalation policy."""

    def __init__(self, source: str) -> None:
        super().__init__(
            f"{source} has no escalation policy, so nobody can be paged by it. "
            "An admin can set one: Home, Settings. Or declare an incident and page people there."
        )


class PageOver(Refusal):
    """Nobody is called any more: what the page was about is answered or over."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)


class NotPaged(Refusal):
    """Only who was called can answer a call."""

    def __init__(self) -> None:
        super().__init__("This page went to somebody else. You can still join the incident, or accept the alert.")


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


class NoSuchUpdate(Refusal):
    """The incident has no status update of that number."""

    def __init__(self, update: int) -> None:
        super().__init__(f"There is no status update {update}. See what there is: /incident updates.")


class UpdateOver(Refusal):
    """It was published, discarded or rejected meanwhile, or is approved already."""

    def __init__(self, update: int, state: str) -> None:
        super().__init__(f"Status update {update} is {state}, so this changes nothing. See: /incident updates.")
        self.state = state


class PromisedTooSoon(Refusal):
    """The next update is promised for a time that is past once customers read this one."""

    def __init__(self) -> None:
        super().__init__("That is past by the time customers read this. Promise another time, or none.")
        self.what = "promise"


class TextChanged(Refusal):
    """Somebody edited the text after this person had read it."""

    def __init__(self, update: int) -> None:
        super().__init__(f"Somebody changed the text of status update {update} meanwhile. Read it again first.")


class LookAgain(Refusal):
    """Something has come up since that whoever approves must know."""

    def __init__(self, what: str) -> None:
        super().__init__(f"{what} Look at the draft again; then approve it, or edit it.")


class ApprovedAlready(Refusal):
    """One person approves a text once."""

    def __init__(self, update: int, remaining: int) -> None:
        super().__init__(f"You approved status update {update} already; {remaining} more must.")


class MayNotApprove(Refusal):
    """Whoever asks is not one of those who may let a status update out."""

    def __init__(self, *, own: bool, commander: bool, who: Sequence[Person] = ()) -> None:
        named = "the commander or an approver" if commander else "an approver"
        mine = "You wrote it, so somebody else must approve it: " if own else "Only these may approve it: "
        super().__init__(f"{mine}{named}. Command is taken with /incident lead; admins name approvers: Home, Settings.")
        self.who = who
        """Who can, as things stand."""


class NotYours(Refusal):
    """Only its author, and who may approve it, may discard a draft."""

    def __init__(self) -> None:
        super().__init__("Only its author, the commander or an approver may discard this draft.")
