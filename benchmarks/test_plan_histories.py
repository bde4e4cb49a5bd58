"""Does the script that plans every history still fit the use cases? One small file, no timing."""

import pytest

from benchmarks import plan_histories

SECONDS = 1.0


@pytest.mark.skipif(not plan_histories.CONTACTS.is_dir(), reason="no ../shared/data/contacts here")
def test_the_smallest_history_plans_without_a_broken_rule(tmp_path):
    row = plan_histories.plan(
        "county_voice_hourly.csv", {"timezone": "America/Denver"}, seconds=SECONDS, folder=tmp_path
    )
    assert row["violations"] == 0
    assert set(row) == set(plan_histories.COLUMNS)
