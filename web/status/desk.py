"""What readers are answered when they subscribe, confirm or leave."""

from collections.abc import Collection

from incidents.public.language import N_, language
from incidents.public.readers import Reader
from web.status.answers import LEFT
from web.status.page import form, sentences, services_form
from web.status.surface import Reading, Rendered

SUBSCRIBE = N_("Subscribe")
UNSUBSCRIBE = N_("Unsubscribe")
EACH = N_("You get a mail with each update.")
NO_ADDRESS = N_("Write an e-mail address, as name@example.com.")


def asked(reading: Reading) -> Rendered:
    """The form, empty."""
    return form(reading, "", (), "")


def wrong(reading: Reading, address: str, chosen: Collection[str]) -> Rendered:
    """The form again, since ``address`` is none; ``chosen`` are the public ids of services."""
    return form(reading, address, chosen, _say(reading, NO_ADDRESS))


def by_feed_only(reading: Reading) -> Rendered:
    """Where no mail is sent."""
    return _said(reading, SUBSCRIBE, N_("Follow this page by one of its feeds; they are linked below."))


def too_many(reading: Reading) -> Rendered:
    """More have asked than are written to in so short a time, or one has for many."""
    return _said(
        reading,
        N_("Too many at once"),
        N_("Nothing was sent. Try again in an hour, or follow a feed; they are linked below."),
    )


def sent(reading: Reading) -> Rendered:
    """The same for everybody, subscribed already or not."""
    return _said(reading, N_("Nearly done"), N_("We have sent you a mail. Follow the link in it to confirm."))


def confirming(reading: Reading, address: str) -> Rendered:
    """A link was followed; a press confirms."""
    return _pressing(reading, address, SUBSCRIBE)


def choosing(reading: Reading, reader: Reader) -> Rendered:
    """A link was followed; what they chose before is ticked."""
    return services_form(reading, reader.address, reader.services)


def chosen(reading: Reading, reader: Reader) -> Rendered:
    """What they hear of from now on."""
    names = [service.name for service in reading.snapshot.page.services if service.id in reader.services]
    if not names:
        return _said(reading, N_("Saved"), EACH)
    told = _say(reading, N_("You get a mail with each update about %(services)s."))
    spoken = language(reading.snapshot.page.language)
    return sentences(reading, _say(reading, N_("Saved")), told % {"services": spoken.all_of(names)})


def leaving(reading: Reading, address: str) -> Rendered:
    """A link was followed; a press ends it."""
    return _pressing(reading, address, UNSUBSCRIBE)


def subscribed(reading: Reading) -> Rendered:
    return _said(reading, N_("You are subscribed"), EACH)


def left(reading: Reading) -> Rendered:
    return _said(reading, *LEFT)


def _pressing(reading: Reading, address: str, what: str) -> Rendered:
    word = _say(reading, what)
    return sentences(reading, word, f"{address} · {reading.snapshot.page.name}", press=word)


def _said(reading: Reading, heading: str, sentence: str) -> Rendered:
    return sentences(reading, _say(reading, heading), _say(reading, sentence))


def _say(reading: Reading, words: str) -> str:
    return language(reading.snapshot.page.language).say(words)
