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
    try:
        hits = [
            subprocess.run(
                [sys.executable, "-c", code], env=environment, cwd=tmp_path, check=True,
                capture_output=True, text=True, timeout=120,
            ).stdout.strip()
            for _ in range(2)
        ]  # fmt: skip
    finally:  # pytest could not remove the folder
        for path in [install, *before]:
            path.chmod(0o755 if path.is_dir() else 0o644)
    assert hits == ["0", "1"]
    assert sorted(install.rglob("*")) == before


def _run(code, tmp_path, **more):
    root = Path(__file__).resolve().parents[2]
    environment = {
        **os.environ, "PYTHONPATH": str(root), "NUMBA_CACHE_DIR": str(tmp_path), **more,
    }  # fmt: skip
    return subprocess.Popen(
        [sys.executable, "-c", code], env=environment, stdout=subprocess.PIPE, text=True
    )


def test_importing_compiles_nothing_and_writes_no_kernel(tmp_path):
    code = (
        "import wfm, wfm.queueing.erlang\n"
        "from wfm.queueing import _kernels, _kernels_nodes, _kernels_quick\n"
        "from numba.core.dispatcher import Dispatcher\n"
        "jitted = [f for m in (_kernels, _kernels_nodes, _kernels_quick)\n"
        "          for f in vars(m).values() if isinstance(f, Dispatcher)]\n"
        "print(len(jitted), sum(len(f.signatures) for f in jitted))\n"
    )
    process = _run(code, tmp_path)
    found, compiled = process.communicate(timeout=120)[0].split()
    assert process.returncode == 0
    assert int(found) > 20
    assert int(compiled) == 0
    assert list(tmp_path.rglob("*.nb*")) == []


@pytest.mark.slow
def test_two_processes_may_start_at_once_on_an_empty_cache(tmp_path):
    code = (
        "from wfm.queueing import erlang\n"
        "from wfm.scenario import Target\n"
        "print(int(erlang.fewest_agents(100, 180, Target(0.8))))\n"
        "print(int(erlang.fewest_agents(100, 180, Target(0.8), patience_s=120)))\n"
    )
    both = [_run(code, tmp_path) for _ in range(2)]
    answers = [process.communicate(timeout=280)[0].split() for process in both]
    assert answers[0] == answers[1]
    assert answers[0][0] == "14"
    assert _run(code, tmp_path).communicate(timeout=120)[0].split() == answers[0]


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_kernels_used_before_a_fork_work_in_the_child(tmp_path):
    code = (
        "import os, warnings; warnings.simplefilter('ignore')\n"
        "import numpy as np\n"
        "from wfm.queueing import erlang\n"
        "from wfm.scenario import Target\n"
        "load = np.linspace(1, 2000, 40_000)\n"
        "def ask(): return erlang.fewest_agents(load, 300, Target(0.8), interval_s=300)\n"
        "before = ask()\n"
        "child = os.fork()\n"
        "if child == 0: os._exit(0 if (ask() == before).all() else 1)\n"
        "assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0\n"
    )
    process = _run(code, tmp_path, WFM_THREADS="2")
    process.communicate(timeout=200)
    assert process.returncode == 0
