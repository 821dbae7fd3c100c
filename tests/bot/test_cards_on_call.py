"""What is said of who is on call is something that Slack takes, however much it is and whatever people are called."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.cards.on_call import Watch, no_schedules, overridden, taken_back, weeks_ahead, who_is_on_call
from bot.forms.form import Carried
from bot.forms.override import Suggested, override_form
from incidents.actions.on_call import Overridden
from incidents.model.on_call import CalendarState, Override, Stretch, Who
from incidents.model.organisation import Organisation, Policy, Rotation, Schedule, Step, Target
from sandbox.blockkit.surfaces import check_message, check_view
from tests.bot.cards_samples import ANA, BEN

NOW = datetime(2026, 3, 3, 14, 20, tzinfo=UTC)
NAMES = st.sampled_from(["Payments", "<!channel>", "&" * 75, "*_~`" * 18, "👩‍🚒" * 20])
WHO = st.builds(Who, st.none(), st.text(min_size=1, max_size=200)) | st.sampled_from([Who(ANA), Who(BEN)])
ROTATION = Rotation(members=(ANA, BEN), start=date(2026, 1, 5))


@st.composite
def watches(draw: st.DrawFn) -> Watch:
    changes = draw(st.integers(1, 60))
    stretches = [
        Stretch(
            tuple(draw(st.lists(WHO, max_size=4, unique=True))),
            NOW + timedelta(hours=hour),
            NOW + timedelta(hours=hour + 1) if hour < changes - 1 else None,
        )
        for hour in range(changes)
    ]
    id = f"schedule-{draw(st.integers(0, 10**6))}".ljust(75, "x")
    if draw(st.booleans()):
        return Watch(id, Schedule(name=draw(NAMES), rotation=ROTATION), stretches)
    state = draw(st.none() | st.builds(CalendarState, st.just("/file"), read_at=st.just(NOW), fault=NAMES))
    return Watch(id, Schedule(name=draw(NAMES), calendar="/file"), stretches, state)


@settings(max_examples=20)
@given(watches(), st.integers(1, 120))
def test_any_schedules_and_policies_can_be_shown(watch: Watch, many: int) -> None:
    target = Target(f"schedule:{watch.id}")
    step = Step(targets=(target,) * 20)
    policy = Policy(name=watch.schedule.name, steps=(step,) * 5, repeat=9)
    organisation = Organisation(
        schedules={watch.id: watch.schedule}, policies={f"policy-{number}": policy for number in range(many // 4)}
    )
    check_message(who_is_on_call([watch] * many, organisation).to_dict()["blocks"])


@settings(max_examples=20)
@given(watches(), st.integers(0, 40))
def test_any_weeks_ahead_can_be_shown(watch: Watch, many: int) -> None:
    overrides = [Override(watch.id, ANA, NOW, NOW + timedelta(days=1), BEN, NOW, number) for number in range(many)]
    check_message(weeks_ahead(watch, overrides, NOW + timedelta(weeks=2)).to_dict()["blocks"])


def test_the_other_answers_and_the_form_are_such_too() -> None:
    override = Override("first", ANA, NOW, NOW + timedelta(days=1), BEN, NOW, 7)
    changed = Overridden(override, tuple(Who(None, "&" * 200 + str(number)) for number in range(40)))
    for message in (no_schedules(), overridden("&" * 75, changed, BEN, NOW), taken_back("&" * 75, changed, NOW)):
        check_message(message.to_dict()["blocks"])
    schedules = {f"schedule-{number}": "N" * 75 for number in range(150)}
    form = override_form(schedules, Suggested("U0ANA", NOW, "schedule-140", NOW), Carried())
    check_view(form, "modal")
    which = form["blocks"][0]["element"]
    assert len(which["options"]) == 100 and which["initial_option"]["value"] == "schedule-140"
