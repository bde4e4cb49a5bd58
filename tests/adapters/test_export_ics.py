"""What icalendar reads from our calendars is the roster, at the right instants."""

import datetime as dt
import io
import zipfile
from zoneinfo import ZoneInfo

import icalendar
import pytest
from dateutil import tz

from tests.adapters.export_rosters import MONDAY, person, roster, scenario, stretches
from wfm.adapters.export import ics_zip_bytes, write_ics
from wfm.adapters.export_ics import vtimezone

SATURDAY = dt.date(2003, 10, 25)
ZONES = ["America/New_York", "Europe/Dublin", "Australia/Lord_Howe", "Asia/Shanghai",
         "America/Sao_Paulo", "Asia/Kolkata", "UTC"]  # fmt: skip


def calendars(tmp_path, rows, plan, **options):
    paths = write_ics(tmp_path / "ics", roster(rows, plan), plan, **options)
    return {path.name: icalendar.Calendar.from_ical(path.read_bytes()) for path in paths}


def events(calendar):
    return [(event["dtstart"].dt.astimezone(dt.UTC), event["dtend"].dt.astimezone(dt.UTC),
             str(event["summary"])) for event in calendar.walk("VEVENT")]  # fmt: skip


def test_every_shift_is_an_event_at_its_instants_with_its_breaks(tmp_path):
    plan = scenario(person("ann", name="Ann"), person("bob"))
    rows = [*stretches("ann", MONDAY, "07:00", "E"), *stretches("bob", MONDAY, "12:00", "L")]
    found = calendars(tmp_path, rows, plan)
    assert sorted(found) == ["ann.ics", "bob.ics"]
    ann = found["ann.ics"]
    assert events(ann) == [
        (dt.datetime(2003, 10, 20, 11, tzinfo=dt.UTC),
         dt.datetime(2003, 10, 20, 19, 30, tzinfo=dt.UTC), "E 07:00-15:30"),
    ]  # fmt: skip
    (event,) = ann.walk("VEVENT")
    assert event["dtstart"].params["TZID"] == "America/New_York"
    lines = str(event["description"]).split("\n")
    assert lines[-3:] == ["Break: 09:00-09:15", "Lunch: 11:00-11:30", "Break: 13:30-13:40"]
    assert str(ann["x-wr-calname"]) == "Shifts Ann"


def test_a_night_over_the_clock_change_keeps_its_eight_hours(tmp_path):
    plan = scenario(person("ann"))
    found = calendars(tmp_path, stretches("ann", SATURDAY, "22:00", "N"), plan)
    ((start, end, text),) = events(found["ann.ics"])
    assert start == dt.datetime(2003, 10, 26, 2, tzinfo=dt.UTC)
    assert end == dt.datetime(2003, 10, 26, 10, tzinfo=dt.UTC)
    assert text == "N 22:00-05:00"


def test_an_end_in_the_second_of_a_repeated_hour_is_not_taken_for_the_first(tmp_path):
    plan = scenario(person("ann"))
    rows = stretches("ann", SATURDAY, "18:00", "N")
    rows = [(*rows[0][:2], rows[0][1] + (rows[0][2] - rows[0][1]) * 1.0625, *rows[0][3:])]
    found = calendars(tmp_path, rows, plan)
    ((_, end, _),) = events(found["ann.ics"])
    assert end == dt.datetime(2003, 10, 26, 6, 30, tzinfo=dt.UTC), "01:30 EST, not EDT"


@pytest.mark.parametrize("name", ZONES)
def test_the_time_zone_part_changes_when_the_zone_does(name):
    rules = vtimezone(name, 2003, 2004).subcomponents
    at = dt.datetime(2002, 12, 31, tzinfo=dt.UTC)
    changes = []
    while at < dt.datetime(2005, 1, 1, tzinfo=dt.UTC):
        after = at + dt.timedelta(minutes=15)
        offsets = [t.astimezone(ZoneInfo(name)).utcoffset() for t in (at, after)]
        if offsets[0] != offsets[1]:
            changes.append((after, *offsets))
        at = after
    # RFC 5545, 3.6.5: the onset is a local time in the offset before the change.
    written = [
        ((rule["dtstart"].dt - rule["tzoffsetfrom"].td).replace(tzinfo=dt.UTC),
         rule["tzoffsetfrom"].td, rule["tzoffsetto"].td)
        for rule in rules
    ]  # fmt: skip
    assert written[1:] == changes
    assert written[0][1] == written[0][2] == dt.datetime(2003, 1, 1, tzinfo=dt.UTC).astimezone(
        ZoneInfo(name)
    ).utcoffset()  # fmt: skip


@pytest.mark.parametrize("name", ZONES)
def test_another_library_reads_the_same_zone_from_our_time_zone_part(name):
    text = vtimezone(name, 2003, 2003).to_ical().decode().replace("\r\n ", "")
    other = tz.tzical(io.StringIO(text.replace("\r\n", "\n"))).get(name)
    at = dt.datetime(2003, 1, 1, tzinfo=dt.UTC)
    while at < dt.datetime(2004, 1, 1, tzinfo=dt.UTC):
        local = at.astimezone(ZoneInfo(name))
        if not local.fold:
            wall = local.replace(tzinfo=None)
            assert wall.replace(tzinfo=other).utcoffset() == local.utcoffset(), wall
        at += dt.timedelta(hours=1)


def test_each_calendar_carries_its_time_zone_once(tmp_path):
    plan = scenario(person("ann"))
    found = calendars(tmp_path, stretches("ann", MONDAY, "07:00", "E"), plan)
    assert [str(part["tzid"]) for part in found["ann.ics"].walk("VTIMEZONE")] == [plan.timezone]


