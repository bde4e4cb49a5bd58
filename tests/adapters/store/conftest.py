"""Both databases for every test: SQLite in a file, PostgreSQL in a throw-away server."""

import shutil

import pytest

from tests.databases import cluster  # noqa: F401 - a fixture
from wfm.adapters.store import open_store


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory):
    path = tmp_path_factory.mktemp("template") / "store.sqlite"
    open_store(str(path)).close()
    return path


@pytest.fixture(scope="session")
def postgresql_template(cluster):  # noqa: F811
    address = cluster.database()
    open_store(address).close()
    return address


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request, tmp_path):
    """Return the address of a store of its own: made once, copied for each test."""
    if request.param == "sqlite":
        path = shutil.copy(request.getfixturevalue("sqlite_template"), tmp_path / "store.sqlite")
        return f"sqlite:///{path}"
    template = request.getfixturevalue("postgresql_template")
    return request.getfixturevalue("cluster").database(of=template)


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request, tmp_path):
    """Return the address of a database without any table."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'empty.sqlite'}"
    return request.getfixturevalue("cluster").database()


@pytest.fixture
def store(url):
    opened = open_store(url)
    opened.records.save("sites", {"key": "main", "timezone": "Europe/Berlin"}, by="set-up")
    yield opened
    opened.close()
