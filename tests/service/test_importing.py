import datetime as dt

import pytest

from wfm.access import NotAllowed
from wfm.adapters.acd_source import HistorySource
from wfm.errors import BadInput, Conflict

GOOD = "start,queue,calls\n" + "".join(
    f"2026-03-02 {hour:02d}:{minute:02d},voice,{hour + minute}\n"
    for hour in range(9, 12) for minute in (0, 15, 30, 45)
)  # fmt: skip
SPAN = {
    "start": dt.datetime(2026, 3, 2, tzinfo=dt.UTC),
    "end": dt.datetime(2026, 3, 3, tzinfo=dt.UTC),
}


def standing(service):
    frame = service.facts.read("berlin", "intervals", **SPAN)
    return frame["offered"].tolist() if len(frame) else []


def take(service, text, **more):
    return service.importing.take("berlin", "day.csv", text.encode(), **more).done


def test_a_file_is_taken_at_its_own_interval_in_the_zone_of_the_site(as_):
    done = take(as_("planner"), GOOD)
    assert (done.added, done.changed, done.same, done.refused) == (12, 0, 0, 0)
    frame = as_("viewer").facts.read("berlin", "intervals", **SPAN)
    assert frame["start"].iloc[0].isoformat() == "2026-03-02T09:00:00+01:00"
    assert frame["offered"].tolist() == [h + m for h in range(9, 12) for m in (0, 15, 30, 45)]


def test_the_same_file_twice_changes_nothing(as_):
    first = take(as_("planner"), GOOD)
    again = take(as_("planner"), GOOD)
    assert (again.id, again.added, again.changed, again.same) == (first.id, 0, 0, 12)


def test_a_corrected_file_replaces_and_undoing_it_brings_back_what_was(as_):
    planner = as_("planner")
    take(planner, GOOD)
    before = standing(planner)
    done = take(planner, GOOD.replace("09:15,voice,24", "09:15,voice,99"))
    assert (done.changed, done.same) == (1, 11)
    assert standing(planner)[1] == 99
    planner.facts.undo("berlin", done.id)
    assert standing(planner) == before


def test_bad_rows_are_told_by_line_column_value_and_reason(as_):
    text = GOOD.replace("09:15,voice,24", "09:15,voice,many").replace(
        "10:00,voice,10", "10:00,voice,-3"
    )
    found = as_("planner").importing.offer("berlin", "day.csv", text.encode())
    told = [(row.line, row.column, row.value, row.reason) for row in found.bad]
    assert told == [
        (3, "calls", "many", "text where a number belongs"), (6, "calls", "-3", "a negative count"),
    ]  # fmt: skip
    assert len(found.history.frame) == 10


def test_bad_rows_are_never_dropped_in_silence(as_):
    text = GOOD.replace("09:15,voice,24", "09:15,voice,many")
    with pytest.raises(
        BadInput, match="line 3, column 'calls', 'many': text where a number belongs"
    ):
        take(as_("planner"), text)
    assert standing(as_("planner")) == []
    done = take(as_("planner"), text, leave_out=True)
    assert (done.added, done.refused) == (11, 1)


def test_a_file_of_mostly_bad_rows_is_refused_whole(as_):
    text = "start,queue,calls\n" + "2026-03-02 09:00,voice,x\n" * 3 + "2026-03-02 10:00,voice,1\n"
    with pytest.raises(BadInput, match="3 rows have text where a number belongs"):
        as_("planner").importing.offer("berlin", "day.csv", text.encode())


def test_a_fault_in_the_middle_leaves_the_store_as_it_was(as_, store, monkeypatch):
    from wfm.adapters.store import merging

    take(as_("planner"), GOOD)
    before = standing(as_("planner"))

    def broken(*args, **kwargs):
        raise OSError("pulled the plug")

    monkeypatch.setattr(merging, "merge", broken)
    with pytest.raises(OSError, match="plug"):
        take(as_("planner"), GOOD.replace("voice,24", "voice,1"))
    assert standing(as_("planner")) == before
    assert len(store.actuals.imports(site="berlin")) == 1


def test_a_profile_is_saved_once_and_reads_files_after(as_):
    planner = as_("planner")
    odd = GOOD.replace("start,queue,calls", "When,Where,How many")
    with pytest.raises(BadInput):
        take(planner, odd)
    source = HistorySource(columns={"start": "When", "queue": "Where", "offered": "How many"})
    made = planner.importing.save_profile("berlin", "old acd", source, system="an old ACD")
    assert planner.importing.profile("berlin", "old acd") == source
    done = take(planner, odd, profile="old acd")
    assert (done.added, done.profile) == (12, "old acd")
    with pytest.raises(Conflict):
        planner.importing.save_profile("berlin", "old acd", source, system="x")
    planner.importing.save_profile("berlin", "old acd", source, system="x", version=made.version)


@pytest.mark.parametrize("role", ["viewer", "lead", "scheduler", "agent"])
def test_who_may_not_push_actuals_cannot_even_try_a_file(as_, role):
    with pytest.raises(NotAllowed):
        as_(role).importing.offer("berlin", "day.csv", GOOD.encode())
    with pytest.raises(NotAllowed):
        as_("planner", site="paris").importing.offer("berlin", "day.csv", GOOD.encode())


CALABRIO = (
    "Insurance,20210218 08:00,20210218 08:15,16,135.36,490.74,16.85\n"
    "Insurance,20210218 08:15,20210218 08:30,25.5,127.93,443.24,21.48\n"
)


def test_a_forecast_is_refused_as_actuals(as_):
    for ask in (as_("planner").importing.offer, as_("planner").importing.take):
        with pytest.raises(BadInput, match=r"week\.csv: is Calabrio's forecast file"):
            ask("berlin", "week.csv", CALABRIO.encode())
    assert standing(as_("planner")) == []


@pytest.mark.parametrize(
    ("name", "shown"),
    [("März 2026.csv", "März 2026.csv"), ("../../3月.txt", "3月.txt"), ("C:\\a\\b.dat", "b.dat"),
     ("月" * 300 + ".csv", "月" * 120), ("a\n<b>.csv", "a<b>.csv")],
)  # fmt: skip
def test_a_refusal_names_the_file_as_its_owner_does(as_, name, shown):
    text = "start,calls\n03/04/2026 09:00,5\n03/04/2026 09:30,5\n"
    with pytest.raises(BadInput) as refused:
        as_("planner").importing.offer("berlin", name, text.encode())
    assert str(refused.value).startswith(f"{shown}: ")
    assert "upload" not in str(refused.value)


def test_a_path_in_the_name_of_a_file_goes_nowhere(as_, tmp_path):
    for name in (
        "../../../etc/cron.d/x.csv",
        "C:\\Windows\\x.csv",
        "/etc/x.csv",
        "..",
        "a\nb\x00.csv",
    ):
        done = as_("planner").importing.take("berlin", name, GOOD.encode()).done
        assert done.source == "x.csv" or "/" not in done.source
    assert not list(tmp_path.glob("**/x.csv"))
