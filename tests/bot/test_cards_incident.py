"""The incident card, its announcement, its panel and the Home tab, as people read and press them."""

from typing import Any

from bot.cards.actions import Pressed, read_press
from bot.cards.announcement import announcement
from bot.cards.facts import Background
from bot.cards.home import Duty, home_view
from bot.cards.incident_card import incident_card
from bot.cards.panel import panel_view
from incidents.model import facts
from incidents.model.incident import Incident
from incidents.model.organisation import Target, TargetKind
from incidents.model.parts import LinkedAlert
from incidents.model.vocabulary import AlertStatus, Severity, Status
from incidents.ports import IncidentPage
from tests.bot.cards_samples import ANA, BEN, CLEO, DAN, NOW, act, button, choosing, elements, incident, labels, name_of
from tests.bot.cards_samples import read as words


def card(shown: Incident) -> dict[str, Any]:
    return incident_card(shown, NOW).to_dict()


def resolved() -> Incident:
    made = incident(summary="Since the 03:05 deploy.")
    made.set_commander(BEN, act(BEN))
    made.change_status(Status.RESOLVED, act(BEN, 125))
    return made


def test_the_card_says_what_where_and_who() -> None:
    made = incident(summary="Since the 03:05 deploy.", page=[DAN])
    made.set_commander(BEN, act(BEN))
    assert words(card(made)).splitlines() == [
        "🟠 SEV2  Checkout fails for card payments",
        "*INC-12* · Declared · declared by <@U00ANA> "
        "<!date^1795403520^\u200b{date_short_pretty} at {time}|Nov 23, 2026 at 03:12 UTC>",
        "Since the 03:05 deploy.",
        "*Affected*  Checkout: partial outage · API: degraded",
        "*Commander*  <@U00BEN>",
        "*Responders*  <@U00ANA> <@U00BEN> joined · <@U00DAN> paged at <!date^1795403520^\u200b{time}|03:12 UTC>",
    ]


def test_what_is_missing_is_one_press_away() -> None:
    shown = card(incident(services={}))
    assert "No summary yet." in words(shown)
    assert "*Affected*  not said yet" in words(shown)
    assert "*Commander*  nobody yet" in words(shown)
    assert read_press(button(shown, "Add one")) == Pressed("summary", 12)
    assert read_press(button(shown, "Take command")) == Pressed("lead", 12)


def test_the_card_offers_nothing_that_comes_later() -> None:
    shown = card(incident())
    assert labels(shown) == ["Add one", "Take command", "Join", "Page", "Status update", "Resolve"]
    assert "Alerts" not in words(shown) and "Customers" not in words(shown)


def test_resolving_asks_back() -> None:
    assert button(card(incident()), "Resolve")["confirm"]["title"]["text"] == "Resolve INC-12?"
    offered = [each["value"] for each in menu(card(incident()), "incident.status:12")["options"]]
    assert offered == ["declared", "investigating", "identified", "monitoring"]


def menu(shown: dict[str, Any], action_id: str) -> dict[str, Any]:
    (found,) = [each for each in elements(shown) if each["action_id"] == action_id and each["type"] != "button"]
    return found


def test_the_menus_show_the_present_state_and_stand_for_words() -> None:
    shown = card(incident())
    assert menu(shown, "incident.severity:12")["initial_option"]["text"]["text"] == "🟠 SEV2 high"
    assert menu(shown, "incident.status:12")["initial_option"]["value"] == "declared"
    assert read_press(choosing(shown, "incident.severity:12", "1")) == Pressed("severity", 12, "1")
    assert read_press(choosing(shown, "incident.more:12", "title")) == Pressed("title", 12)


def test_a_change_gives_the_menus_a_new_block_so_that_slack_shows_it() -> None:
    made = incident()
    before = menu(card(made), "incident.severity:12")["block_id"]
    made.change_severity(Severity.SEV1, act(BEN))
    assert menu(card(made), "incident.severity:12")["block_id"] != before


