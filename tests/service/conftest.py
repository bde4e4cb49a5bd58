"""A store with a site, and callers of several roles."""

import shutil

import pytest

from wfm.access import Caller, Grant
from wfm.adapters.store import open_store
from wfm.service import Service


@pytest.fixture(scope="session")
def empty_store(tmp_path_factory):
    path = tmp_path_factory.mktemp("template") / "store.sqlite"
    made = open_store(str(path))
    for key, zone in (("berlin", "Europe/Berlin"), ("paris", "Europe/Paris")):
        made.records.save("sites", {"key": key, "timezone": zone}, by="set-up")
    made.close()
    return path


@pytest.fixture
def store(empty_store, tmp_path):
    made = open_store(str(shutil.copy(empty_store, tmp_path / "store.sqlite")))
    yield made
    made.close()


@pytest.fixture
def as_(store):
    """Return the service of somebody with a role at Berlin."""

    def signed(role, site="berlin", **more):
        return Service(store, Caller(role, (Grant(role, site),), **more))

    return signed
