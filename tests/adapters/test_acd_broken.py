"""Every broken file gives one BadInput that says what is wrong, where, and what to do."""

import gzip
import io
import zipfile

import openpyxl
import pytest

from wfm.adapters import acd_table, acd_workbook
from wfm.adapters.acd import HistorySource, read_history
from wfm.errors import BadInput

HEAD = "start,offered\n"
GOOD = "2026-03-02 09:00,4\n2026-03-02 09:30,6\n2026-03-02 10:00,5\n"


def refusal(path, source=None, **options):
    with pytest.raises(BadInput) as caught:
        read_history(path, source, **{"timezone": "America/New_York", **options})
    return str(caught.value)


def csv(rows, head="start,offered"):
    return "\n".join([head, *rows]) + "\n"


# name, text of the file, source, what the message must say
BROKEN = [
    ("empty", "", {}, ["the file is empty"]),
    ("blanks only", " \n\n \n", {}, ["only blanks"]),
    ("header only", HEAD, {}, ["only a header"]),
    ("no time column", "when,calls\nx,3\n", {}, ["no time column", "'when'", "columns"]),
    ("no header", GOOD, {}, ["no time column", "looks like data"]),
    ("no count column", "start,agents\n2026-03-02 09:00,3\n", {},
     ["no column of contact counts", 'offered = "agents"']),
    ("one column", "start\n2026-03-02 09:00\n2026-03-02 09:30\n", {},
     ["no column of contact counts"]),
    ("two count columns", "start,calls,volume\n2026-03-02 09:00,3,4\n", {},
     ["'calls' and 'volume' both look like 'offered'", "say which"]),
    ("two time columns", "timestamp,datetime,calls\n2026-03-02 09:00,2026-03-02 09:00,4\n", {},
     ["both look like 'start'"]),
    ("named column absent", HEAD + GOOD, {"columns": {"offered": "Calls In"}},
     ["no column 'Calls In'", "'offered'"]),
    ("header twice", "start,calls,calls\n2026-03-02 09:00,3,4\n", {},
     ["header 'calls' stands 2 times"]),
    ("ragged line", HEAD + GOOD + "2026-03-02 10:30,1,234\n", {}, ["same number of columns", "5"]),
    ("unclosed quote", HEAD + GOOD + '"2026-03-02 10:30,1\n', {}, ["same number of columns"]),
    ("unparseable date", HEAD + GOOD + "soon,4\n", {},
     ["column 'start'", "line 5", "'soon'", "cannot be read"]),
    ("no such day", HEAD + "2026-02-30 09:00,4\n", {}, ["line 2", "no such date or time"]),
    ("no such minute", HEAD + GOOD + "2026-03-02 10:75,4\n", {}, ["line 5", "no such date"]),
    ("after 24:00", HEAD + "2026-03-02 24:30,4\n", {}, ["line 2", "no such date or time"]),
    ("blank time", HEAD + GOOD + ",4\n", {}, ["no time", "line 5"]),
    ("excel serial", HEAD + "46083.375,4\n", {}, ["serial number", "line 2"]),
    ("ambiguous dates", csv(["3/4/2026 09:00,4", "3/4/2026 09:30,5"]), {},
     ["day/month or month/day", "day_first"]),
    ("both date orders", csv(["13/4/2026 09:00,4", "4/13/2026 09:30,5"]), {},
     ["another order", "line 3", "day_first"]),
    ("mixed notations", csv(["2026-03-02 09:00,4", "02.03.2026 09:30,5"]), {},
     ["line 3", "like the first row"]),
    ("some offsets", csv(["2026-03-02T09:00+01:00,4", "2026-03-02T09:30,5"]), {},
     ["line 3", "offset from UTC"]),
    ("bad time of day", "date,time,calls\n2026-03-02,09:00,4\n2026-03-02,25 Uhr,4\n", {},
     ["column 'time'", "line 3", "'25 Uhr'"]),
    ("text in counts", HEAD + GOOD + "2026-03-02 10:30,many\n2026-03-02 11:00,few\n", {},
     ["column 'offered'", "2 rows", "line 5", "'many'", "text where a number belongs"]),
    ("excel error", HEAD + GOOD + "2026-03-02 10:30,#REF!\n", {}, ["line 5", "'#REF!'"]),
    ("decimal comma in counts", "start;offered\n2026-03-02 09:00;4,5\n2026-03-02 09:30;5\n", {},
     ["a fraction of a contact", "'4,5'", "fractional"]),
    ("thousands or decimals", 'start;offered\n2026-03-02 09:00;1,234\n', {},
     ["thousands or decimals", "'1,234'", "decimal"]),
    ("fractional counts", HEAD + GOOD + "2026-03-02 10:30,2.5\n", {},
     ["a fraction of a contact", "line 5", "'2.5'"]),
    ("negative counts", HEAD + GOOD + "2026-03-02 10:30,-4\n", {},
     ["negative count", "line 5", "'-4'", "check the export"]),
    ("blank counts", HEAD + GOOD + "2026-03-02 10:30,\n2026-03-02 11:00,NaN\n", {},
     ["2 rows", "no value", "line 5", "write 0"]),
    ("infinite", HEAD + GOOD + "2026-03-02 10:30,inf\n", {}, ["infinite", "line 5"]),
    ("overflowing", HEAD + GOOD + "2026-03-02 10:30,1e999\n", {}, ["infinite", "line 5"]),
    ("huge", HEAD + GOOD + "2026-03-02 10:30,4915112345678\n", {},
     ["above 1,000,000,000", "line 5", "id"]),
    ("duplicates", HEAD + GOOD + "2026-03-02 09:30,6\n", {},
     ["a queue and start stand again in 1 row", "'voice'", "2026-03-02 09:30", "lines 3 and 5"]),
    ("mixed intervals", HEAD + GOOD + "2026-03-02 10:15,3\n", {}, ["mixed intervals", "line 5"]),
    ("coarser days", csv(
        [f"2026-03-02 {h:02}:{m:02},4" for h in range(9, 15) for m in (0, 15, 30, 45)]
        + [f"2026-03-03 {h:02}:{m:02},4" for h in range(9, 15) for m in (0, 30)]), {},
     ["mixed intervals", "15 min apart", "12 rows do not fit", "line 26"]),
    ("daily", csv(["2026-03-02,400", "2026-03-03,380"], "date,calls"), {},
     ["days without a time of day", "by interval"]),
    ("daily at noon", csv(["2026-03-02 12:00,400", "2026-03-03 12:00,380"]), {},
     ["days without a time of day"]),
    ("one row", csv(["2026-03-02 09:00,4"]), {}, ["file_interval_min"]),
    ("hourly", csv(["2026-03-02 09:00,4", "2026-03-02 10:00,4"]), {},
     ["by 60 min", "set interval_min = 60"]),
    ("not a divisor", csv(["2026-03-02 09:00,4", "2026-03-02 09:20,4", "2026-03-02 09:40,4"]), {},
     ["by 20 min", "does not divide interval_min = 30"]),
    ("spring hour with contacts", csv(["2026-03-08 01:30,4", "2026-03-08 02:30,3",
                                       "2026-03-08 03:00,4", "2026-03-08 03:30,4"]), {},
     ["the clock of America/New_York skipped", "line 3", "file_timezone"]),
    ("aht in minutes", csv(["2026-03-02 09:00,4,3.5", "2026-03-02 09:30,5,4.1"],
                           "start,offered,aht"), {}, ["'aht'", "minutes", "aht_unit"]),
    ("aht in milliseconds", csv(["2026-03-02 09:00,4,180000", "2026-03-02 09:30,5,190000"],
                                "start,offered,aht"), {}, ["above a day", "milliseconds"]),
    ("negative aht", csv(["2026-03-02 09:00,4,-180"], "start,offered,aht"), {},
     ["negative duration", "line 2"]),
    ("infinite aht", csv(["2026-03-02 09:00,4,inf"], "start,offered,aht"), {},
     ["'aht'", "infinite", "line 2"]),
    ("aht of 61 seconds", csv(["2026-03-02 09:00,4,3:61"], "start,offered,aht"), {},
     ["m:ss", "'3:61'"]),
    ("zero aht with answered", csv(["2026-03-02 09:00,4,4,0", "2026-03-02 09:30,4,4,200"],
                                   "start,offered,answered,aht_s"), {},
     ["handle time of 0", "line 2"]),
    ("zero aht everywhere", csv(["2026-03-02 09:00,4,0", "2026-03-02 09:30,4,0"],
                                "start,offered,aht_s"), {}, ["handle time of 0 with contacts"]),
    ("blank queue", csv(["2026-03-02 09:00,a,4", "2026-03-02 09:30,,4"], "start,queue,offered"),
     {}, ["no queue", "line 3"]),
    ("unknown outcome", csv(["2026-03-02 09:00:05,AGENT,60", "2026-03-02 09:01:00,LOST,0"],
                            "timestamp,outcome,service_s"), {},
     ["outcome not mapped ('LOST')", "line 3", "abandoned_outcomes"]),
    ("only phantoms", csv(["2026-03-02 09:00:05,PHANTOM,60"], "timestamp,outcome,service_s"), {},
     ["no contacts are left"]),
    ("only totals", csv(["Total,40"]), {}, ["only totals"]),
    ("wide without that queue", csv(["2026-03-02 09:00,4,5"], "start,a,b"),
     {"layout": "wide", "queues": ("a", "c")}, ["no column 'c'"]),
    ("unknown encoding", HEAD + GOOD, {"encoding": "klingon"}, ["unknown encoding 'klingon'"]),
    ("10,000 columns", ",".join(f"c{n}" for n in range(10_000)) + "\n", {}, ["10,000 columns"]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "source", "parts"), [case[1:] for case in BROKEN],
                         ids=[case[0] for case in BROKEN])  # fmt: skip
