"""Compiled kernels find a folder on any machine."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

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


def test_a_read_only_install_compiles_once_and_writes_nothing_into_itself(tmp_path):
    root = Path(__file__).resolve().parents[2]
    install = tmp_path / "install"
    for package in ("wfm", "forecasts"):
        shutil.copytree(
            root / package, install / package, ignore=shutil.ignore_patterns("__pycache__")
        )
    before = sorted(install.rglob("*"))
    for path in [install, *before]:
        path.chmod(0o555 if path.is_dir() else 0o444)
    environment = {
        **{k: v for k, v in os.environ.items() if k != "NUMBA_CACHE_DIR"},
        "PYTHONPATH": str(install),
        "PYTHONDONTWRITEBYTECODE": "1",
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
        "LOCALAPPDATA": str(tmp_path / "cache"),
    }
    code = (
        "from wfm.queueing import erlang, _kernels_quick\n"
        "from wfm.scenario import Target\n"
        "assert int(erlang.fewest_agents(100, 180, Target(0.8))) == 14\n"
        "print(sum(_kernels_quick.quick_c.stats.cache_hits.values()))\n"
    )
    hits = [
        subprocess.run(
            [sys.executable, "-c", code], env=environment, cwd=tmp_path, check=True,
            capture_output=True, text=True, timeout=120,
        ).stdout.strip()
        for _ in range(2)
    ]  # fmt: skip
    for path in [install, *before]:
        path.chmod(0o755 if path.is_dir() else 0o644)
    assert hits == ["0", "1"]
    assert sorted(install.rglob("*")) == before
