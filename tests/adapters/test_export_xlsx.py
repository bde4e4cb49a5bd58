"""What openpyxl reads from our workbook is the roster."""

import datetime as dt
import io
import math

import openpyxl
import pandas as pd
import pytest

from tests.adapters.export_rosters import MONDAY, person, roster, scenario, stretches
from wfm.adapters.export import write_xlsx, xlsx_bytes
from wfm.scenario import Queue, Target
from wfm.timegrid import intervals


def opened(plan, made, **options):
    packed = io.BytesIO(xlsx_bytes(made, plan, **options))
    return openpyxl.load_workbook(packed, data_only=True)


def grid(page):
    """Week sheet as {(id, header): text}."""
    heads = [cell.value for cell in page[4]]
    return {
        (row[0], head): value
        for row in page.iter_rows(min_row=5, values_only=True)
        if row[0]
        for head, value in zip(heads, row, strict=True)
    }


ANN = person("ann", name="Ann Lee", team="red", time_off=(dt.date(2003, 10, 22),))
BOB = person("bob", name="Bob Ray", team="blue")


def small():
    plan = scenario(ANN, BOB)
    rows = [
        *stretches("ann", MONDAY, "07:00", "E"),
        *stretches("ann", dt.date(2003, 10, 24), "12:00", "L"),
        *stretches("bob", dt.date(2003, 10, 21), "22:00", "N"),
    ]
    return plan, roster(rows, plan)


def test_the_week_sheet_holds_every_shift_leave_and_free_day():
    page = opened(*small())["Week 2003-W43"]
    cells = grid(page)
    assert cells["ann", "Mon 2003-10-20"] == "E 07:00-15:30"
    assert cells["ann", "Wed 2003-10-22"] == "leave"
    assert cells["ann", "Fri 2003-10-24"] == "L 12:00-20:30"
    assert cells["bob", "Tue 2003-10-21"] == "N 22:00-06:00"
    assert cells["bob", "Mon 2003-10-20"] == "–"
    assert cells["ann", "name"] == "Ann Lee"
    assert cells["ann", "paid hours"] == 16.0, "lunch of 30 min is unpaid"
    assert (cells["ann", "days"], cells["bob", "days"]) == (2, 1)


def test_totals_count_people_a_day_as_formulas_with_their_values():
    plan, made = small()
    values = opened(plan, made)["Week 2003-W43"]
    assert [cell.value for cell in values[7]][5:] == [1, 1, 0, 0, 1, 0, 0, 24.0, 3]
    formulas = openpyxl.load_workbook(io.BytesIO(xlsx_bytes(made, plan)))["Week 2003-W43"]
    assert formulas["F7"].value == '=COUNTIF(F5:F6,"*:*")'
    assert formulas["M7"].value == "=SUM(M5:M6)"


def test_sheets_are_frozen_landscape_one_page_wide_with_repeated_headers():
    page = opened(*small())["Week 2003-W43"]
    assert page.freeze_panes == "C5"
    assert page.page_setup.orientation == "landscape"
    assert page.sheet_properties.pageSetUpPr.fitToPage
    assert page.page_setup.fitToWidth in (None, 1), "one page is what the format means by none"
    assert page.page_setup.fitToHeight == 0
    assert page.print_title_rows == "$1:$4"
    assert page.print_title_cols == "$A:$B"


def test_each_shift_code_has_its_own_colour_named_in_the_legend():
    page = opened(*small())["Week 2003-W43"]
    legend = {cell.value: cell.fill.fgColor.rgb for cell in page[2] if cell.value}
    assert {"E early", "L late", "N night", "leave"} <= set(legend)
    assert len({legend[text] for text in ("E early", "L late", "N night", "leave")}) == 4
    assert page["F6"].value == "E 07:00-15:30"
    assert page["F6"].fill.fgColor.rgb == legend["E early"]


def test_coverage_sheets_hold_gap_wanted_and_on_duty_of_every_interval():
    plan, made = small()
    book = opened(plan, made)
    for queue in ("voice", "chat"):
        page = book[f"Coverage 2003-W43 {queue}"]
        part = made.coverage[made.coverage["queue"] == queue]
        for left, column in ((2, "gap"), (10, "scheduled"), (18, "on_seat")):
            cells = [page.cell(row, left + day).value for day in range(7) for row in range(5, 55)]
            assert [value for value in cells if value is not None] == part[column].tolist()
        assert page.freeze_panes == "B5"


