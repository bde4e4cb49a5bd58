"""A store with two sites, on both databases, and callers of several roles."""

import shutil

import pytest

from tests.databases import KINDS, cluster  # noqa: F401 - a fixture
from wfm.access import Caller, Grant
from wfm.adapters.store import open_store
from wfm.service import Service


def _fill(address):
    made = open_store(str(address))
    for key, zone in (("berlin", "Europe/Berlin"), ("paris", "Europe/Paris")):
        made.records.save("sites", {"key": key, "timezone": zone}, by="set-up")
    made.close()
    return address


@pytest.fixture(scope="session")
def empty_store(tmp_path_factory):
    return _fill(tmp_path_factory.mktemp("template") / "store.sqlite")


@pytest.fixture(scope="session")
def empty_server(cluster):  # noqa: F811
    return _fill(cluster.database())


@pytest.fixture(params=KINDS)
def store(request, tmp_path):
    if request.param == "sqlite":
        template = request.getfixturevalue("empty_store")
        made = open_store(str(shutil.copy(template, tmp_path / "store.sqlite")))
    else:
        template = request.getfixturevalue("empty_server")
        made = open_store(request.getfixturevalue("cluster").database(of=template))
    yield made
    made.close()


@pytest.fixture
def as_(store):
    """Return the service of somebody with a role at Berlin."""

    def signed(role, site="berlin", **more):
        return Service(store, Caller(role, (Grant(role, site),), **more))

    return signed
