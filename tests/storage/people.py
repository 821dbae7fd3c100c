"""Who and where, in the tests of this room."""

from incidents.model.identity import Channel, Person

ANA, BEN, CLEO, DAN, EVE = (Person.of("slack", f"U{name}") for name in ("ANA", "BEN", "CLEO", "DAN", "EVE"))
ROOM, OTHER_ROOM = Channel.of("slack", "C1"), Channel.of("slack", "C2")