def test_the_day_of_the_clock_change_has_fifty_rows_with_the_second_hour_named():
    plan, made = small()
    page = opened(plan, made)["Coverage 2003-W43 voice"]
    labels = [page.cell(row, 1).value for row in range(5, 55)]
    assert labels[2:7] == ["01:00", "01:30", "01:00 (2nd)", "01:30 (2nd)", "02:00"]
    sunday = [page.cell(row, 8).value for row in range(5, 55)]
    start = made.coverage["start"].dt.tz_convert("America/New_York")
    voice = made.coverage["queue"] == "voice"
    expected = made.coverage.loc[voice & (start.dt.date == dt.date(2003, 10, 26)), "gap"]
    assert sunday == expected.tolist()
    monday = [page.cell(row, 2).value for row in (7, 8, 9, 10, 11)]
    assert monday[2:4] == [None, None], "other days have no second hour"


def test_short_and_over_hours_of_a_day_are_summed_apart():
    plan, made = small()
    page = opened(plan, made)["Coverage 2003-W43 voice"]
    assert [page.cell(row, 1).value for row in (55, 56, 57)] == [
        "short, agent-hours", "over, agent-hours", "agent-hours",
    ]  # fmt: skip
    day = made.coverage[made.coverage["queue"] == "voice"].iloc[:48]["gap"]
    assert page.cell(55, 2).value == day[day < 0].sum() / 2
    assert page.cell(56, 2).value == day[day > 0].sum() / 2
    assert page.cell(57, 10).value == 48.0


def test_the_gap_has_a_scale_centred_on_zero():
    page = opened(*small())["Coverage 2003-W43 voice"]
    (cells,) = page.conditional_formatting
    scale = cells.rules[0].colorScale
    low, middle, high = (float(point.val) for point in scale.cfvo)
    assert (low, middle, high) == (-1.0, 0.0, 1.0)
    assert str(cells.sqref) == "B5:H54"


def test_day_detail_lists_each_person_day_with_its_breaks():
    page = opened(*small())["Day detail"]
    rows = list(page.iter_rows(min_row=2, values_only=True))
    assert len(rows) == 3
    first = rows[0]
    assert first[0] == dt.datetime(2003, 10, 20)
    assert first[1:5] == ("ann", "Ann Lee", "red", "E")
    assert first[5:8] == (dt.datetime(2003, 10, 20, 7), dt.datetime(2003, 10, 20, 15, 30), 8.0)
    assert first[9:] == ("break 09:00-09:15", "lunch 11:00-11:30", "break 13:30-13:40")
    night = rows[1]
    assert night[5:8] == (dt.datetime(2003, 10, 21, 22), dt.datetime(2003, 10, 22, 6), 8.0)


def test_the_night_of_the_clock_change_has_nine_paid_hours_by_the_clock():
    plan = scenario(BOB)
    rows = stretches("bob", dt.date(2003, 10, 25), "22:00", "N")
    cells = grid(opened(plan, roster(rows, plan))["Week 2003-W43"])
    assert cells["bob", "Sat 2003-10-25"] == "N 22:00-05:00", "eight hours, one of them repeated"
    assert cells["bob", "paid hours"] == 8.0


def test_the_summary_names_plan_span_and_synthetic_queues():
    queues = (Queue("voice", Target(0.8)), Queue("chat", Target(0.8), synthetic=True))
    plan = scenario(ANN, BOB, queues=queues)
    made = roster(stretches("ann", MONDAY, "07:00", "E"), plan)
    summary = {"wape": 0.12, "peak_at": pd.Timestamp("2003-10-20 10:00"), "synthetic_queues": ()}
    book = opened(plan, made, plan_id="abc123", summary=summary)
    assert book.sheetnames[0] == "Summary"
    lines = {row[0]: row[1] for row in book["Summary"].iter_rows(values_only=True) if row[0]}
    assert lines["plan"] == "abc123"
    assert lines["scenario"] == plan.id
    assert lines["span"] == "Mon 2003-10-20 to Sun 2003-10-26"
    assert lines["queues with SYNTHETIC history"] == "chat"
    assert lines["paid hours"] == 8.0
    gap = made.coverage["gap"]
    assert lines["agent-hours short"] == pytest.approx(-gap[gap < 0].sum() / 2, abs=1e-9)
    assert lines["wape"] == 0.12
    assert lines["peak at"] == "Mon 2003-10-20 10:00"
    assert "SYNTHETIC" in book["Coverage 2003-W43 chat"]["A1"].value
    assert "SYNTHETIC" not in book["Coverage 2003-W43 voice"]["A1"].value


