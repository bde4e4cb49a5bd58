"""Whatever stands in a file, the answer is a history or BadInput, never another error."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.adapters.acd_reading import read
from wfm import frames
from wfm.adapters.acd import HistorySource, read_history
from wfm.errors import BadInput

CELL = st.sampled_from([
    "2026-03-02 09:00", "2026-03-02 09:30", "2026-03-08 02:30", "2025-11-02 01:00", "24:00", "9:30",
    "3/4/2026", "4", "0", "-1", "", "x", "1,5", "1e9", "nan", "Total", "3:05", "\u0661", "投诉",
    '"',
    "2026-03-02T09:00Z", "99999999", "AGENT", "0930", "1_0", "＋４", "Ⅳ", "²", "+",
])  # fmt: skip
HEADER = st.sampled_from([
    "start", "date", "time", "queue", "offered", "calls", "aht", "aht_min", "answered", "abandoned",
    "outcome", "service_s", "wait", "asa", "interval", "x", "", "Total handle time",
])  # fmt: skip


@settings(max_examples=300, deadline=None,
          suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
@given(
    head=st.lists(HEADER, min_size=1, max_size=5),
    rows=st.lists(st.lists(CELL, min_size=1, max_size=5), max_size=6),
    separator=st.sampled_from([",", ";", "\t"]),
    layout=st.sampled_from([None, None, "contacts", "wide", "intervals"]),
)
def test_whatever_stands_in_the_cells_the_answer_is_a_history_or_bad_input(
    tmp_path, head, rows, separator, layout
):
    text = "\n".join(separator.join(line) for line in [head, *rows])
    try:
        imported = read(tmp_path, text, HistorySource(layout=layout))
    except BadInput:
        pass
    else:
        frame = frames.check("history", imported.frame)
        assert (frame["offered"] >= 0).all()
        assert imported.notes


@settings(max_examples=150, deadline=None,
          suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
@given(raw=st.binary(max_size=300))
def test_whatever_the_bytes_are_the_answer_is_a_history_or_bad_input(tmp_path, raw):
    file = tmp_path / "calls.csv"
    for start in (
        b"",
        b"start,calls\n2026-03-02 09:00,4\n",
        b"\xff\xfe",
        b"\x1f\x8b",
        b"PK\x03\x04",
    ):
        file.write_bytes(start + raw)
        with pytest.raises(BadInput) if start in (b"\x1f\x8b", b"PK\x03\x04") else _allowed():
            read_history(file, timezone="UTC")


class _allowed:  # noqa: N801
    """A block that may end in BadInput or not at all."""

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        return kind is not None and issubclass(kind, BadInput)
