"""Both databases for every test of the store: SQLite in a file, PostgreSQL in a throw-away server."""

import os

import pytest

from benchmarks.store import cluster as clusters
from wfm.adapters.store import open_store


@pytest.fixture(scope="session")
def cluster():
    reason = clusters.absent()
    if reason and os.environ.get("CI"):
        pytest.fail(f"CI must test on PostgreSQL too: {reason}")
    if reason:
        pytest.skip(reason)
    with clusters.Cluster(durable=False) as found:
        yield found


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request, tmp_path):
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'store.sqlite'}"
    return request.getfixturevalue("cluster").database()


@pytest.fixture
def store(url):
    opened = open_store(url)
    opened.records.save("sites", {"key": "main", "timezone": "Europe/Berlin"}, by="set-up")
    yield opened
    opened.close()