def test_requirement_and_forecast_stand_behind_as_tables():
    plan, made = small()
    start = intervals(MONDAY, 1, 30, "America/New_York")[:2]
    table = pd.DataFrame({"queue": "voice", "start": start, "agents": [3.25, math.nan]})
    page = opened(plan, made, requirement=table)["Requirement"]
    assert list(page.iter_rows(values_only=True)) == [
        ("queue", "start", "agents"),
        ("voice", "2003-10-20T00:00:00-04:00", 3.25),
        ("voice", "2003-10-20T00:30:00-04:00", None),
    ]


EVIL = ['=HYPERLINK("http://x","y")', "+1+1", "-2", "@SUM(A1)", "http://example.org", "{=1}", "007"]


def test_no_name_becomes_a_formula_a_link_or_a_number():
    people = [person(text, name=text, team=text) for text in EVIL]
    plan = scenario(*people)
    rows = [row for text in EVIL for row in stretches(text, MONDAY, "07:00", "E")]
    book = openpyxl.load_workbook(io.BytesIO(xlsx_bytes(roster(rows, plan), plan)))
    for name in ("Week 2003-W43", "Day detail"):
        found = [cell for row in book[name].iter_rows() for cell in row if cell.value in EVIL]
        assert len(found) == 3 * len(EVIL)
        assert {cell.data_type for cell in found} == {"s"}
        assert not any(cell.hyperlink for cell in found)


def test_chinese_names_and_awkward_queue_names_survive():
    queues = (Queue("投诉[A]/专线: 非常非常非常非常非常非常非常长的名字", Target(0.8)),
              Queue("投诉[A]/专线: 非常非常非常非常非常非常非常长的名称", Target(0.8)))  # fmt: skip
    people = [dt_person("甲", "张伟", queues[0].name)]
    plan = scenario(*people, queues=queues, timezone="Asia/Shanghai")
    rows = stretches("甲", MONDAY, "07:00", "E", timezone="Asia/Shanghai", queue=queues[0].name)
    book = opened(plan, roster(rows, plan))
    assert grid(book["Week 2003-W43"])["甲", "name"] == "张伟"
    coverage = [name for name in book.sheetnames if name.startswith("Coverage")]
    assert len(coverage) == 2
    assert all(len(name) <= 31 for name in coverage)


def dt_person(agent, name, queue):
    from wfm.scenario import Person

    return Person(agent, contract="full", skills=(queue,), name=name)


def test_an_empty_roster_is_a_workbook_with_everybody_free():
    plan = scenario(ANN, BOB)
    made = roster([], plan)
    cells = grid(opened(plan, made)["Week 2003-W43"])
    assert {cells["bob", head] for head in ("Mon 2003-10-20", "Sun 2003-10-26")} == {"–"}
    assert cells["bob", "paid hours"] == 0


def test_a_person_whom_the_scenario_does_not_know_is_shown_too():
    plan = scenario(ANN)
    made = roster(stretches("guest", MONDAY, "07:00", "X"), plan)
    cells = grid(opened(plan, made)["Week 2003-W43"])
    assert cells["guest", "Mon 2003-10-20"] == "X 07:00-15:00"
    assert cells["guest", "paid hours"] == 8.0


def test_two_shifts_on_one_day_stand_in_one_cell():
    plan = scenario(ANN)
    rows = [*stretches("ann", MONDAY, "00:00", "N"), *stretches("ann", MONDAY, "11:00", "L")]
    cells = grid(opened(plan, roster(rows, plan))["Week 2003-W43"])
    assert cells["ann", "Mon 2003-10-20"] == "N 00:00-08:00 / L 11:00-19:30"
    assert cells["ann", "days"] == 1


def test_a_hundred_people_over_two_weeks_equal_the_roster():
    people = [person(f"A{n:03d}", team=f"team {n % 4}") for n in range(100)]
    plan = scenario(*people, weeks=2)
    wanted, rows = {}, []
    for n, one in enumerate(people):
        for day in range(14):
            if (day + n) % 7 < 5:
                date = MONDAY + dt.timedelta(days=day)
                code, clock = (("E", "08:00"), ("L", "11:30"))[n % 2]
                rows += stretches(one.id, date, clock, code)
                end = {"E": "16:30", "L": "20:00"}[code]
                wanted[one.id, f"{date:%a %Y-%m-%d}"] = f"{code} {clock}-{end}"
    book = opened(plan, roster(rows, plan))
    found = {}
    for name in ("Week 2003-W43", "Week 2003-W44"):
        cells = grid(book[name])
        found |= {key: value for key, value in cells.items() if ":" in str(value)}
    assert found == wanted


def test_the_same_roster_gives_the_same_bytes(tmp_path):
    plan, made = small()
    write_xlsx(tmp_path / "one.xlsx", made, plan)
    assert (tmp_path / "one.xlsx").read_bytes() == xlsx_bytes(made, plan)
