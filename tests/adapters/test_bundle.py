import io
import json
import zipfile

import pytest

from tests.test_plan import history, scenario
from wfm import plan as planning
from wfm.adapters.bundle import bundle_bytes, load_bundle
from wfm.adapters.export_csv import zip_bytes
from wfm.errors import BadInput


@pytest.fixture(scope="module")
def plan():
    return planning.make_plan(scenario(people=3), history(weeks=4), time_limit_s=2)


@pytest.fixture(scope="module")
def packed(plan):
    return bundle_bytes(plan)


def files(packed):
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_a_plan_arrives_as_it_was(plan, packed):
    found = load_bundle(packed)
    assert found.id == plan.id
    assert (found.scenario, found.provenance) == (plan.scenario, plan.provenance)
    assert found.roster.frame.equals(plan.roster.frame)
    assert found.forecast.equals(plan.forecast)


def test_a_bundle_of_a_bundle_says_the_same(plan, packed):
    again = files(bundle_bytes(load_bundle(packed)))
    assert json.loads(again["bundle.json"])["plan_id"] == plan.id


@pytest.mark.parametrize("name", ["../x.csv", "/etc/x", "tables-00000000/../../x.csv", "a\\b.csv",
                                  "tables-00000000/plan.json", "PLAN.JSON"])  # fmt: skip
def test_a_name_that_leads_elsewhere_is_refused_and_nothing_is_written(packed, name):
    with pytest.raises(BadInput, match="do not belong"):
        load_bundle(zip_bytes({**files(packed), name: b"x"}))


def test_a_bundle_with_another_plan_inside_is_refused(packed):
    found = files(packed)
    manifest = {**json.loads(found["bundle.json"]), "plan_id": "0" * 12}
    with pytest.raises(BadInput, match="its content is plan"):
        load_bundle(zip_bytes({**found, "bundle.json": json.dumps(manifest).encode()}))


def test_a_changed_table_is_refused(packed):
    found = files(packed)
    name = next(name for name in found if name.endswith("forecast.csv"))
    with pytest.raises(BadInput, match="was changed"):
        load_bundle(zip_bytes({**found, name: found[name].replace(b"1", b"2", 1)}))


def test_whatever_is_cut_or_flipped_is_refused_in_words(packed):
    for at in range(7, len(packed), len(packed) // 25):
        for broken in (packed[:at], packed[:at] + bytes([packed[at] ^ 255]) + packed[at + 1 :]):
            try:
                load_bundle(broken)
            except BadInput:
                continue
            assert broken != packed[:at], "half a bundle was opened"


def test_a_bundle_that_unpacks_without_bound_is_refused(packed, monkeypatch):
    from wfm.adapters import bundle

    monkeypatch.setattr(bundle, "MAX_BYTES", 1000)
    with pytest.raises(BadInput, match="unpacks to more"):
        load_bundle(packed)