def test_a_card_that_is_posted_calls_nobody() -> None:
    shown = incident_card(incident(page=[DAN]), NOW, name_of).to_dict()
    assert "<@" not in str(shown)
    assert "declared by @ana" in words(shown)


def test_a_resolved_card_is_quiet_and_says_what_it_was() -> None:
    shown = card(resolved())
    assert words(shown).startswith(
        "✅ Resolved  Checkout fails for card payments\n*INC-12* · was SEV2 · took 2 h 05 min"
    )
    assert labels(shown) == ["Reopen", "Timeline"]
    assert shown["text"] == "✅ INC-12 Checkout fails for card payments: resolved after 2 h 05 min"


def test_a_resolved_card_does_not_wait_for_what_was_never_named() -> None:
    made = incident(services={})
    made.change_status(Status.RESOLVED, act(BEN, 125))
    said = words(card(made))
    assert "*Responders*" in said
    assert "Affected" not in said
    assert "Commander" not in said


def test_a_private_incident_says_so() -> None:
    assert "🔒 private" in words(card(incident(private=True)))


def test_a_title_too_long_for_the_headline_is_shown_in_full_below() -> None:
    title = "<b>" + "x" * 497
    shown = card(incident(title=title))
    assert len(shown["blocks"][0]["text"]["text"]) == 150
    assert "&lt;b&gt;" + "x" * 497 in words(shown)


def test_the_card_says_who_was_paged_by_what_and_who_cannot_come() -> None:
    made = incident(page=[DAN])
    called = [facts.Paged(person=person, escalation=7, name="R&D") for person in (BEN, CLEO)]
    made.record_paging(called, act(ANA, 3))
    made.record_paging([facts.PageDeclined(person=DAN, escalation=6, name="")], act(DAN))
    background = Background(paged_by={DAN: "", BEN: "R&D", CLEO: "R&D"}, teams=["R&D", "Site reliability"])
    said = words(incident_card(made, NOW, name_of, background).to_dict())
    assert (
        "*Responders*  @ana joined · @ben @cleo paged at <!date^1795403700^\u200b{time}|03:15 UTC> (R&amp;D) "
        "· @dan can't join"
    ) in said
    assert "*Owned by*  R&amp;D, Site reliability" in said
    assert "*Owned by*  R&amp;D" in words(panel_view(made, ANA, NOW, background))


def test_the_card_names_the_open_alerts_the_worst_first_and_counts_the_others() -> None:
    made = incident()
    for number, (title, severity) in enumerate([("Pod <b>", Severity.SEV3), ("HighErrorRate", Severity.SEV1)]):
        made.link_alert(number, LinkedAlert(title, severity, AlertStatus.PENDING), act(BEN))
    assert "*Alerts*  2 open: HighErrorRate, Pod &lt;b&gt;" in words(card(made))
    made.alert_resolved(1, act(BEN))
    assert "*Alerts*  1 open: Pod &lt;b&gt; · 1 resolved" in words(card(made))
    assert "1 open alert will be resolved with it" in button(card(made), "Resolve")["confirm"]["text"]["text"]
    made.change_status(Status.RESOLVED, act(BEN))
    made.alert_resolved(0, act(BEN))
    assert "*Alerts*  2 resolved" in words(card(made))


def test_a_resolved_card_asks_nobody_any_more() -> None:
    made = incident(page=[DAN])
    made.record_paging([facts.PageDeclined(person=CLEO, escalation=6, name="")], act(CLEO))
    made.change_status(Status.RESOLVED, act(BEN, 125))
    said = words(incident_card(made, NOW, name_of, Background(teams=["Payments"])).to_dict())
    assert "*Responders*  @ana joined\n" in f"{said}\n"
    assert "dan" not in said and "cleo" not in said and "Payments" not in said


def test_two_hundred_responders_are_counted() -> None:
    made = incident()
    for number in range(200):
        made.join(type(ANA).of("slack", f"U{number:04}"), act(ANA))
    assert "more joined" in words(card(made))