def test_a_broken_file_is_refused_in_words(tmp_path, text, source, parts):
    file = tmp_path / "calls.csv"
    file.write_text(text, encoding="utf-8")
    message = refusal(file, HistorySource(**source))
    assert [part for part in parts if part not in message] == [], message
    if "history: " not in message:
        assert message.startswith("calls.csv: ")


BYTES = [
    ("binary rubbish", bytes(range(256)) * 40, ["binary data"]),
    ("nul bytes", b"start,offered\n\x00\x00\x00\x00\x002026", ["binary data"]),
    ("old excel", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(64), ["old Excel .xls", "save it"]),
    ("parquet", b"PAR1" + bytes(64), ["Parquet"]),
    ("pdf", b"%PDF-1.7 ...", ["PDF"]),
    ("zip that is no workbook", b"PK\x03\x04" + b"x" * 80, ["not a readable Excel workbook"]),
    ("cut gzip", gzip.compress((HEAD + GOOD * 100).encode())[:-20], ["cannot be read"]),
    ("damaged gzip", b"\x1f\x8b\x08\x00rubbishrubbishrubbish", ["cannot be read"]),
    ("empty gzip", gzip.compress(b""), ["the file is empty"]),
]


@pytest.mark.parametrize(("raw", "parts"), [case[1:] for case in BYTES],
                         ids=[case[0] for case in BYTES])  # fmt: skip
