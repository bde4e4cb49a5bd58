"""The roster page says what could not be held, which rules are in force, and who got their wish."""

from __future__ import annotations

import dataclasses
import datetime as dt
from types import SimpleNamespace

import pytest

from wfm.scenario import LabourRules, Meeting, MinimumStaff, Request
from wfm.ui.i18n import plain, t
from wfm.ui.views import rules

from . import fakes
from .reading import read, texts

NOTE = "contract 'full': 38 paid hours a week are asked for, but the shifts hold 32 at most"
TUESDAY = fakes.START + dt.timedelta(1)


def in_force(show, plan):
    page = show("roster", fakes.FakeApp(plan))
    page.session_state["roster_view"] = "in_force"
    page.run()
    assert not page.exception
    assert not page.error
    return page


def noted(plan, *notes):
    made = SimpleNamespace(**vars(plan.roster) | {"notes": notes})
    return fakes.revised(plan, roster=made)


def test_what_could_not_be_held_stands_above_every_view(show, plan):
    page = show("roster", fakes.FakeApp(noted(plan, NOTE)))
    assert [read(item.value) for item in page.warning] == [f"C{NOTE[1:]}."]
    assert not show("roster", fakes.FakeApp(plan)).warning


def test_of_many_notes_the_first_three_stand_open(show, plan):
    page = show("roster", fakes.FakeApp(noted(plan, *(f"note {n}" for n in range(5)))))
    assert len(page.warning) == 3
    assert t("rules.more_notes", count=2) in [item.label for item in page.expander]
    assert "Note 4." in texts(page)


def test_rules_in_force_are_those_of_the_scenario_with_their_figures(show, plan):
    page = in_force(show, plan)
    table = page.table[0].value
    asked = table[t("rules.asks")].map(read).tolist()
    assert "At least 11 h of rest between two shifts" in asked
    assert any(text.startswith("32 to 40 paid h a week, on at most 5 days") for text in asked)
    assert set(table[t("rules.state")]) == {"kept"}
    assert t("rules.kept") in texts(page)
    strict = dataclasses.replace(plan.scenario, rules=LabourRules(daily_rest_h=12, max_weekends=1))
    asked = in_force(show, fakes.revised(plan, scenario=strict)).table[0].value[t("rules.asks")]
    assert "At least 12 h of rest between two shifts" in asked.map(read).tolist()
    assert "At most 1 of 4 weekends in a row worked" in asked.map(read).tolist()


def test_a_broken_rule_comes_first_with_how_often_and_where(show, plan):
    found = tuple(
        SimpleNamespace(rule="weekly rest", agent=agent, day=fakes.START, text="30 h, wants 35")
        for agent in ("P004", "P001")
    )
    page = in_force(show, fakes.revised(plan, violations=found))
    first = page.table[0].value.iloc[0]
    assert "35 h of rest in one piece each week" in read(first[t("rules.asks")])
    assert read(first[t("rules.state")]) == f"2 breaches (first: P001, {fakes.START})"
    assert t("rules.broken", count=2) in texts(page)


def test_requests_show_what_was_asked_what_came_and_the_answer(show, plan):
    asked = (
        Request("P000", TUESDAY, "off", 1.0),  # on leave that day
        Request("P001", TUESDAY, "off", 2.0),
        Request("P002", TUESDAY, "shift", 9.0, ("E",)),
    )
    choices = dataclasses.replace(plan.scenario, requests=asked)
    page = in_force(show, fakes.revised(plan, scenario=choices))
    table = page.dataframe[-1].value
    assert t("rules.requests", granted=1, count=3) in texts(page)
    assert table[t("wish.answer")].tolist() == ["refused", "refused", "granted"]
    assert table[t("wish.asked")].tolist() == ["shift E", "free", "free"]
    assert table[t("wish.got")].tolist() == ["L", "M", "free"]
    soft = page.table[1].value
    assert "2 refused, 1 granted" in soft[t("rules.state")].map(read).tolist()


def test_without_requests_that_is_said(show, plan):
    assert t("rules.no_requests") in texts(in_force(show, plan))


def test_people_of_a_role_who_are_missing_are_counted(show, plan):
    choices = dataclasses.replace(
        plan.scenario,
        people=tuple(dataclasses.replace(p, roles=("lead",)) for p in plan.scenario.people),
        minimum_staff=(MinimumStaff("lead", 100, "09:00", "10:00", (0,)),),
    )
    page = in_force(show, fakes.revised(plan, scenario=choices))
    assert "missing 1 h in 1 stretch" in page.table[1].value[t("rules.state")].map(read).tolist()


@pytest.mark.parametrize("part", ["[rules]", "[[requests]]", "[[meetings]]", "[[patterns]]"])
def test_the_page_says_where_rules_are_written(show, plan, part):
    page = in_force(show, plan)
    assert t("rules.where") in texts(page)
    assert t("rules.how") in [item.label for item in page.expander]
    assert part in rules.how_written()
    assert "](" not in rules.how_written()


def test_names_from_files_are_shown_letter_by_letter(show, plan):
    nasty = "![x](http://127.0.0.1/x) **b**"
    meeting = Meeting(nasty, 30, fakes.START, TUESDAY, people=("P001",))
    contracts = tuple(dataclasses.replace(c, name=nasty) for c in plan.scenario.contracts)
    people = tuple(dataclasses.replace(p, contract=nasty) for p in plan.scenario.people)
    choices = dataclasses.replace(
        plan.scenario, meetings=(meeting,), contracts=contracts, people=people
    )
    made = in_force(show, fakes.revised(noted(plan, nasty), scenario=choices))
    cells = [str(cell) for row in made.table[0].value.to_numpy() for cell in row]
    named = [cell for cell in cells if nasty in read(cell)]
    assert len(named) == 3, "the meeting, who has the contract, where it is written"
    assert all(plain(nasty) in cell for cell in (*named, made.warning[0].value))