def test_the_announcement_is_one_line_with_the_way_in() -> None:
    shown = announcement(incident(), NOW).to_dict()
    assert words(shown) == (
        "🟠 SEV2 *INC-12* Checkout fails for card payments — Declared, 1 responding, "
        "<!date^1795403520^\u200bsince {date_short_pretty} at {time}|since Nov 23, 2026 at 03:12 UTC>. <#C00CHECKOUT>"
    )
    assert read_press(button(shown, "Join")) == Pressed("join", 12)
    assert read_press(button(shown, "Subscribe")) == Pressed("subscribe", 12)


def test_the_announcement_of_what_is_over_asks_nobody_to_join() -> None:
    shown = announcement(resolved(), NOW).to_dict()
    assert "✅ Resolved *INC-12* Checkout fails for card payments — was SEV2, took 2 h 05 min." in words(shown)
    assert labels(shown) == []


def test_the_panel_has_every_action_within_two_presses() -> None:
    shown = panel_view(incident(), CLEO, NOW)
    offered = {pressed.word for each in elements(shown) if (pressed := read_press(chosen(each)))}
    assert offered == {
        *("status", "severity", "title", "summary", "services", "note"),
        *("join", "lead", "page", "subscribe", "timeline", "detach", "resolve", "update", "updates"),
    }
    assert shown["callback_id"] == "panel"
    assert shown["private_metadata"] == '{"incident": 12}'


def chosen(element: dict[str, Any]) -> dict[str, Any]:
    """Some press of ``element``."""
    return element | {"selected_option": element.get("options", [{}])[0], "selected_user": "U1"}


def test_the_panel_offers_what_its_viewer_can_do() -> None:
    made = incident()
    assert "Subscribe" in labels(panel_view(made, ANA, NOW))
    made.subscribe(Target.of(TargetKind.PERSON, ANA), "", act(ANA))
    assert "Unsubscribe" in labels(panel_view(made, ANA, NOW)) and "Subscribe" in labels(panel_view(made, CLEO, NOW))
    assert "Join" in labels(panel_view(made, CLEO, NOW)) and "Leave" not in labels(panel_view(made, CLEO, NOW))
    assert "Leave" in labels(panel_view(made, ANA, NOW)) and "Join" not in labels(panel_view(made, ANA, NOW))
    made.set_commander(ANA, act(ANA))
    made.detach_channel(act(ANA))
    shown = panel_view(made, ANA, NOW)
    assert "Take command" not in labels(shown) and "Open a channel" in labels(shown)
    assert menu(shown, "incident.lead:12")["initial_user"] == "U00ANA"


def test_the_panel_of_what_is_over_offers_to_reopen() -> None:
    shown = panel_view(resolved(), ANA, NOW)
    assert "Reopen" in labels(shown) and "Resolve" not in labels(shown) and "Page" not in labels(shown)


def test_home_says_for_what_one_is_on_call_and_what_is_alerting() -> None:
    page = IncidentPage([], 0, None)
    shown = words(home_view(page, BEN, NOW, Duty(["R&D", "Nights"], alerts=3, unaccepted=2)))
    assert "📟 You are on call for *R&amp;D, Nights*.\n3 alerts open, 2 of them accepted by nobody yet." in shown
    assert "1 alert open.\n" in words(home_view(page, BEN, NOW, Duty(alerts=1)))
    assert "100 alerts or more open." in words(home_view(page, BEN, NOW, Duty(alerts=100)))
    assert "on call" not in words(home_view(page, BEN, NOW))


def test_home_shows_what_is_open_and_teaches_when_nothing_is() -> None:
    busy = home_view(IncidentPage([incident()], 3, None), BEN, NOW)
    assert "Open incidents (3)" in words(busy) and "2 more incidents open" in words(busy)
    assert read_press(button(busy, "Join")) == Pressed("join", 12)
    quiet = home_view(IncidentPage([], 0, None), BEN, NOW)
    assert "All quiet" in words(quiet) and "/incident declare" in words(quiet)
    assert read_press(button(quiet, "Declare an incident")) == Pressed("declare")
