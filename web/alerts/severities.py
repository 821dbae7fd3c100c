"""The words that monitoring tools have for how bad something is, as severities."""

import re

from incidents.model.vocabulary import DEFAULT_SEVERITY, Severity

WORDS = {
    Severity.SEV1: ("critical", "crit", "page", "fatal", "emergency", "emerg", "disaster", "highest", "urgent"),
    Severity.SEV2: ("error", "err", "high", "major", "severe", "alert"),
    Severity.SEV3: ("warning", "warn", "medium", "moderate", "average", "minor"),
    Severity.SEV4: ("low", "lowest", "notice"),
    Severity.SEV5: ("info", "information", "informational", "debug", "none", "ok", "success"),
}

_BY_WORD = {word: severity for severity, words in WORDS.items() for word in words}
_NUMBERED = re.compile(r"(?:sev|severity|p|priority)?[ -]?([1-5])", re.IGNORECASE)
_WITHIN = re.compile(r"\b(?:sev|p)[ -]?([1-5])\b", re.IGNORECASE)


def severity_of(written: object, otherwise: Severity = DEFAULT_SEVERITY) -> Severity:
    """``critical``, ``P2``, ``sev-3``, ``4`` …; ``otherwise`` for what is none of the known words."""
    word = str(written if written is not None else "").strip().casefold()
    numbered = _NUMBERED.fullmatch(word)
    return Severity(int(numbered[1])) if numbered else _BY_WORD.get(word, otherwise)


def severity_within(text: str, otherwise: Severity = DEFAULT_SEVERITY) -> Severity:
    """The first ``SEV2`` or ``P2`` in a text; ``otherwise`` where there is none."""
    found = _WITHIN.search(text)
    return Severity(int(found[1])) if found else otherwise
