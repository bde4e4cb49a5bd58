import datetime as dt

import pytest

from tests.adapters.export_rosters import MONDAY, person, roster, scenario, stretches
from wfm.adapters.export_payroll import payroll_bytes, payroll_table

# Hours are rounded to four digits.
CLOSE = 1e-4


def table(*shifts, people=None):
    plan = scenario(*(people or (person("ann", name="Ann", team="blue"),)))
    return payroll_table(roster([row for rows in shifts for row in rows], plan), plan)


def test_a_day_shift_is_paid_without_its_lunch():
    (row,) = table(stretches("ann", MONDAY, "07:00", "E")).to_dict("records")
    assert (row["elapsed_h"], row["unpaid_h"], row["paid_h"]) == (8.5, 0.5, 8.0)
    assert (row["name"], row["team"], row["contract"], row["date"]) == ("Ann", "blue", "full",
                                                                        "2003-10-20")  # fmt: skip


def test_a_night_is_cut_at_midnight_and_has_an_hour_more_when_the_clock_goes_back():
    saturday = dt.date(2003, 10, 25)
    found = table(stretches("ann", saturday, "22:00", "N"))
    assert found["date"].tolist() == ["2003-10-25", "2003-10-26"]
    assert found["paid_h"].tolist() == [2.0, 6.0]
    assert found["end"].iloc[1] == "2003-10-26T05:00:00-05:00"


def test_an_unpaid_break_lowers_the_day_it_lies_in():
    late = stretches("ann", MONDAY, "20:00", "E")
    found = table(late)
    assert found["date"].tolist() == ["2003-10-20", "2003-10-21"]
    assert found["unpaid_h"].tolist() == [0.0, 0.5]
    assert found["paid_h"].sum() == pytest.approx(8.0, abs=CLOSE)


def test_a_name_that_is_a_formula_stays_a_text():
    plan = scenario(person("ann", name='=HYPERLINK("http://x")', team="+1"))
    text = payroll_bytes(roster(stretches("ann", MONDAY, "07:00", "E"), plan), plan)
    line = text.decode("utf-8-sig").splitlines()[1]
    assert line.startswith("""ann,"'=HYPERLINK(""http://x"")",'+1,""")
