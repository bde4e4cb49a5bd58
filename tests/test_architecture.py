"""Does every heavy library live in its one place, and does importing wfm stay light?"""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SOURCES = sorted(
    [*ROOT.glob("wfm/**/*.py"), *ROOT.glob("forecasts/**/*.py"), ROOT / "dashboard.py"]
)

HOMES = {
    "streamlit": ("dashboard.py", "wfm/ui/"),
    "altair": ("wfm/ui/",),
    "ortools": ("wfm/roster/",),
    "numba": ("wfm/queueing/_kernels", "wfm/roster/_kernels", "forecasts/_kernels"),
    "typer": (
        "wfm/cli.py",
        "wfm/cli_forecast.py",
        "wfm/cli_kpi.py",
        "wfm/cli_pdca.py",
        "wfm/cli_roster.py",
        "wfm/cli_store.py",
        "wfm/terminal.py",
    ),
    "sqlalchemy": ("wfm/adapters/store/",),
    "alembic": ("wfm/adapters/store/",),
    "xlsxwriter": ("wfm/adapters/",),
    "openpyxl": ("wfm/adapters/",),
    "icalendar": ("wfm/adapters/",),
    "pydantic": ("wfm/adapters/",),
    "holidays": ("forecasts/calendars.py",),
}


def imports(path):
    """Return the modules that the file names in import statements, at any depth."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            found.add(node.module)
    return found


def test_the_sources_are_found():
    assert len(SOURCES) > 20


@pytest.mark.parametrize("library", HOMES)
def test_a_heavy_library_is_imported_only_at_its_home(library):
    users = [
        path.relative_to(ROOT).as_posix()
        for path in SOURCES
        if any(name.split(".")[0] == library for name in imports(path))
    ]
    assert users, f"nothing imports {library}: is its row here stale?"
    strays = [user for user in users if not user.startswith(HOMES[library])]
    assert strays == []


def test_pages_compute_nothing_so_they_import_no_numbers():
    pages = list((ROOT / "wfm/ui/pages").glob("*.py"))
    assert pages
    for page in pages:
        assert not {name.split(".")[0] for name in imports(page)} & {"pandas", "numpy"}, page.name


def test_the_forecasts_package_knows_nothing_of_wfm():
    for path in (ROOT / "forecasts").glob("*.py"):
        assert not any(name.split(".")[0] == "wfm" for name in imports(path)), path.name


@pytest.mark.parametrize("package", ["wfm", "forecasts", "wfm.errors", "wfm.cli"])
def test_importing_loads_nothing_heavy(package):
    code = (
        f"import sys, {package}; "
        "print(sorted({'pandas','numba','ortools','streamlit','scipy'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_no_host_of_a_package_registry_stands_in_any_file():
    hosts = ("py" + "pi.org", "python" + "hosted", "registry." + "npmjs", "deb." + "debian")
    tracked = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout.split("\0")
    files = [ROOT / name for name in tracked if name and (ROOT / name).is_file()]
    texts = ((path, path.read_bytes()) for path in files or SOURCES)
    found = [path.name for path, text in texts if any(host.encode() in text for host in hosts)]
    assert found == []
