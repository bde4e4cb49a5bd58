"""Every text comes from the table, and every text of the table is used."""

from __future__ import annotations

import ast
import datetime as dt
import math
import re
import string
from collections import Counter
from pathlib import Path

import pytest

import wfm.ui
from wfm.ui import i18n
from wfm.ui.texts import TABLES, TEXTS

UI = Path(wfm.ui.__file__).parent
# The sentences of one number are shared with the terminal.
WHY = UI.parent / "why.py"
SOURCES = [*sorted(UI.rglob("*.py")), WHY]
# Files that draw; the tables themselves and the language helpers are not among them.
DRAWING = [path for path in SOURCES if path not in (*UI.glob("texts*.py"), UI / "i18n.py", WHY)]
EN = TEXTS["en"]


def calls_of_t(path: Path) -> list[ast.expr]:
    """First arguments of every call of t() in a file, and of tip(), which passes its own on."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            if node.func.id in ("t", "say"):
                found.append(node.args[0])
            elif node.func.id == "tip":
                found.append(node.args[1])
    return found


def key_patterns(argument: ast.expr) -> list[str]:
    """Regular expressions of the keys that an argument can become."""
    if isinstance(argument, ast.Constant):
        return [re.escape(argument.value)]
    if isinstance(argument, ast.IfExp):
        return key_patterns(argument.body) + key_patterns(argument.orelse)
    if isinstance(argument, ast.JoinedStr):
        parts = [
            re.escape(part.value) if isinstance(part, ast.Constant) else r"[^.]+"
            for part in argument.values
        ]
        return ["".join(parts)]
    return []


def used_patterns() -> dict[str, str]:
    return {
        pattern: path.name
        for path in SOURCES
        for argument in calls_of_t(path)
        for pattern in key_patterns(argument)
    }


def test_no_key_stands_in_two_tables():
    keys = [key for table in TABLES for key in table]
    assert len(keys) > 500
    assert [key for key, times in Counter(keys).items() if times > 1] == []


def test_every_key_that_is_asked_for_exists():
    lost = [
        (pattern, name)
        for pattern, name in used_patterns().items()
        if not any(re.fullmatch(pattern, key) for key in EN)
    ]
    assert lost == []


def test_every_key_in_the_table_is_asked_for():
    patterns = list(used_patterns())
    named = {
        node.value
        for path in DRAWING
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    idle = [
        key
        for key in EN
        if key not in named and not any(re.fullmatch(pattern, key) for pattern in patterns)
    ]
    assert idle == []


def literal_texts(path: Path) -> list[str]:
    """Strings in a drawing file that look like words for people: a capital first, or two words."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    skipped = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef) and ast.get_docstring(
            node
        ):
            skipped.add(id(node.body[0].value))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and (
            isinstance(node.func.value, ast.Name) and node.func.value.id == "LOG"
        ):  # fmt: skip
            skipped |= {id(part) for part in ast.walk(node)}
        if isinstance(node, ast.Subscript | ast.AnnAssign):
            part = node.slice if isinstance(node, ast.Subscript) else node.annotation
            skipped |= {id(inner) for inner in ast.walk(part)}
    words = re.compile(r"^[A-Z][a-z]{2,}|[A-Za-z]{2,} [A-Za-z]{2,}")
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and id(node) not in skipped
        and words.search(node.value)
        and not node.value.lstrip().startswith("<")
    ]


@pytest.mark.parametrize("path", DRAWING, ids=lambda path: str(path.relative_to(UI)))
def test_no_page_or_chart_holds_a_text_of_its_own(path):
    assert literal_texts(path) == []


def test_a_literal_text_would_be_found(tmp_path):
    page = tmp_path / "page.py"
    page.write_text('"""Doc string."""\nimport streamlit as st\nst.write("Hello planner")\n')
    assert literal_texts(page) == ["Hello planner"]


@pytest.mark.parametrize("path", sorted((UI / "pages").glob("*.py")), ids=lambda path: path.name)
def test_a_page_does_not_touch_tables_itself(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    imported = {alias.name.split(".")[0] for node in ast.walk(tree)
                if isinstance(node, ast.Import) for alias in node.names}  # fmt: skip
    imported |= {(node.module or "").split(".")[0] for node in ast.walk(tree)
                 if isinstance(node, ast.ImportFrom)}  # fmt: skip
    assert not imported & {"pandas", "numpy", "altair", "forecasts", "ortools"}


def test_another_language_has_no_keys_and_no_fields_of_its_own():
    for language, texts in TEXTS.items():
        assert set(texts) <= set(EN), language
        for key, text in texts.items():
            assert fields(text) == fields(EN[key]), (language, key)


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_a_language_without_a_text_falls_back_to_english(monkeypatch):
    monkeypatch.setattr(i18n, "LANGUAGE", "zh")
    monkeypatch.setitem(TEXTS, "zh", {"nav.home": "总览"})
    assert i18n.t("nav.home") == "总览"
    assert i18n.t("nav.roster") == EN["nav.roster"]


def test_texts_hold_no_emoji():
    assert not [key for key, text in EN.items() if any(ord(char) > 0x2FFF for char in text)]


def test_an_unknown_key_is_an_error():
    with pytest.raises(KeyError):
        i18n.t("no.such.key")


@pytest.mark.parametrize(
    ("given", "shown"),
    [(0.0, "0.0 %"), (1.0, "100.0 %"), (math.nan, "–"), (None, "–"), (0.12345, "12.3 %")],
)
def test_percent_shows_a_dash_where_there_is_no_number(given, shown):
    assert i18n.percent(given, 1).replace("\N{NO-BREAK SPACE}", " ") == shown


@pytest.mark.parametrize(
    ("given", "shown"), [(-0.0, "0"), (2.4, "+2"), (-2.6, "-3"), (-0.4, "0"), (math.inf, "–")]
)
def test_a_change_shows_its_sign_and_nothing_shows_none(given, shown):
    assert i18n.signed(given) == shown


def test_a_bias_shows_its_sign():
    assert i18n.signed_percent(-0.0447).replace("\N{NO-BREAK SPACE}", " ") == "-4.5 %"
    assert i18n.signed_percent(math.nan) == "–"


def test_days_and_times_are_iso_with_their_weekday():
    when = dt.datetime(2003, 10, 26, 1, 30)
    assert i18n.time_text(when) == "Sun 2003-10-26 01:30"
    assert i18n.short_day(when.date()) == "Sun 10-26"


@pytest.mark.parametrize(
    ("seconds", "shown"), [(20, "20 s"), (90, "90 s"), (120, "2 min"), (5400, "90 min"),
                           (14400, "4 h"), (math.inf, "–")],
)  # fmt: skip
def test_a_duration_reads_in_the_unit_a_planner_uses(seconds, shown):
    assert i18n.duration(seconds) == shown
