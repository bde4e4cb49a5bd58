"""Fields of a scenario that are not what they are declared as are refused by name."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from wfm.errors import BadInput
from wfm.scenario import (
    BreakRule,
    Contract,
    LabourRules,
    MinimumStaff,
    OnCallStaff,
    Person,
    ShiftType,
)  # fmt: skip

NAN = float("nan")


def contract(**changes):
    return Contract(**{"name": "full", "min_week_h": 0, "max_week_h": 40, "shifts": ("D",),
                       **changes})  # fmt: skip


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: contract(min_week_h="24"), "contract 'full': min_week_h is a number, got '24'"),
        (lambda: contract(cost_per_hour=NAN), "cost_per_hour is a number or nothing, got nan"),
        (lambda: contract(cost_per_hour=float("inf")), "cost_per_hour is a number or nothing"),
        (lambda: contract(period_weeks=1, min_period_h=NAN), "min_period_h is a number, got nan"),
        (lambda: contract(period_weeks=1.5), "period_weeks is a whole number, got 1.5"),
        (lambda: contract(max_days_per_week=2.5), "max_days_per_week is a whole number"),
        (lambda: contract(shifts="D"), "shifts is a tuple of texts, got 'D'"),
        (lambda: BreakRule("break", NAN, 60, 120), "break: length_min is a whole number, got nan"),
        (lambda: BreakRule("break", 30.5, 60, 120), "length_min is a whole number, got 30.5"),
        (lambda: ShiftType("D", "08:00", "08:00", NAN), "shift 'D': length_min is a whole number"),
        (lambda: MinimumStaff("lead", NAN), "minimum staff 'lead': least is a whole number"),
        (lambda: OnCallStaff("C", 1.5), "on call 'C': least is a whole number, got 1.5"),
        (lambda: LabourRules(max_consecutive_days=2.5), "rules: max_consecutive_days is a whole"),
        (lambda: Person("ann", "full", (), weekdays_off=(1.5,)), "weekdays_off is a tuple of"),
        (lambda: Person("ann", "full", (), time_off=("2026-03-04",)),
         "person 'ann': time_off is a tuple of dates"),
        (lambda: Person("ann", "full", (), time_off=(dt.datetime(2026, 3, 4, tzinfo=dt.UTC),)),
         "time_off is a tuple of dates"),
    ],
)  # fmt: skip
def test_a_field_of_the_wrong_kind_is_refused_by_name(make, said):
    with pytest.raises(BadInput) as error:
        make()
    assert said in str(error.value)


def test_numbers_of_numpy_are_numbers():
    made = contract(max_week_h=np.float64(38.5), max_days_per_week=np.int64(4))
    assert (made.max_week_h, made.max_days_per_week) == (38.5, 4)
