"""A service on a store, of either kind, with two sites, users of several roles, perhaps a plan."""

import shutil

import pytest

from tests.adapters.store.made_plans import small
from tests.databases import KINDS, cluster  # noqa: F401 - a fixture
from tests.rest.centres import Centre, fill


@pytest.fixture(scope="session")
def template(tmp_path_factory):
    path = tmp_path_factory.mktemp("template") / "store.sqlite"
    fill(path)
    return path


@pytest.fixture(scope="session")
def postgresql_template(cluster):  # noqa: F811
    address = cluster.database()
    fill(address)
    return address


@pytest.fixture(params=KINDS)
def address(request, tmp_path):
    """Return the address of a filled store of its own."""
    if request.param == "sqlite":
        return shutil.copy(request.getfixturevalue("template"), tmp_path / "store.sqlite")
    made = request.getfixturevalue("postgresql_template")
    return request.getfixturevalue("cluster").database(of=made)


@pytest.fixture
def centre(address):
    made = Centre(address)
    yield made
    made.store.close()


@pytest.fixture
def planned(centre):
    """Return the centre with a saved plan at Berlin."""
    centre.plan = small()
    centre.saved = centre.store.plans.save(centre.plan, "week 8", by="set-up", site="berlin")
    return centre
