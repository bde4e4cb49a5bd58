"""What tests of several folders share: a data folder of their own, the demo's plan and actuals."""

import dataclasses
import os
import tempfile

import pytest

from tests.own_store import forget_store

# Whatever runs outside a test must not find the user's own data either.
_OUTSIDE = tempfile.TemporaryDirectory(prefix="wfm-tests")
_SETTINGS = ("WFM_DATABASE_URL", "WFM_SITE", "WFM_USER", "WFM_PLAN", "WFM_CYCLES")
for _name in _SETTINGS:
    os.environ.pop(_name, None)
os.environ["WFM_DATA_FOLDER"] = _OUTSIDE.name


@pytest.fixture(autouse=True, scope="module")
def own_data_folder(tmp_path_factory):
    """Give each file of tests a data folder of its own; never the user's."""
    place = tmp_path_factory.mktemp("data")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WFM_DATA_FOLDER", str(place))
        forget_store()
        yield place
        forget_store()


@pytest.fixture(scope="session")
def demo_plan():
    """The demo plan without its roster, whose search is the slow part."""
    from wfm import plan as planning
    from wfm.adapters import demo

    history, notes = demo.demo_history()
    scenario = demo.demo_scenario()
    made = planning.make_plan(scenario.revise("no roster", people=()), history, notes=notes)
    return dataclasses.replace(
        made, scenario=dataclasses.replace(made.scenario, people=scenario.people)
    )


@pytest.fixture(scope="session")
def demo_actuals(demo_plan):
    """What happened in the demo centre; not to be changed."""
    from wfm.adapters import demo_actuals as generator

    return generator.demo_actuals(demo_plan)
