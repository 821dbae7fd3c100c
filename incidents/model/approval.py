"""Who may let a status update out: the rule of the incident's severity, and whom it names."""

from collections.abc import Collection
from dataclasses import dataclass

from incidents.model.identity import Person
from incidents.model.incident import Incident
from incidents.model.publishing_rules import ApprovalRule, ApprovedBy
from incidents.model.refusals import MayNotApprove
from incidents.model.status_update import StatusUpdate


@dataclass(frozen=True)
class Approval:
    """What must be true before a status update of one incident goes out."""

    rule: ApprovalRule
    commander: Person | None
    approvers: Collection[Person]
    """Whom the organisation names."""

    @classmethod
    def of(cls, incident: Incident, rule: ApprovalRule, approvers: Collection[Person]) -> "Approval":
        """Of the ``approvers``, those who may know of the incident."""
        return cls(rule, incident.commander, [person for person in approvers if incident.visible_to(person)])

    @property
    def named(self) -> list[Person]:
        """Whom the rule names, the commander first."""
        commander = [self.commander] if self._commander_may and self.commander is not None else []
        return list(dict.fromkeys([*commander, *self.approvers]))

    def who_can(self, update: StatusUpdate) -> list[Person]:
        """Who may approve the text as it is, and has not: the commander first."""
        return [person for person in self.named if person not in update.approvals and self._may_be(person, update)]

    def must_allow(self, person: Person, update: StatusUpdate) -> None:
        """Raises MayNotApprove."""
        named = person in self.named
        if not named or not self._may_be(person, update):
            raise MayNotApprove(own=named, commander=self._commander_may, who=self.who_can(update))

    def missing(self, update: StatusUpdate) -> int:
        """How many more must approve the text as it is, by the rule as it is now."""
        count = sum(self._counts(person, update) for person in update.approvals)
        return max(self.rule.approvals - count, 0)

    def _counts(self, person: Person, update: StatusUpdate) -> bool:
        """Whether ``person``'s approval still does; a commander's does after they handed over."""
        return self._may_be(person, update) and (self._commander_may or person in self.approvers)

    @property
    def _commander_may(self) -> bool:
        return self.rule.by is ApprovedBy.COMMANDER_OR_APPROVER

    def _may_be(self, person: Person, update: StatusUpdate) -> bool:
        return self.rule.author or person != update.author
