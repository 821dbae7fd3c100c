"""What a reader's browser says it would rather have: a language, a page that is compressed.

https://www.rfc-editor.org/rfc/rfc9110#section-12.4.2
"""

import re
from functools import lru_cache

from incidents.public.language import LOCALES, Language, language

WEIGHT = re.compile(r"q=(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)")


@lru_cache(maxsize=256)
def takes_gzip(accepted: str) -> bool:
    """Whether an ``Accept-Encoding`` admits gzip. https://www.rfc-editor.org/rfc/rfc9110#section-12.5.3"""
    weights = _weights(accepted)
    return weights.get("gzip", weights.get("*", 0.0)) > 0


@lru_cache(maxsize=256)
def language_wanted(accepted: str) -> Language:
    """The language that an ``Accept-Language`` puts first, of those there are; English where it names none of them.

    https://www.rfc-editor.org/rfc/rfc9110#section-12.5.4
    """
    weights = _weights(accepted)
    named = [code for code, weight in weights.items() if weight and code.partition("-")[0] in LOCALES]
    return language(max(named, key=weights.__getitem__, default=""))


def _weights(header: str) -> dict[str, float]:
    """What is named, in small letters, with how much it is wanted, from 0 to 1; 0 where that cannot be read."""
    weights: dict[str, float] = {}
    for each in header.lower().split(","):
        name, _, weight = (part.strip() for part in each.partition(";"))
        said = weight.replace(" ", "") or "q=1"
        weights[name] = float(said[2:]) if WEIGHT.fullmatch(said) else 0.0
    return weights
