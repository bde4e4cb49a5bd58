"""Set-up in one step: `python3 dev.py demo` plans the demo centre, `python3 dev.py test` tests.

Uses the standard library alone. It makes `.venv` beside this file, installs the project there with
the versions of constraints.txt, and remembers by hash what it did, so that the next start is quick.

    python3 dev.py demo [options of `wfm demo`]
    python3 dev.py test [--slow] [options of pytest]
    python3 dev.py check [--no-tests]   tests, lint, types, import rules, benchmarks run once
    python3 dev.py dashboard    open the dashboard on the demo plan
    python3 dev.py run COMMAND  any command inside the environment
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
EXTRAS = {
    "demo": "",
    "dashboard": "",
    "test": "[test,dev]",
    "check": "[test,dev]",
    "run": "[test,dev]",
}
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
CJK_FONT = "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"


def main(arguments: list[str]) -> int:
    """Run the command named first in `arguments`; return its exit code."""
    if not arguments or arguments[0] not in EXTRAS:
        print(__doc__)
        return 2
    command, rest = arguments[0], arguments[1:]
    if sys.version_info < (3, 11):
        print(f"wfm needs Python 3.11 or later; this is {sys.version.split()[0]}", file=sys.stderr)
        return 1
    install("" if command == "run" and rest[:1] == ["wfm"] else EXTRAS[command])
    if command == "demo":
        return run(PYTHON, "-m", "wfm.cli", "demo", *rest)
    if command == "dashboard":
        return run(PYTHON, "-m", "wfm.cli", "dashboard", *rest)
    if command == "run":
        return run(*(rest or [str(PYTHON)]))
    install_browser()
    install_postgresql()
    if command == "test":
        return test(rest)
    return check(rest)


def test(rest: list[str]) -> int:
    """Run the tests; slow ones only with --slow."""
    chosen = [item for item in rest if item != "--slow"]
    marker = [] if "--slow" in rest else ["-m", "not slow"]
    return run(PYTHON, "-m", "pytest", *marker, *chosen)


def check(rest: list[str]) -> int:
    """Run tests, lint, types, import rules and every benchmark once without timing it."""
    steps = {} if "--no-tests" in rest else {"tests": lambda: test(rest)}
    steps |= {
        "lint": lambda: run(PYTHON, "-m", "ruff", "check", "."),
        "format": lambda: run(PYTHON, "-m", "ruff", "format", "--check", "."),
        "types": lambda: run(PYTHON, "-m", "mypy"),
        "imports": lambda: run(BIN / "lint-imports"),
        "benchmarks": lambda: run(PYTHON, "-m", "pytest", "benchmarks", "--benchmark-disable"),
    }
    codes = {}
    for name, step in steps.items():
        print(f"== {name}", flush=True)
        codes[name] = step()
    failed = [name for name, code in codes.items() if code]
    print("checks failed: " + ", ".join(failed) if failed else "all checks passed")
    return 1 if failed else 0


def install(extras: str) -> None:
    """Make the environment and install the project with `extras`, unless that was done already."""
    stamp = VENV / "stamp"
    want = fingerprint()
    done = stamp.read_text().split("\n") if stamp.exists() else []
    if PYTHON.exists() and done[:1] == [want] and (extras == "" or extras in done):
        return
    if not PYTHON.exists() or done[:1] != [want]:
        done = []
        make_venv()
    print(f"installing wfm{extras} into {VENV.name} (once, some minutes) ...", flush=True)
    pip("install", "--quiet", "--disable-pip-version-check", "-c", str(ROOT / "constraints.txt"),
        "-e", f"{ROOT}{extras}")  # fmt: skip
    stamp.write_text("\n".join([want, *dict.fromkeys([*done[1:], extras])]))


def fingerprint() -> str:
    """Return a hash of everything the environment depends on."""
    digest = hashlib.sha256(sys.version.encode() + str(ROOT).encode())
    for name in ("pyproject.toml", "constraints.txt"):
        digest.update((ROOT / name).read_bytes())
    return digest.hexdigest()


def make_venv() -> None:
    """Make the virtual environment, also where Debian's python3-venv is not installed."""
    shutil.rmtree(VENV, ignore_errors=True)
    import venv

    venv.create(VENV, with_pip=False, symlinks=os.name != "nt")


def pip(*arguments: str) -> None:
    """Run this Python's pip on the environment; leave with its output if it fails."""
    command = [sys.executable, "-m", "pip", "--python", str(PYTHON), *arguments]
    asked = [sys.executable, "-m", "pip", "--version"]
    if subprocess.run(asked, capture_output=True, check=False).returncode:
        subprocess.run([str(PYTHON), "-m", "ensurepip"], check=True)
        command = [str(PYTHON), "-m", "pip", *arguments]
    code = subprocess.run(command, cwd=ROOT, check=False).returncode
    if code:
        sys.exit(f"pip ended with {code}; its words are above")


def install_browser() -> None:
    """Install Debian's chromium and a CJK font for the browser tests, where that is possible."""
    wanted = []
    if not any(shutil.which(name) for name in BROWSERS):
        wanted.append("chromium")
    if wanted and not Path(CJK_FONT).exists():
        wanted.append("fonts-noto-cjk")
    if not wanted or shutil.which("apt-get") is None:
        return
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        print(f"browser tests need {', '.join(wanted)}: apt-get install {' '.join(wanted)}")
        return
    print(f"installing {', '.join(wanted)} for the browser tests ...", flush=True)
    apt_install(wanted)


def install_postgresql() -> None:
    """Install Debian's PostgreSQL server for the tests of the store, without starting one."""
    if any(Path("/usr/lib/postgresql").glob("*/bin/postgres")) or not shutil.which("apt-get"):
        return
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        print("tests of the store on PostgreSQL need its server: apt-get install postgresql")
        return
    print("installing postgresql for the tests of the store ...", flush=True)
    settings = Path("/etc/postgresql-common/createcluster.conf")
    if not settings.exists():  # else the package makes and starts a server of its own
        settings.parent.mkdir(parents=True, exist_ok=True)
        settings.write_text("create_main_cluster = false\n", encoding="utf-8")
    apt_install(["-o", "Dpkg::Options::=--force-confold", "postgresql"])


def apt_install(wanted: list[str]) -> None:
    """Install Debian packages; what fails is seen when the tests miss it."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for step in (
        ["apt-get", "update", "-qq"],
        ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *wanted],
    ):
        subprocess.run(step, check=False, stdout=subprocess.DEVNULL, env=environment)


def run(*command: object) -> int:
    """Run `command` inside the environment and return its exit code."""
    environment = {
        **os.environ,
        "PATH": f"{BIN}{os.pathsep}{os.environ.get('PATH', '')}",
        "WFM_COMMAND": "python3 dev.py",
    }
    return subprocess.run([str(part) for part in command], env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
