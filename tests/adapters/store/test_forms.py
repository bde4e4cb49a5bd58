"""Violations go into JSON and come back, those of nobody in particular too."""

import datetime as dt
import json

from wfm.adapters.store.forms import violations_of, violations_to_json
from wfm.roster import Violation

FOUND = (
    Violation("daily rest", "ann", dt.date(2003, 3, 4), "expected 11 h, got 9 h"),
    Violation("seats", "", dt.date(2003, 3, 5), "expected at most 2 people at once, got 3"),
    Violation("meetings", "", None, "a violation that no day can be named for"),
)


def test_violations_come_back_from_json_as_they_were():
    assert violations_of(json.loads(json.dumps(violations_to_json(FOUND)))) == FOUND
