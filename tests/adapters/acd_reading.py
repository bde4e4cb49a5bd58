"""Reading a text as a history, and looking at the result, for the import tests."""

from wfm.adapters.acd import read_history

NEW_YORK = "America/New_York"
QUARTERS = (
    "start,offered\n2026-03-02 09:00,4\n2026-03-02 09:15,6\n"
    "2026-03-02 09:30,0\n2026-03-02 09:45,0\n"
)


def read(tmp_path, text, source=None, *, encoding="utf-8", **options):
    file = tmp_path / "calls.csv"
    file.write_bytes(text.encode(encoding))
    return read_history(file, source, **{"timezone": NEW_YORK, "interval_min": 30, **options})


def volumes(imported):
    """The counts by local clock text, the way a person reads them off."""
    frame = imported.frame
    return dict(zip(frame["start"].dt.strftime("%m-%d %H:%M%z"), frame["offered"], strict=True))


def said(imported, *parts):
    return all(any(part in note for note in imported.notes) for part in parts)
