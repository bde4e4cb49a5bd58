"""Compiled kernels find a folder on any machine."""

import os

import pytest

import wfm
from wfm.queueing import _cache


@pytest.fixture
def _no_folder(monkeypatch, tmp_path):
    blocked = tmp_path / "a-file"
    blocked.touch()
    monkeypatch.delenv("NUMBA_CACHE_DIR", raising=False)
    monkeypatch.setattr(_cache.tempfile, "tempdir", str(tmp_path))
    for name in ("XDG_CACHE_HOME", "LOCALAPPDATA", "HOME"):
        monkeypatch.setenv(name, str(blocked))


def test_the_environment_decides_first(monkeypatch):
    monkeypatch.setenv("NUMBA_CACHE_DIR", "elsewhere")
    _cache.choose_folder()
    assert os.environ["NUMBA_CACHE_DIR"] == "elsewhere"


@pytest.mark.usefixtures("_no_folder")
def test_without_a_writable_home_kernels_go_to_the_temporary_folder(tmp_path):
    _cache.choose_folder()
    chosen = _cache.Path(os.environ["NUMBA_CACHE_DIR"])
    assert chosen.is_dir()
    assert tmp_path in chosen.parents
    assert wfm.__version__ in chosen.name


@pytest.mark.usefixtures("_no_folder")
@pytest.mark.skipif(not hasattr(os, "getuid"), reason="folders have no owner here")
def test_a_folder_of_somebody_else_is_not_trusted(monkeypatch, tmp_path):
    owner = os.getuid()
    theirs = tmp_path / f"wfm-{owner + 1}"
    theirs.mkdir()  # ours on disk, but not of the user that asks
    monkeypatch.setattr(_cache.os, "getuid", lambda: owner + 1)
    _cache.choose_folder()
    assert theirs not in _cache.Path(os.environ["NUMBA_CACHE_DIR"]).parents
