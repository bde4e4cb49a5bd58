"""Scenario files: TOML with the choices, a CSV beside it with the people.

A scenario file has the fields of `wfm.scenario.Scenario`, plus

- ``people_file = "people.csv"``: columns id, contract, skills and, where wanted, name, team,
  time_off, weekdays_off, roles, pattern, pattern_week; several values in a cell are
  joined by ``;``,
- ``rules = "eu"``, or ``[rules]`` with ``preset = "eu"`` and fields that differ from it (the names
  of `wfm.labour.presets`),
- ``[history]``: how to read the history file (fields of `wfm.adapters.acd.HistorySource`).
"""

from __future__ import annotations

import csv
import dataclasses
import datetime as dt
import io
import json
import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import ConfigDict, TypeAdapter, ValidationError

from wfm import scenario as scenario_module
from wfm import workforce as workforce_module
from wfm.adapters.acd import HistorySource
from wfm.adapters.export_csv import escape, unescape
from wfm.adapters.text_file import read_text
from wfm.errors import BadInput
from wfm.labour import preset_fields
from wfm.scenario import Scenario

_SHOWN = 5
# A number with a decimal comma, alone behind its field: 0,8 is no TOML.
_COMMA = re.compile(r"^[ \t]*[\w.-]+[ \t]*=[ \t]*-?\d+,\d+[ \t]*(#.*)?$", re.MULTILINE)
_PEOPLE = (
    "id",
    "contract",
    "skills",
    "name",
    "team",
    "time_off",
    "weekdays_off",
    "roles",
    "pattern",
    "pattern_week",
)


@cache
def _adapter(kind: type) -> TypeAdapter[Any]:
    """Return a reader of `kind` that refuses fields the dataclasses do not have."""
    for module in (scenario_module, workforce_module):
        for value in vars(module).values():
            if dataclasses.is_dataclass(value):
                value.__pydantic_config__ = ConfigDict(extra="forbid")  # type: ignore[union-attr]
    HistorySource.__pydantic_config__ = ConfigDict(extra="forbid")  # type: ignore[attr-defined]
    return TypeAdapter(kind)


def read_scenario(path: str | Path) -> tuple[Scenario, HistorySource]:
    """Return the scenario in the TOML file `path`, and how its history is to be read.

    Raises
    ------
    BadInput
        The file is missing, is not TOML, or a field is unknown, missing or wrong; up to five
        problems are listed with their place.
    """
    path = Path(path)
    values = _toml(path)
    source = values.pop("history", {})
    people_file = values.pop("people_file", None)
    _fill_preset(values, path.name)
    if people_file is not None:
        if "people" in values:
            raise BadInput(f"{path.name}: give people or people_file, not both")
        values["people"] = read_people(path.parent / str(people_file))
    return (
        _build(_adapter(Scenario), values, path.name),
        _build(_adapter(HistorySource), source, f"{path.name}: [history]"),
    )


def scenario_from_json(text: str) -> Scenario:
    """Return the scenario that `scenario_to_json` wrote."""
    return _build(_adapter(Scenario), json.loads(text), "scenario.json")


def scenario_to_json(scenario: Scenario) -> str:
    """Return `scenario` as JSON text; an infinite patience is written as ``Infinity``."""
    return json.dumps(_plain(dataclasses.asdict(scenario)), ensure_ascii=False, indent=1)


def write_scenario(
    path: str | Path, scenario: Scenario, source: HistorySource | None = None
) -> tuple[Path, Path]:
    """Write `scenario` as TOML at `path` and its people as ``<stem>_people.csv`` beside it.

    Returns
    -------
    tuple of Path
        The two files.

    Raises
    ------
    BadInput
        One of them exists already, or the folder cannot be written.
    """
    path = Path(path)
    people = path.with_name(f"{path.stem}_people.csv")
    content = _plain(dataclasses.asdict(scenario))
    del content["people"]
    content = {k: v for k, v in content.items() if not isinstance(v, dict | list)} | {
        "people_file": people.name,
        **{k: v for k, v in content.items() if isinstance(v, dict | list)},
    }
    if source is not None:
        content["history"] = _plain(dataclasses.asdict(source))
    there = [file for file in (path, people) if file.exists()]
    if there:
        raise BadInput(
            f"scenario: {there[0]} exists and is not written over; use it with --scenario, or "
            "choose another name"
        )
    rows = io.StringIO()
    writer = csv.writer(rows, lineterminator="\n")
    writer.writerow(_PEOPLE)
    for person in scenario.people:
        writer.writerow(escape(_cell(getattr(person, name))) for name in _PEOPLE)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        people.write_text(rows.getvalue(), encoding="utf-8-sig", newline="")
        path.write_text(_toml_text(content), encoding="utf-8")
    except OSError as error:
        raise BadInput(f"scenario: cannot write {path}: {error.strerror or error}") from error
    return path, people


