"""Compiled kernels find a folder on any machine."""

import ast
import math
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import wfm
from forecasts import _cache as forecasts_cache
from wfm.queueing import _cache

ROOT = Path(__file__).resolve().parents[2]


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


def _imports(file):
    """Return the modules a file names, `from package import module` as ``package.module``."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            whole = f"{node.module}." if Path(ROOT, *node.module.split(".")).is_dir() else None
            yield from ([whole + alias.name for alias in node.names] if whole else [node.module])


def _module(file):
    return ".".join(file.relative_to(ROOT).with_suffix("").parts)


def test_the_folder_is_named_after_every_file_that_compiles():
    files = [*ROOT.glob("wfm/**/*.py"), *ROOT.glob("forecasts/**/*.py")]
    compiling = [file for file in files if "numba" in set(_imports(file))]
    assert len(compiling) > 25
    assert set(compiling) <= set(_cache._files())
    # One process has one folder, chosen by the one or the other.
    assert set(_cache._files()) == set(forecasts_cache._files())


def test_kernels_take_nothing_from_files_that_do_not_name_the_folder():
    named = {_module(file) for file in _cache._files()}
    named |= {"wfm.queueing._cache", "forecasts._cache"}
    for file in _cache._files():
        ours = {name for name in _imports(file) if name.split(".")[0] in {"wfm", "forecasts"}}
        assert ours <= named, file.name


@pytest.mark.parametrize("cache", [_cache, forecasts_cache], ids=["wfm", "forecasts"])
def test_another_text_of_any_kernel_file_is_another_folder(monkeypatch, tmp_path, cache):
    copies = []
    for file in cache._files():
        copy = tmp_path / file.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copies.append(Path(shutil.copy(file, copy)))
    monkeypatch.setattr(cache, "__file__", str(tmp_path / Path(cache.__file__).relative_to(ROOT)))
    seen = {cache._texts()}
    for file in copies:
        text = file.read_text(encoding="utf-8")
        file.write_text(text + "# another\n", encoding="utf-8")
        seen.add(cache._texts())
        file.write_text(text, encoding="utf-8")
    assert {file.parent.name for file in copies} == {"queueing", "roster", "forecasts"}
    assert len(seen) == 1 + len(copies)
    assert cache._texts() in seen


def _installed(folder):
    """Return a copy of the packages, and an environment that runs it with a cache of its own."""
    install = folder / "install"
    for package in ("wfm", "forecasts"):
        shutil.copytree(
            ROOT / package, install / package, ignore=shutil.ignore_patterns("__pycache__")
        )
    return install, {
        **{k: v for k, v in os.environ.items() if k != "NUMBA_CACHE_DIR"},
        "PYTHONPATH": str(install),
        "PYTHONDONTWRITEBYTECODE": "1",
        "XDG_CACHE_HOME": str(folder / "cache"),
        "LOCALAPPDATA": str(folder / "cache"),
    }


def test_a_change_in_one_kernel_file_reaches_cached_kernels_of_another(tmp_path):
    install, environment = _installed(tmp_path)
    code = (
        "from wfm.queueing import _kernels_lines, erlang\n"
        "b = erlang.erlang_b(10.0, 14.0)\n"
        "print(b, sum(_kernels_lines.erlang_b.stats.cache_hits.values()))\n"
    )

    def run():
        done = subprocess.run(
            [sys.executable, "-c", code], env=environment, cwd=tmp_path, check=True,
            capture_output=True, text=True, timeout=120,
        )  # fmt: skip
        return [float(x) for x in done.stdout.split()]

    before, again = run(), run()
    beneath = install / "wfm" / "queueing" / "_kernels_elementary.py"
    text = beneath.read_text(encoding="utf-8")
    assert text.count("return -x * log1pmx((y - x) / x)") == 1
    beneath.write_text(
        text.replace("return -x * log1pmx((y - x) / x)", "return 1.0 - x * log1pmx((y - x) / x)"),
        encoding="utf-8",
    )
    after = run()
    assert again == [before[0], 1.0]
    # log R has grown by one.
    assert after == [pytest.approx(before[0] / math.e, rel=1e-12), 0.0]


def test_a_read_only_install_compiles_once_and_writes_nothing_into_itself(tmp_path):
    install, environment = _installed(tmp_path)
    before = sorted(install.rglob("*"))
    for path in [install, *before]:
        path.chmod(0o555 if path.is_dir() else 0o444)
    code = (
        "from wfm.queueing import erlang, _kernels_quick_c\n"
        "from wfm.scenario import Target\n"
        "assert int(erlang.fewest_agents(100, 180, Target(0.8))) == 14\n"
        "print(sum(_kernels_quick_c.quick_c.stats.cache_hits.values()))\n"
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
    environment = {
        **os.environ, "PYTHONPATH": str(ROOT), "NUMBA_CACHE_DIR": str(tmp_path), **more,
    }  # fmt: skip
    return subprocess.Popen(
        [sys.executable, "-c", code], env=environment, stdout=subprocess.PIPE, text=True
    )


def test_importing_compiles_nothing_and_writes_no_kernel(tmp_path):
    names = [_module(file) for file in _cache._files()]
    code = (
        "import wfm, wfm.queueing.erlang\n"
        "from importlib import import_module\n"
        f"modules = [import_module(name) for name in {names}]\n"
        "from numba.core.dispatcher import Dispatcher\n"
        "jitted = {id(f): f for m in modules\n"
        "          for f in vars(m).values() if isinstance(f, Dispatcher)}.values()\n"
        "print(len(jitted), sum(len(f.signatures) for f in jitted))\n"
    )
    process = _run(code, tmp_path)
    found, compiled = process.communicate(timeout=120)[0].split()
    assert process.returncode == 0
    assert int(found) > 100
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