def test_bytes_that_are_no_history_are_refused_in_words(tmp_path, raw, parts):
    file = tmp_path / "calls.csv"
    file.write_bytes(raw)
    message = refusal(file)
    assert [part for part in parts if part not in message] == [], message


def test_a_missing_file_and_a_folder_are_refused(tmp_path):
    assert "no such file" in refusal(tmp_path / "absent.csv")
    assert "got a folder" in refusal(tmp_path)


def test_the_wrong_encoding_is_refused_with_its_line(tmp_path):
    file = tmp_path / "calls.csv"
    file.write_bytes((HEAD + GOOD).encode() + "2026-03-02 10:30,4 Gespräche\n".encode("cp1252"))
    message = refusal(file, HistorySource(encoding="utf-8"))
    assert "line 5 is not utf-8 text" in message
    assert "gb18030" in message


def test_a_packed_bomb_is_refused_before_it_is_unpacked_whole(tmp_path, monkeypatch):
    monkeypatch.setattr(acd_table, "MAX_BYTES", 1 << 21)
    file = tmp_path / "calls.csv.gz"
    file.write_bytes(gzip.compress(b"0" * (1 << 26)))
    assert "more than 2 MiB" in refusal(file)


def test_a_workbook_that_unpacks_without_bound_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(acd_workbook, "MAX_BYTES", 1 << 21)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("xl/worksheets/sheet1.xml", b"0" * (1 << 22))
    file = tmp_path / "calls.xlsx"
    file.write_bytes(packed.getvalue())
    assert "unpacks to more than 2 MiB" in refusal(file)


def test_a_workbook_without_that_sheet_or_without_rows_is_refused(tmp_path):
    file = tmp_path / "calls.xlsx"
    book = openpyxl.Workbook()
    book.save(file)
    assert "no sheet 'May'; it has 'Sheet'" in refusal(file, HistorySource(sheet="May"))
    assert "is empty" in refusal(file)


def test_an_unknown_time_zone_and_interval_are_refused(tmp_path):
    file = tmp_path / "calls.csv"
    file.write_text(HEAD + GOOD)
    assert "timezone" in refusal(file, timezone="Mars/Olympus")
    assert "interval_min is one of" in refusal(file, interval_min=7)


@pytest.mark.parametrize(
    ("choices", "part"),
    [
        ({"columns": {"calls": "x"}}, "unknown words"),
        ({"layout": "diagonal"}, "layout is one of"),
        ({"decimal": ";"}, "decimal is one of"),
        ({"file_interval_min": 0}, "whole number of minutes"),
        ({"file_interval_min": True}, "whole number of minutes"),
        ({"queue": " "}, "queue is empty"),
        ({"drop_from": "9 pm"}, "time of day"),
        ({"file_timezone": "Nowhere"}, "timezone"),
    ],
)
def test_an_impossible_source_is_refused(choices, part):
    with pytest.raises(BadInput, match=part):
        HistorySource(**choices)