def read_people(path: str | Path) -> list[dict[str, Any]]:
    """Return the rows of a people file as the fields of `wfm.scenario.Person`.

    Raises
    ------
    BadInput
        Missing file or column, an empty id, or a cell that cannot be read; line and column named.
    """
    path = Path(path)
    rows = list(csv.reader(read_text(path).splitlines()))
    if not rows:
        raise BadInput(f"{path.name}: the file is empty; expected columns {', '.join(_PEOPLE[:3])}")
    header = [cell.strip().lower() for cell in rows[0]]
    missing = [name for name in _PEOPLE[:3] if name not in header]
    unknown = [name for name in header if name not in _PEOPLE]
    if missing or unknown:
        raise BadInput(
            f"{path.name}: missing columns {missing}, unknown columns {unknown}; expected "
            f"{', '.join(_PEOPLE)} (the first three are needed)"
        )
    people = []
    for number, row in enumerate(rows[1:], start=2):
        if not any(cell.strip() for cell in row):
            continue
        if len(row) != len(header):
            raise BadInput(
                f"{path.name}, line {number}: expected {len(header)} cells, got {len(row)}"
            )
        people.append(_person(dict(zip(header, row, strict=True)), f"{path.name}, line {number}"))
    return people


def _fill_preset(values: dict[str, Any], where: str) -> None:
    """Put a preset of the labour rules in the place of its name."""
    rules = values.get("rules")
    changes = dict(rules) if isinstance(rules, dict) else {}
    name = rules if isinstance(rules, str) else changes.pop("preset", None)
    if name is not None:
        try:
            values["rules"] = preset_fields(str(name), changes)
        except BadInput as error:
            raise BadInput(f"{where}: {error}") from error


def _person(row: dict[str, str], where: str) -> dict[str, Any]:
    fields: dict[str, Any] = {name: unescape(value.strip()) for name, value in row.items()}
    fields["skills"] = _split(fields["skills"])
    if "roles" in fields:
        fields["roles"] = _split(fields["roles"])
    for name, read in (("time_off", dt.date.fromisoformat), ("weekdays_off", int)):
        if name in fields:
            try:
                fields[name] = [read(item) for item in _split(fields[name])]
            except ValueError as error:
                raise BadInput(
                    f"{where}: {name} expects "
                    + ("dates like 2026-03-02" if name == "time_off" else "numbers 0 to 6")
                    + f" joined by ';', got {fields[name]!r}"
                ) from error
    if "pattern_week" in fields:
        text = fields["pattern_week"] or "0"
        if not text.isdecimal():
            raise BadInput(f"{where}: pattern_week expects a number from 0, got {text!r}")
        fields["pattern_week"] = int(text)
    return fields


def _split(cell: str) -> list[str]:
    return [item.strip() for item in cell.split(";") if item.strip()]


def _cell(value: Any) -> str:
    return ";".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(read_text(path))
    except tomllib.TOMLDecodeError as error:
        comma = _COMMA.search(read_text(path))
        hint = f" (decimals are written with a point: {comma[0].strip()!r})" if comma else ""
        raise BadInput(f"{path.name}: not valid TOML: {error}{hint}") from error


def _build(adapter: TypeAdapter[Any], values: Any, where: str) -> Any:
    try:
        # By way of JSON, where pydantic is strict: no truth value for a number, no text for one.
        return adapter.validate_json(json.dumps(values, default=str), strict=True)
    except BadInput as error:
        raise BadInput(f"{where}: {error}") from error
    except ValidationError as error:
        problems = error.errors()
        lines = [_problem(problem) for problem in problems[:_SHOWN]]
        more = len(problems) - len(lines)
        if more > 0:
            lines.append(f"and {more} more")
        raise BadInput(f"{where}: " + "; ".join(lines)) from error


def _problem(problem: Any) -> str:
    place = ".".join(str(item + 1) if isinstance(item, int) else item for item in problem["loc"])
    kind, text = problem["type"], problem["msg"]
    if kind == "value_error":
        return text.removeprefix("Value error, ")
    if kind in ("unexpected_keyword_argument", "extra_forbidden"):
        return f"{place}: unknown field; check its spelling"
    if kind in ("missing", "missing_argument"):
        return f"{place}: missing"
    got = problem["input"]
    hint = ""
    if isinstance(got, str) and re.fullmatch(r"\s*-?\d+[.,]\d+\s*", got):
        hint = "; write the number without quotes and with a point, such as 0.8"
    return f"{place}: {text.lower()}, got {got!r}{hint}"


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(k): _plain(v) for k, v in value.items() if v is not None}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, bool | int | float) or value is None:
        return value
    return str(value)


def _toml_text(content: dict[str, Any], prefix: str = "") -> str:
    """Return `content` as TOML: plain values first, then tables, then arrays of tables."""
    lines, tables = [], []
    for key, value in content.items():
        name = f"{prefix}{_key(key)}"
        if isinstance(value, dict):
            if value:
                tables.append(f"\n[{name}]\n{_toml_text(value, f'{name}.')}")
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            tables.extend(f"\n[[{name}]]\n{_toml_text(item, f'{name}.')}" for item in value)
        else:
            lines.append(f"{_key(key)} = {_value(value)}\n")
    return "".join(lines) + "".join(tables)


def _key(key: str) -> str:
    bare = key.replace("_", "").replace("-", "")
    return key if bare.isalnum() and bare.isascii() else json.dumps(key, ensure_ascii=False)


def _value(value: Any) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(_value(item) for item in value) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    return repr(value)
