"""Amazon Connect's records as JSON: delivered at least once, nested, with fields to come."""

import json

import pytest

from wfm.adapters.acd import read_history
from wfm.errors import BadInput


def record(key, minute, updated, *, talk=None, queue="sales", **more):
    agent = None
    if talk is not None:
        agent = {"AgentInteractionDuration": talk, "AfterContactWorkDuration": 20, "New": {"x": 1}}
    inside = {"Name": queue, "EnqueueTimestamp": f"2026-03-02T09:{minute}:00Z", "Duration": 7}
    return {"ContactId": key, "Channel": "VOICE", "Queue": inside if queue else None,
            "Agent": agent, "LastUpdateTimestamp": f"2026-03-02T10:{updated}:00Z",
            "FieldOfNextYear": [1, 2], **more}  # fmt: skip


# The later update of b stands before the earlier one: the order of the file does not decide.
RECORDS = [
    record("a", "01", "05", talk=100),
    record("b", "02", "20", talk=180),
    record("c", "40", "45"),
    record("b", "02", "06", talk=979),
    record("d", "00", "01", queue=None),
]
WRITTEN = {
    "lines": "\n".join(map(json.dumps, RECORDS)) + "\n",
    "array": json.dumps(RECORDS, indent=2),
    "end to end": "".join(map(json.dumps, RECORDS)),
}


def read(tmp_path, text):
    path = tmp_path / "records.json"
    path.write_text(text, encoding="utf-8")
    return read_history(path, timezone="UTC")


@pytest.mark.parametrize("form", WRITTEN)
def test_each_contact_counts_once_by_its_last_update_in_every_form(tmp_path, form):
    found = read(tmp_path, WRITTEN[form])
    frame = found.frame
    assert frame["queue"].unique().tolist() == ["sales"]
    assert frame["offered"].tolist() == [2, 1]
    assert frame["answered"].tolist() == [2, 0]
    assert frame["abandoned"].tolist() == [0, 1]
    assert frame["aht_s"].iloc[0] == (120 + 200) / 2
    assert frame["wait_answered_s"].tolist() == [14, 0]
    assert any("1 row that told of a contact again" in note for note in found.notes)
    assert any("1 contact that never entered a queue" in note for note in found.notes)


def test_a_queue_of_calls_and_chats_is_two_queues(tmp_path):
    rows = [*RECORDS[:3], record("e", "03", "09", talk=60) | {"Channel": "CHAT"}]
    found = read(tmp_path, json.dumps(rows)).frame
    assert sorted(found["queue"].unique()) == ["sales CHAT", "sales VOICE"]


def test_hold_belongs_to_the_handle_time(tmp_path):
    rows = [record("a", "01", "05", talk=100)]
    rows[0]["Agent"]["CustomerHoldDuration"] = 30
    assert read(tmp_path, json.dumps(rows)).frame["aht_s"].tolist() == [150]


def test_a_duration_that_is_text_is_told_by_its_line(tmp_path):
    rows = [*RECORDS[:3], record("e", "03", "09", talk="long")]
    with pytest.raises(BadInput, match="line 4, got 'long'"):
        read(tmp_path, "\n".join(map(json.dumps, rows)))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('{"Id": 1}\n', "record 1 .line 1. has no ContactId"),
        (WRITTEN["lines"][:-40], "line 5: not readable as JSON"),
        (WRITTEN["array"][:-1], "the JSON array has no end"),
        ('{"ContactId": ' + "[" * 200_000, "not readable as JSON"),
    ],
)
def test_other_json_and_cut_files_are_refused(tmp_path, text, told):
    with pytest.raises(BadInput, match=told):
        read(tmp_path, text)


def test_a_title_in_brackets_does_not_make_a_text_json(tmp_path):
    text = "[Calls of March]\nstart,calls\n2026-03-02 09:00,4\n2026-03-02 09:30,5\n"
    assert read(tmp_path, text).frame["offered"].tolist() == [4, 5]
