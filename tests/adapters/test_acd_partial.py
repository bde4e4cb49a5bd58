"""A count over a part of an interval never stands for the whole of it."""

from tests.adapters.acd_reading import read, said, volumes


def five_minutes(day, first, last):
    clock = range(first, last, 5)
    return [f"{day} {m // 60:02}:{m % 60:02},2" for m in clock]


def test_an_opening_inside_an_interval_is_kept_and_said(tmp_path):
    rows = [r for day in (2, 3) for r in five_minutes(f"2026-03-0{day}", 7 * 60 + 15, 9 * 60)]
    imported = read(tmp_path, "start,calls\n" + "\n".join(rows))
    assert volumes(imported)["03-02 07:00-0500"] == 6
    assert said(imported, "2 intervals with fewer rows than 6")


def test_a_file_that_ends_inside_an_interval_loses_that_interval(tmp_path):
    rows = five_minutes("2026-03-02", 540, 660) + five_minutes("2026-03-09", 540, 590)
    imported = read(tmp_path, "start,calls\n" + "\n".join(rows))
    assert list(volumes(imported))[-1] == "03-09 09:00-0400"
    assert said(imported, "the file ends inside")


def test_missing_rows_make_an_interval_incomplete_only_if_the_file_writes_zeros(tmp_path):
    rows = five_minutes("2026-03-02", 540, 660)
    del rows[8]
    kept = read(tmp_path, "start,calls\n" + "\n".join(rows))
    assert volumes(kept)["03-02 09:30-0500"] == 10
    rows[0] = rows[0].replace(",2", ",0")
    dropped = read(tmp_path, "start,calls\n" + "\n".join(rows))
    assert "03-02 09:30-0500" not in volumes(dropped)
    assert said(dropped, "Dropped 1 interval of which some rows are missing")


def test_closing_time_is_found_for_each_weekday(tmp_path):
    rows = []
    for day in range(2, 16):
        closing = 12 * 60 + 10 if day in (7, 14) else 13 * 60
        rows += five_minutes(f"2026-03-{day:02}", 9 * 60, closing)
    imported = read(tmp_path, "start,calls\n" + "\n".join(rows), timezone="UTC")
    counted = volumes(imported)
    assert "03-07 12:00+0000" not in counted
    assert "03-14 12:00+0000" not in counted
    assert counted["03-06 12:00+0000"] == counted["03-07 11:30+0000"] == 12
    assert said(imported, "Dropped 2 last intervals of a day (at 12:00)")


def test_a_quiet_queue_without_zero_rows_is_not_taken_for_another_interval(tmp_path):
    busy = [f"2026-03-0{d} {h:02}:{m:02},busy,9"
            for d in (2, 3) for h in range(8, 18) for m in (0, 15, 30, 45)]  # fmt: skip
    quiet = [
        f"2026-03-02 {clock},quiet,1"
        for clock in (
            "08:00",
            "08:30",
            "09:30",
            "10:45",
            "11:15",
            "12:00",
            "14:30",
            "16:00",
            "17:30",
        )
    ]
    imported = read(tmp_path, "start,queue,calls\n" + "\n".join(busy + quiet))
    counted = imported.frame.groupby("queue")["offered"].sum().to_dict()
    assert counted == {"busy": 2 * 40 * 9, "quiet": 9}


def test_a_quiet_queue_of_a_log_has_zeros_between_its_first_and_last_contact(tmp_path):
    text = (
        "timestamp,type,outcome\n2026-03-02 09:05:00,a,AGENT\n2026-03-02 10:40:00,a,HANG\n"
        "2026-03-02 12:00:00,b,AGENT\n"
    )
    frame = read(tmp_path, text).frame
    assert frame.loc[frame["queue"] == "a", "offered"].tolist() == [1, 0, 0, 1]
    assert frame.loc[frame["queue"] == "b", "offered"].tolist() == [1]
