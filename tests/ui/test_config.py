"""The dashboard stays on this machine, tells nobody, and keeps its insides to itself."""

from __future__ import annotations

import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CONFIG = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))


def test_the_dashboard_listens_on_this_machine_only():
    assert CONFIG["server"]["address"] == "127.0.0.1"


def test_the_dashboard_sends_nothing_and_asks_for_no_address():
    assert CONFIG["browser"]["gatherUsageStats"] is False
    assert CONFIG["server"]["showEmailPrompt"] is False


def test_a_fault_never_shows_a_traceback():
    assert CONFIG["client"]["showErrorDetails"] == "none"


def test_no_font_comes_from_elsewhere():
    assert "http" not in (ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8")


def test_no_pages_folder_stands_beside_the_script():
    # Streamlit would take its files for pages and show them empty.
    assert not (ROOT / "pages").exists()
