"""A service on a store with two sites, users of several roles, and perhaps a plan."""

import shutil

import pytest

from tests.adapters.store.made_plans import small
from tests.rest.centres import Centre, fill


@pytest.fixture(scope="session")
def template(tmp_path_factory):
    path = tmp_path_factory.mktemp("template") / "store.sqlite"
    fill(path)
    return path


@pytest.fixture
def centre(template, tmp_path):
    made = Centre(shutil.copy(template, tmp_path / "store.sqlite"))
    yield made
    made.store.close()


@pytest.fixture
def planned(centre):
    """Return the centre with a saved plan at Berlin."""
    centre.plan = small()
    centre.saved = centre.store.plans.save(centre.plan, "week 8", by="set-up", site="berlin")
    return centre
