"""Twilio Flex Insights: segments of conversations, time counted where it started."""

import pytest

from wfm.adapters.acd import read_history
from wfm.errors import BadInput

# c1 talks for 50 minutes from 09:05 on; c2 hangs up; c3 is passed from care to sales.
FILE = """Date,Time,Kind,Conversation,Queue,Queue Time,Talk Time,Wrap Up Time
2026-03-02,09:05,Queue,c1,care,20,,
2026-03-02,09:05,Conversation,c1,care,,3000,
2026-03-02,09:55,Wrap-up,c1,care,,,100
2026-03-02,09:06,Queue,c2,care,45,,
2026-03-02,09:10,Agent Status,,,,,
2026-03-02,09:31,Queue,c3,care,10,,
2026-03-02,09:32,Conversation,c3,care,,200,
2026-03-02,09:35,Queue,c3,sales,5,,
2026-03-02,09:36,Conversation,c3,sales,,300,
"""


def read(tmp_path, text):
    path = tmp_path / "segments.csv"
    path.write_text(text, encoding="utf-8")
    return read_history(path, timezone="UTC", interval_min=30)


def test_more_handle_time_than_the_interval_is_long_is_noted_and_not_refused(tmp_path):
    found = read(tmp_path, FILE)
    first = found.frame.iloc[0]
    assert first["aht_s"] * first["answered"] == 3100 > 30 * 60
    assert any("more handle time than it is long" in note for note in found.notes)


def test_a_conversation_is_a_contact_in_each_queue_it_came_to(tmp_path):
    found = read(tmp_path, FILE)
    frame = found.frame
    assert frame["queue"].tolist() == ["care", "care", "sales"]
    assert frame["offered"].tolist() == [2, 1, 1]
    assert frame["abandoned"].tolist() == [1, 0, 0]
    assert frame["wait_abandoned_s"].tolist() == [45, 0, 0]
    assert frame["aht_s"].tolist() == [3100, 200, 300]
    assert any("1 segment of other kinds" in note for note in found.notes)


def test_the_order_of_segments_does_not_change_the_counts(tmp_path):
    header, *lines = FILE.splitlines()
    turned = "\n".join([header, *reversed(lines)])
    assert read(tmp_path, turned).frame.equals(read(tmp_path, FILE).frame)


def test_one_column_of_durations_is_waiting_or_handling_by_the_kind(tmp_path):
    text = """Date,Time,Kind,Conversation,Queue,Duration
2026-03-02,09:05,Queue,c1,care,20
2026-03-02,09:06,Conversation,c1,care,200
2026-03-02,09:10,Wrap-up,c1,care,30
"""
    frame = read(tmp_path, text).frame
    assert (frame["aht_s"].tolist(), frame["wait_answered_s"].tolist()) == ([230], [20])


def test_segments_without_times_are_refused(tmp_path):
    text = "\n".join(line.rsplit(",", 3)[0] for line in FILE.splitlines())
    with pytest.raises(BadInput, match="segments without their times"):
        read(tmp_path, text)


def test_a_file_with_a_kind_that_is_no_segment_is_read_as_it_is(tmp_path):
    text = ("start,kind,conversation,queue,calls\n2026-03-02 09:00,voice,1,care,4\n"
            "2026-03-02 09:30,voice,2,care,5\n")  # fmt: skip
    assert read(tmp_path, text).frame["offered"].tolist() == [4, 5]


def test_a_conversation_that_comes_back_to_a_queue_counts_once_there(tmp_path):
    text = FILE + "2026-03-02,09:50,Queue,c3,care,7,,\n"
    found = read(tmp_path, text)
    assert found.frame["offered"].tolist() == [2, 1, 1]
    assert found.frame["wait_answered_s"].tolist() == [20, 17, 5]
    assert any("1 conversation came to one queue several times" in note for note in found.notes)
