import math

import pytest

from wfm.errors import BadInput
from wfm.scenario import (
    BreakRule,
    Contract,
    LabourRules,
    OpeningHours,
    Person,
    Queue,
    RosterWeights,
    Scenario,
    ShiftType,
    SlRule,
    Target,
)

SHIFT = ShiftType("E", "08:00", "10:00", 510)
CONTRACT = Contract("full", 32, 40, ("E",))


def scenario(**changes):
    values = {
        "name": "base",
        "timezone": "Europe/Berlin",
        "queues": (Queue("voice", Target(0.8)),),
        "people": (Person("a", "full", ("voice",)),),
        "contracts": (CONTRACT,),
        "shifts": (SHIFT,),
    }
    return Scenario(**{**values, **changes})


def test_equal_choices_have_equal_ids_however_they_are_written():
    assert scenario().id == scenario().id
    as_int = scenario(queues=(Queue("voice", Target(0.8, awt_s=20, rule="SL4")),))
    as_float = scenario(queues=(Queue("voice", Target(0.8, awt_s=20.0, rule=SlRule.SL4)),))
    assert as_int.id == as_float.id


@pytest.mark.parametrize(
    "changes",
    [
        {"seed": 1},
        {"weeks": 2},
        {"timezone": "UTC"},
        {"queues": (Queue("voice", Target(0.81)),)},
        {"people": ()},
        {"rules": LabourRules(daily_rest_h=12)},
        {"weights": RosterWeights(under=9)},
    ],
)
def test_any_other_choice_changes_the_id(changes):
    assert scenario(**changes).id != scenario().id


def test_lineage_is_kept_but_is_no_part_of_the_id():
    base = scenario()
    child = base.revise("same again", seed=0)
    assert (child.parent, child.reason, child.id) == (base.id, "same again", base.id)


def test_a_revision_needs_a_reason_and_known_fields():
    with pytest.raises(BadInput, match="needs a reason"):
        scenario().revise(" ", weeks=2)
    with pytest.raises(BadInput, match="unknown fields.*sead"):
        scenario().revise("try", sead=2)


