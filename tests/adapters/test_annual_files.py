"""The tables of a year are read whatever their encoding and order, or refused with the row."""

from __future__ import annotations

import datetime as dt
import math

import openpyxl
import pytest

from wfm.adapters.annual_files import read_annual
from wfm.errors import BadInput

MONDAYS = [dt.date(2026, 1, 5) + dt.timedelta(weeks=n) for n in range(4)]
WANTED = "week,hours\n2026-01-05,60\n2026-01-12,60.5\n2026-01-19,80\n2026-01-26,80\n"
TERMS = "agent,year_h,min_week_h,max_week_h\nann,140,24,44\nbob,140,24,44\n"


@pytest.fixture
def read(tmp_path):
    def write(name, content):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def run(wanted=WANTED, terms=TERMS, *, leave=None, worked=None, decimal=None):
        return read_annual(
            write("wanted.csv", wanted), write("terms.csv", terms),
            leave=None if leave is None else write("leave.csv", leave),
            worked=None if worked is None else write("worked.csv", worked), decimal=decimal,
        )  # fmt: skip

    return run


def test_hours_come_by_their_mondays_in_order_whatever_the_order_of_rows(read):
    lines = WANTED.splitlines()
    made = read("\n".join([lines[0], *reversed(lines[1:])]))
    assert made.wanted_h.index.tolist() == MONDAYS
    assert made.wanted_h.tolist() == [60.0, 60.5, 80.0, 80.0]
    assert list(made.terms) == ["ann", "bob"]
    assert made.terms["ann"].hours == 140
    assert made.terms["ann"].most_banked_h == math.inf
    assert (made.alike, made.away, made.worked) == (None, {}, None)


@pytest.mark.parametrize(
    "wanted",
    [
        "week;hours\n05.01.2026;60\n12.01.2026;60,5\n19.01.2026;80\n26.01.2026;80\n",
        "Week\tPaid hours\n2026-W02\t60\n2026-W03\t60.5\n2026-W04\t80\n2026-W05\t80\n",
        "monday,wanted_h\n1/5/2026,60\n1/12/2026,60.5\n1/19/2026,80\n1/26/2026,80\n",
        "week;hours\n05/01/2026;60\n12/01/2026;60,5\n19/01/2026;80\n26/01/2026;80\n",
        WANTED.encode("utf-16"),
        b"\xef\xbb\xbf" + WANTED.replace("\n", "\r\n").encode(),
    ],
)
def test_separators_decimal_commas_weeks_and_encodings_are_found(read, wanted):
    made = read(wanted)
    assert made.wanted_h.index.tolist() == MONDAYS
    assert made.wanted_h.tolist() == [60.0, 60.5, 80.0, 80.0]


def test_day_and_month_are_told_apart_by_mondays_where_no_number_is_above_twelve(read):
    made = read("week,hours\n2/3/2026,1\n9/3/2026,1\n", TERMS)
    assert made.wanted_h.index.tolist() == [dt.date(2026, 3, 2), dt.date(2026, 3, 9)]
    assert any("only so are they Mondays" in note for note in made.notes)


def test_a_workbook_is_read_too(tmp_path):
    book = openpyxl.Workbook()
    for row in [["week", "hours"], *[[dt.datetime(2026, 1, 5), 60.5]]]:
        book.active.append(row)
    book.save(tmp_path / "wanted.xlsx")
    (tmp_path / "terms.csv").write_text(TERMS, encoding="utf-8")
    made = read_annual(tmp_path / "wanted.xlsx", tmp_path / "terms.csv")
    assert made.wanted_h.to_dict() == {MONDAYS[0]: 60.5}


def test_accounts_and_groups_are_read_where_given_and_other_columns_are_named(read):
    made = read(terms=(
        "agent,year_h,min_week_h,max_week_h,most_banked_h,most_owed_h,group,phone\n"
        "ann,140,24,44,20,,east,1\nbob,140,24,44,,10,,2\ncem,140,24,44,,10,,3\n"
    ))  # fmt: skip
    assert (made.terms["ann"].most_banked_h, made.terms["ann"].most_owed_h) == (20, math.inf)
    assert made.alike["ann"] == "east"
    assert made.alike["bob"] == made.alike["cem"] != "east"
    assert any("not read: 'phone'" in note for note in made.notes)


