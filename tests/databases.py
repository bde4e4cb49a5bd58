"""Fixtures of both databases, for any folder of tests: SQLite, and a PostgreSQL server of our own.

A conftest imports `cluster`; where PostgreSQL is not installed its tests skip and say so, and with
`CI` set they fail.
"""

import atexit
import functools
import os

import pytest

from benchmarks.store import cluster as clusters

KINDS = ("sqlite", "postgresql")


@functools.cache
def _running():
    """Start the server once for all folders of tests."""
    made = clusters.Cluster(durable=False).__enter__()
    atexit.register(made.__exit__)
    return made


@pytest.fixture(scope="session")
def cluster():
    reason = clusters.absent()
    if reason and os.environ.get("CI"):
        pytest.fail(f"CI must test on PostgreSQL too: {reason}")
    if reason:
        pytest.skip(reason)
    return _running()


def durable_cluster():
    """Return a server that may be stopped and crashed, to be used in a with statement; or skip."""
    reason = clusters.absent()
    if reason:
        assert not os.environ.get("CI"), reason
        pytest.skip(reason)
    return clusters.Cluster(durable=True)
