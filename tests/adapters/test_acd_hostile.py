import io
import zipfile

import numpy as np
import openpyxl
import pandas as pd
import pytest

from wfm.adapters.acd_offer import file_name, offer_bytes
from wfm.errors import BadInput


def workbook(rows=()):
    book, out = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(out)
    return out.getvalue()


def swollen(size):
    """Return a workbook whose sheet unpacks to `size` bytes of the same cells."""
    old, out = zipfile.ZipFile(io.BytesIO(workbook([["start", "calls"]]))), io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            if name.endswith("sheet1.xml"):
                row = b"<row><c><v>1</v></c></row>"
                content = content.replace(
                    b"</sheetData>", row * (size // len(row)) + b"</sheetData>"
                )
            new.writestr(name, content)
    return out.getvalue()


def test_a_workbook_that_swells_is_refused_before_it_is_read():
    with pytest.raises(BadInput, match="times its size, which no history does"):
        offer_bytes("calls.xlsx", swollen(32 << 20), timezone="UTC")


def test_a_real_workbook_of_a_year_is_not_taken_for_a_swollen_one():
    start = pd.date_range("2025-01-01", periods=35040, freq="15min")
    offered = np.random.default_rng(1).poisson(9, len(start))
    rows = [["start", "calls"], *zip(start.to_pydatetime(), offered.tolist(), strict=True)]
    assert len(offer_bytes("calls.xlsx", workbook(rows), timezone="UTC").history.frame) == 35040


def test_ten_thousand_columns_are_refused():
    for raw in (("c," * 10_000 + "\n" + "1," * 10_000).encode(), workbook([range(10_000)] * 2)):
        with pytest.raises(BadInput, match="columns"):
            offer_bytes("calls.xlsx", raw, timezone="UTC")


@pytest.mark.parametrize(
    ("name", "shown"),
    [("../../etc/passwd", "passwd"), ("C:\\x\\..\\a.csv", "a.csv"), ("..", "upload"),
     ("", "upload"),
     ("a\x00\n.csv", "a.csv"), ("x" * 500, "x" * 120), ("/", "upload")],
)  # fmt: skip
def test_a_file_name_loses_its_path(name, shown):
    assert file_name(name) == shown