def uids(tmp_path, rows, plan, **options):
    found = calendars(tmp_path, rows, plan, **options)
    return {
        (name, event["dtstart"].dt.date()): (str(event["uid"]), event["sequence"])
        for name, calendar in found.items()
        for event in calendar.walk("VEVENT")
    }


def test_a_moved_shift_keeps_its_uid_and_takes_the_new_sequence(tmp_path):
    plan = scenario(person("ann"), person("bob"))
    tuesday = MONDAY + dt.timedelta(days=1)
    rows = [*stretches("ann", MONDAY, "07:00", "E"), *stretches("bob", MONDAY, "07:00", "E")]
    first = uids(tmp_path, rows, plan)
    moved = [*stretches("ann", MONDAY, "12:00", "L"), *stretches("ann", tuesday, "12:00", "L"),
             *stretches("bob", MONDAY, "07:00", "E")]  # fmt: skip
    second = uids(tmp_path, moved, plan.revise("later", seed=1), sequence=3)
    assert {key: second[key][0] for key in first} == {key: uid for key, (uid, _) in first.items()}
    assert len({uid for uid, _ in second.values()}) == 3
    assert {sequence for _, sequence in first.values()} == {0}
    assert {sequence for _, sequence in second.values()} == {3}


def test_two_shifts_that_start_on_one_day_have_two_uids(tmp_path):
    plan = scenario(person("ann"))
    rows = [*stretches("ann", MONDAY, "00:00", "N"), *stretches("ann", MONDAY, "11:00", "L")]
    (calendar,) = calendars(tmp_path, rows, plan).values()
    assert len({str(event["uid"]) for event in calendar.walk("VEVENT")}) == 2


def test_the_clock_is_never_read(tmp_path):
    plan = scenario(person("ann"))
    rows = stretches("ann", MONDAY, "07:00", "E")
    (calendar,) = calendars(tmp_path, rows, plan).values()
    (event,) = calendar.walk("VEVENT")
    assert event["dtstamp"].dt == dt.datetime(2003, 10, 20, 4, tzinfo=dt.UTC)
    stamp = dt.datetime(2003, 10, 1, 12, tzinfo=ZoneInfo("America/New_York"))
    (calendar,) = calendars(tmp_path, rows, plan, stamp=stamp).values()
    (event,) = calendar.walk("VEVENT")
    assert event["dtstamp"].dt == dt.datetime(2003, 10, 1, 16, tzinfo=dt.UTC)
    made = roster(rows, plan)
    assert ics_zip_bytes(made, plan) == ics_zip_bytes(made, plan)


def test_no_id_leaves_the_folder_or_overwrites_another(tmp_path):
    ids = ["../x", "A/B", "A_B", "a_b", "A_b", "..", "CON", "con.x", "张伟", "x" * 300,
           "x" * 300 + "y", "=1", " ", "C:\\temp\\z", "A\nB"]  # fmt: skip
    plan = scenario(*(person(agent) for agent in ids))
    rows = [row for agent in ids for row in stretches(agent, MONDAY, "07:00", "E")]
    paths = write_ics(tmp_path / "ics", roster(rows, plan), plan)
    assert len({path.name.casefold() for path in paths}) == len(ids)
    assert {path.resolve().parent for path in paths} == {(tmp_path / "ics").resolve()}
    assert sorted(path.name for path in (tmp_path / "ics").iterdir()) == sorted(
        path.name for path in paths
    )
    assert [path.name for path in tmp_path.iterdir()] == ["ics"]
    assert all(len(path.name.encode()) < 255 for path in paths)
    assert "张伟.ics" in {path.name for path in paths}
    assert not any(path.stem.split(".")[0].casefold() == "con" for path in paths)


def test_a_line_break_in_a_name_adds_no_property(tmp_path):
    name = "Ann\r\nX-EVIL:1\nEND:VCALENDAR"
    plan = scenario(person("ann", name=name))
    found = calendars(tmp_path, stretches("ann", MONDAY, "07:00", "E"), plan)
    assert "x-evil" not in {key.lower() for key in found["ann.ics"]}
    assert len(events(found["ann.ics"])) == 1


def test_an_empty_roster_gives_no_calendar(tmp_path):
    plan = scenario(person("ann"))
    assert write_ics(tmp_path, roster([], plan), plan) == ()
    with zipfile.ZipFile(io.BytesIO(ics_zip_bytes(roster([], plan), plan))) as archive:
        assert archive.namelist() == []


def test_a_hundred_people_have_a_hundred_calendars_equal_to_the_roster(tmp_path):
    people = [person(f"A{n:03d}") for n in range(100)]
    plan = scenario(*people)
    rows = []
    for n, one in enumerate(people):
        for day in range(5):
            rows += stretches(one.id, MONDAY + dt.timedelta(days=(day + n) % 7), "08:00", "E")
    made = roster(rows, plan)
    with zipfile.ZipFile(io.BytesIO(ics_zip_bytes(made, plan))) as archive:
        found = {
            (name.removesuffix(".ics"), start, end)
            for name in archive.namelist()
            for start, end, _ in events(icalendar.Calendar.from_ical(archive.read(name)))
        }
    spans = made.frame.assign(day=made.frame["start"].dt.date).groupby(["agent", "day"])
    wanted = {
        (agent, start.astimezone(dt.UTC), end.astimezone(dt.UTC))
        for (agent, _), start, end in zip(
            spans.groups, spans["start"].min(), spans["end"].max(), strict=True
        )
    }
    assert found == wanted
    assert len(found) == 500