def test_leave_and_weeks_worked_are_of_people_with_terms(read):
    made = read(
        leave="agent,week\nann,2026-01-12\nann,2026-01-19\n",
        worked="agent,week,hours,pace\nann,2026-01-05,30.25,1\nbob,2026-01-05,0,1\n",
    )
    assert made.away == {"ann": (MONDAYS[1], MONDAYS[2])}
    assert made.worked.values.tolist() == [["ann", MONDAYS[0], 30.25], ["bob", MONDAYS[0], 0.0]]


HEAD = "agent,year_h,min_week_h,max_week_h\n"


@pytest.mark.parametrize(
    ("given", "part"),
    [
        ({"wanted": ""}, "wanted.csv: the file is empty"),
        ({"wanted": "week,hours\n"}, "wanted.csv: only a header, no rows"),
        ({"wanted": "week\n2026-01-05\n"}, "no column hours; expected week, hours; got 'week'"),
        ({"wanted": "week,hours\n2026-01-06,1\n"},
         "1 row has a day that is no Monday .first: line 2, got '2026-01-06'.*is a Tuesday, its "
         "Monday is 2026-01-05"),
        ({"wanted": "week,hours\n2026-01-05,1\n2026-01-26,1\n"},
         "2 weeks between 2026-01-05 and 2026-01-26 missing .first: 2026-01-12"),
        ({"wanted": "week,hours\n2026-01-05,1\n2026-01-05,1\n"},
         "a week that stands above already .first: line 3"),
        ({"wanted": "week,hours\n2026-01-05,NaN\n"}, "1 row has no hours .first: line 2"),
        ({"wanted": "week,hours\n2026-01-05,-1\n"}, "1 row has negative hours .first: line 2"),
        ({"wanted": "week,hours\n2026-01-05,inf\n"}, "an infinite number"),
        ({"wanted": "week,hours\n2026-01-05,many\n"}, "text where a number belongs"),
        ({"wanted": "week,hours\n2026-W60,1\n"}, "a week that cannot be read"),
        ({"wanted": "week,hours\nsoon,1\n"}, "a time that cannot be read"),
        ({"wanted": "week,hours\n1/5/2026,1\n4/13/2026,1\n6/7/2026,1\n"}, "no Monday"),
        ({"wanted": "week,hours\n1/2/2026,1\n"}, "can be day/month or month/day.*; write year"),
        ({"wanted": 'week,hours\n2026-01-05,"1,250"\n'}, "say --decimal"),
        ({"wanted": "week,hours,paid hours\n2026-01-05,1,2\n", "terms": HEAD}, "only a header"),
        ({"wanted": "week,wanted,paid hours\n2026-01-05,1,2\n"}, "can all be hours"),
        ({"terms": HEAD + "ann,1,0,9\nbob,1,0,9\nann,2,0,9\n"},
         "terms.csv: column 'agent': 1 row has an agent that stands above already .first: line 4"),
        ({"terms": HEAD + "ann,10,0,9\n,1,0,9\n"}, "1 row has no agent .first: line 3"),
        ({"terms": HEAD + "ann,10,9,0\n"}, "terms.csv, line 2, agent 'ann': .*min_week_h <= max"),
        ({"leave": "agent,week\nann,2026-01-05\nzoe,2026-01-05\n"},
         "leave.csv: column 'agent': 1 row has an agent without terms .first: line 3, got 'zoe'.; "
         "add the agent to terms.csv"),
        ({"leave": "agent,week\nann,2026-01-05\nann,2027-01-04\n"},
         "a week outside the year .first: line 3.* runs from 2026-01-05 to 2026-01-26"),
        ({"worked": "agent,week,hours\nann,2026-01-05,1\nann,2026-01-05,2\n"},
         "1 row has an agent and week that stands above already .first: line 3"),
        ({"worked": "agent,week,hours\nann,2026-01-05,169\n"}, "more hours than 168"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_refused_with_file_row_and_remedy(read, given, part):
    with pytest.raises(BadInput, match=part):
        read(**given)


def test_the_decimal_sign_can_be_said_where_it_is_open(read):
    wanted = 'week,hours\n2026-01-05,"1,250"\n'
    assert read(wanted, decimal=".").wanted_h.tolist() == [1250.0]
    assert read(wanted, decimal=",").wanted_h.tolist() == [1.25]