WRONG = {
    "percent as service level": (lambda: Target(80), "was a percent passed"),
    "negative service level": (lambda: Target(-0.1), "between 0 and 1"),
    "service level as text": (lambda: Target("0.8"), "between 0 and 1"),
    "service level as truth value": (lambda: Target(True), "between 0 and 1"),
    "service level not a number": (lambda: Target(math.nan), "between 0 and 1"),
    "unknown rule": (lambda: Target(0.8, rule="SL9"), "rule is one of SL1"),
    "negative waiting time": (lambda: Target(0.8, awt_s=-1), "awt_s"),
    "percent as occupancy": (lambda: Target(0.8, occupancy=85), "was a percent passed"),
    "unknown channel": (lambda: Queue("q", Target(), channel="fax"), "channel is one of"),
    "zero handle time": (lambda: Queue("q", Target(), aht_s=0), "aht_s"),
    "negative patience": (lambda: Queue("q", Target(), patience_s=-5), "patience_s"),
    "voice at concurrency 2": (lambda: Queue("q", Target(), concurrency=2), "only for chat"),
    "percent as shrinkage": (lambda: Queue("q", Target(), shrinkage=30), "was a percent passed"),
    "shrinkage of one": (lambda: Queue("q", Target(), shrinkage=1.0), "shrinkage"),
    "share above one": (lambda: Queue("q", Target(), share=1.5), "share"),
    "e-mail without deadline": (
        lambda: Queue("q", Target(awt_s=0), channel="email"),
        "deadline",
    ),
    "closing before opening": (lambda: OpeningHours((0,), "18:00", "08:00"), "not before close"),
    "weekday 7": (lambda: OpeningHours((7,), "08:00", "18:00"), "weekdays"),
    "unknown zone": (lambda: scenario(timezone="Mars/Olympus"), "IANA name"),
    "interval of 7 minutes": (lambda: scenario(interval_min=7), "interval_min is one of"),
    "no queues": (lambda: scenario(queues=()), "no queues"),
    "five weeks": (lambda: scenario(weeks=5), "weeks is a whole number 1 to 4"),
    "weeks as a truth value": (lambda: scenario(weeks=True), "weeks is a whole number"),
    "one and a half chats at once": (
        lambda: Queue("q", Target(), channel="chat", concurrency=1.5),
        "concurrency",
    ),
    "a negative seed": (lambda: scenario(seed=-1), "seed is a whole number"),
    "hours off the grid": (
        lambda: scenario(
            queues=(Queue("q", Target(), hours=(OpeningHours((0,), "08:15", "18:00"),)),),
            people=(),
        ),
        "do not lie on the grid",
    ),
    "a service level for e-mail": (
        lambda: Queue("q", Target(0.8, awt_s=3600), channel="email"),
        "leave out service_level",
    ),
    "a semicolon in a name": (lambda: Queue("a;b", Target()), "without ';'"),
    "a line break in a name": (lambda: Queue("a\nb", Target()), "printable text"),
    "start on a Tuesday": (
        lambda: scenario(start=__import__("datetime").date(2026, 3, 3)),
        "start on a Monday",
    ),
    "two queues of one name": (
        lambda: scenario(queues=(Queue("voice", Target()), Queue("voice", Target()))),
        "stand twice",
    ),
    "two people of one id": (
        lambda: scenario(people=(Person("a", "full", ()), Person("a", "full", ()))),
        "stand twice",
    ),
    "unknown contract": (lambda: scenario(people=(Person("a", "gig", ()),)), "unknown contract"),
    "unknown skill": (lambda: scenario(people=(Person("a", "full", ("fax",)),)), "unknown skill"),
    "unknown shift": (
        lambda: scenario(contracts=(Contract("full", 0, 40, ("X",)),)),
        "unknown shift",
    ),
    "least above most hours": (lambda: Contract("c", 40, 30, ("E",)), "min_week_h <= max_week_h"),
    "contract without shifts": (lambda: Contract("c", 0, 40, ()), "no shift codes"),
    "eight days a week": (lambda: Contract("c", 0, 40, ("E",), 8), "max_days_per_week"),
    "person without id": (lambda: Person("", "full", ()), "id is empty"),
    "rest of 30 hours a day": (lambda: LabourRules(daily_rest_h=30), "daily_rest_h"),
    "negative weight": (lambda: RosterWeights(under=-1), "under"),
    "shift of 25 hours": (lambda: ShiftType("E", "08:00", "09:00", 1500), "length_min"),
    "shift starting at 24:00": (lambda: ShiftType("E", "08:00", "24:00", 480), "before 24:00"),
    "shift ending its starts first": (lambda: ShiftType("E", "10:00", "09:00", 480), "is after"),
    "break past the end": (
        lambda: ShiftType("E", "08:00", "08:00", 240, 30, (BreakRule("break", 15, 60, 230),)),
        "240 min long",
    ),
    "breaks that never fit": (
        lambda: ShiftType(
            "E", "08:00", "08:00", 480, 30,
            (BreakRule("lunch", 30, 240, 300), BreakRule("break", 15, 60, 120)),
        ),
        "never both be placed",
    ),
    "unknown activity": (lambda: BreakRule("nap", 15, 0, 60), "'break', 'lunch' or 'gap'"),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_choice_is_refused_in_words(case):
    make, words = WRONG[case]
    with pytest.raises(BadInput, match=words):
        make()


def test_an_unknown_queue_is_named_with_those_that_exist():
    with pytest.raises(BadInput, match="no queue 'fax'; it has 'voice'"):
        scenario().queue("fax")


def test_paid_time_leaves_out_unpaid_breaks():
    lunch = BreakRule("lunch", 30, 180, 300, paid=False)
    rest = BreakRule("break", 15, 60, 120)
    assert ShiftType("E", "08:00", "08:00", 510, 30, (rest, lunch)).paid_min == 480


def test_starts_lie_on_the_grid_from_the_earliest():
    assert ShiftType("E", "08:00", "09:15", 480, 30).starts == (480, 510, 540)
