"""Do the documents tell the truth: paths exist, examples run, every command is documented?"""

import doctest
import importlib
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
DOCS = sorted([ROOT / "README.md", ROOT / "CONTRIBUTING.md", *ROOT.glob("docs/**/*.md")])
MODULES = sorted(
    ".".join(path.relative_to(ROOT).with_suffix("").parts)
    for folder in ("wfm", "forecasts")
    for path in (ROOT / folder).glob("**/*.py")
    if path.name != "__init__.py" and "ui" not in path.parts and path.name != "cli.py"
)


@pytest.mark.parametrize("path", DOCS, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_python_examples_run(path, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(r"```python\n(.*?)```", path.read_text(encoding="utf-8"), re.S)
    values = {}
    for block in blocks:
        exec(compile(block, path.name, "exec"), values)
    if path.name == "README.md":
        assert blocks, "the README shows no library example"


@pytest.mark.parametrize("path", DOCS, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_links_and_named_paths_exist(path):
    text = path.read_text(encoding="utf-8")
    linked = [t for t in re.findall(r"\]\(([^)#\s]+)[^)]*\)", text) if "://" not in t]
    missing = [target for target in linked if not (path.parent / target).exists()]
    named = re.findall(r"`((?:wfm|forecasts|tests|docs|benchmarks)/[\w./-]+)`", text)
    missing += [name for name in named if not (ROOT / name).exists()]
    assert missing == []


def test_where_names_a_path_in_every_row():
    rows = [
        line for line in (ROOT / "docs/where.md").read_text(encoding="utf-8").splitlines()
        if line.startswith("|")
    ][2:]  # fmt: skip
    assert len(rows) >= 15
    assert [row for row in rows if not re.search(r"`[\w./-]+`", row)] == []


@pytest.mark.parametrize("name", MODULES)
def test_docstring_examples_run(name):
    module = importlib.import_module(name)
    assert (module.__doc__ or "").strip(), f"{name} does not say what it answers"
    assert doctest.testmod(module, optionflags=doctest.NORMALIZE_WHITESPACE).failed == 0


def test_the_tables_document_is_what_the_code_says():
    from wfm import frames

    assert (ROOT / "docs/data.md").read_text(encoding="utf-8") == frames.as_markdown()


def test_every_command_is_in_the_command_document():
    import typer.main

    from wfm.cli import cli

    text = (ROOT / "docs/commands.md").read_text(encoding="utf-8")
    names = typer.main.get_command(cli).commands
    shown = [name for name, command in names.items() if not command.hidden]
    assert [name for name in shown if f"`wfm {name}`" not in text] == []
