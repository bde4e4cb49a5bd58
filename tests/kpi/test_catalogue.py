"""Is the catalogue the agreed one, whole and consistent with the code?"""

from pathlib import Path

import pytest

from wfm import kpi
from wfm.errors import BadInput
from wfm.kpi import catalogue
from wfm.kpi.measures import all_measures

ROOT = Path(__file__).resolve().parents[2]
SHARED = next(
    (p / "shared" / "kpis.csv" for p in ROOT.parents if (p / "shared" / "kpis.csv").exists()), None
)


def test_the_catalogue_is_the_agreed_one():
    if SHARED is None:
        pytest.skip("no folder `shared` with kpis.csv beside the project")
    shipped = ROOT / "wfm/kpi/kpis.csv"
    assert shipped.read_text(encoding="utf-8") == SHARED.read_text(encoding="utf-8")


def test_every_row_is_whole():
    for item in kpi.kpis():
        assert item.name_en
        assert item.name_zh
        assert item.formula
        assert item.pitfall
        assert item.direction in ("up", "down", "band")
        assert set(item.levels) <= set(catalogue.LEVELS), item.key
    assert len({item.key for item in kpi.kpis()}) == 72


def test_a_default_target_says_where_it_comes_from():
    for item in kpi.kpis():
        span = item.target_range
        if span is None:
            continue
        assert span[0] <= span[1]
        assert item.target_source != "set locally", item.key
    assert catalogue.find("service_level").target_range == (0.8, 0.8)
    assert catalogue.find("occupancy").target_range == (0.75, 0.85)


def test_counters_are_kpis_that_exist():
    keys = {item.key for item in kpi.kpis()}
    for key, counters in catalogue.COUNTERS.items():
        assert key in keys
        assert set(counters) <= keys
        assert key not in counters


def test_a_misspelt_key_is_answered_with_the_nearest():
    with pytest.raises(BadInput, match="did you mean service_level"):
        catalogue.find("servicelevel")


@pytest.mark.parametrize("key", sorted(all_measures()))
def test_defaults_are_among_the_allowed(key):
    for choice in all_measures()[key].choices:
        assert not choice.allowed or choice.default in choice.allowed, choice.name
        assert choice.meaning


def test_the_document_is_what_the_code_says():
    from wfm.kpi import document

    assert (ROOT / "docs/kpis.md").read_text(encoding="utf-8") == document.as_markdown()
