"""Which campaigns does this file announce? A CSV with one a row, or a TOML with `[[campaigns]]`."""

from __future__ import annotations

import csv
import dataclasses
import datetime as dt
import io
import json
import re
import tomllib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from forecasts import Campaign, campaigns
from wfm.adapters.export_csv import unescape
from wfm.adapters.text_file import read_text
from wfm.errors import BadInput

_NEEDED = ("name", "kind", "start", "audience", "response_low", "response_mid", "response_high",
           "lag", "split")  # fmt: skip
_OPTIONAL = ("end", "contact_share", "aht_factor", "profile", "registered_on", "owner",
             "department", "source")  # fmt: skip
_DATES = ("start", "end", "registered_on")
_DECIMAL_COMMA = re.compile(r"(?<=\d),(?=\d)")
_RESPONSE = ("response_low", "response_mid", "response_high")


def read_campaigns(path: str | Path) -> tuple[Campaign, ...]:
    """Return the campaigns in the CSV or TOML file `path`.

    A CSV has the fields of `forecasts.Campaign` as columns, `response` as three
    (response_low, response_mid, response_high), lag as ``0.5;0.3;0.2``, split as
    ``voice=0.8;chat=0.2`` and profile as ``9=1;10=2``. A TOML has them as they are.

    Raises
    ------
    BadInput
        Missing file, unknown or missing column, a cell that cannot be read; line and column named.
    """
    path = Path(path)
    text = read_text(path)
    rows = _of_toml(text, path) if path.suffix.lower() == ".toml" else _of_csv(text, path)
    made = []
    for where, fields in rows:
        try:
            made.append(Campaign(**fields))
        except TypeError as error:
            raise BadInput(
                f"{where}: {error}; the fields are those of docs/campaigns.md"
            ) from error
        except BadInput as error:
            raise BadInput(f"{where}: {error}") from error
    return tuple(campaigns.register(made))


def campaigns_to_json(register: Iterable[Campaign]) -> list[dict[str, Any]]:
    """Return campaigns as plain values for JSON."""
    return [
        {
            name: str(value) if isinstance(value, dt.date) else _plain(value)
            for name, value in ((name, getattr(item, name)) for name in _fields())
            if value is not None
        }
        for item in register
    ]


def campaigns_from_json(values: Iterable[dict[str, Any]]) -> tuple[Campaign, ...]:
    """Return the campaigns that `campaigns_to_json` wrote."""
    return tuple(Campaign(**_typed(value)) for value in values)


def _fields() -> tuple[str, ...]:
    return tuple(n for n, f in Campaign.__dataclass_fields__.items() if f.init)


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return list(value)
    return {str(key): share for key, share in value.items()} if hasattr(value, "items") else value


def _typed(values: dict[str, Any]) -> dict[str, Any]:
    """Return values of JSON or TOML as the fields of a campaign."""
    fields = dict(values)
    for name in _DATES:
        if isinstance(fields.get(name), str):
            fields[name] = dt.date.fromisoformat(fields[name])
    for name in ("response", "lag"):
        if isinstance(fields.get(name), list):
            fields[name] = tuple(fields[name])
    if isinstance(fields.get("profile"), dict):
        fields["profile"] = {int(hour): weight for hour, weight in fields["profile"].items()}
    return fields


def _of_toml(text: str, path: Path) -> list[tuple[str, dict[str, Any]]]:
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadInput(f"{path.name}: not valid TOML: {error}") from error
    found = content.get("campaigns")
    if set(content) != {"campaigns"} or not isinstance(found, list):
        raise BadInput(
            f"{path.name}: expected tables [[campaigns]] and nothing else, got "
            f"{', '.join(content) or 'nothing'}"
        )
    rows = []
    for number, item in enumerate(found, start=1):
        where = f"{path.name}, campaign {number}"
        if not isinstance(item, dict):
            raise BadInput(f"{where}: expected a table [[campaigns]], got {item!r}")
        _complete(item, where)
        try:
            rows.append((where, _typed(item)))
        except (ValueError, TypeError) as error:
            raise BadInput(f"{where}: {error}") from error
    return rows


def _complete(item: dict[str, Any], where: str) -> None:
    wanted = [field.name for field in dataclasses.fields(Campaign) if field.init]
    needed = [
        field.name for field in dataclasses.fields(Campaign)
        if field.init and field.default is dataclasses.MISSING
    ]  # fmt: skip
    missing = [name for name in needed if name not in item]
    unknown = [name for name in item if name not in wanted]
    if missing or unknown:
        raise BadInput(
            f"{where}: missing {missing}, unknown {unknown}; expected {', '.join(needed)} and, "
            f"where known, {', '.join(name for name in wanted if name not in needed)}"
        )


def _of_csv(text: str, path: Path) -> list[tuple[str, dict[str, Any]]]:
    # A spreadsheet where the comma is the decimal sign sets cells apart by semicolons.
    first = text.partition("\n")[0]
    apart = ";" if first.count(";") > first.count(",") else ","
    reader = csv.DictReader(io.StringIO(text), delimiter=apart)
    header = [name.strip().lower() for name in reader.fieldnames or ()]
    missing = [name for name in _NEEDED if name not in header]
    unknown = [name for name in header if name not in (*_NEEDED, *_OPTIONAL)]
    if missing or unknown:
        raise BadInput(
            f"{path.name}: missing columns {missing}, unknown columns {unknown}; expected "
            f"{', '.join(_NEEDED)} and, where known, {', '.join(_OPTIONAL)}"
        )
    reader.fieldnames = header
    rows = []
    for cells in reader:
        where = f"{path.name}, line {reader.line_num}"
        if None in cells or None in cells.values():
            raise BadInput(f"{where}: expected {len(header)} cells; quote cells that hold a comma")
        if any(cell.strip() for cell in cells.values()):
            rows.append((where, _fields_of(cells, where, decimal_comma=apart == ";")))
    return rows


def _fields_of(cells: dict[str, str], where: str, *, decimal_comma: bool) -> dict[str, Any]:
    given = {name: cell.strip() for name, cell in cells.items() if cell.strip()}
    if decimal_comma:
        # Not the audience: people are whole, and 10,000 would be ten.
        numbers = ("contact_share", "aht_factor", "lag", "split", "profile", *_RESPONSE)
        given = {
            name: _DECIMAL_COMMA.sub(".", cell) if name in numbers else cell
            for name, cell in given.items()
        }

    def read(name: str, how: Callable[[str], Any], like: str) -> Any:
        try:
            return how(given[name])
        except KeyError:
            raise BadInput(f"{where}: {name} is empty; expected {like}") from None
        except ValueError as error:
            raise BadInput(f"{where}: {name} expects {like}, got {given[name]!r}") from error

    fields: dict[str, Any] = {
        name: unescape(given[name])
        for name in ("name", "kind", "owner", "department", "source")
        if name in given
    }
    for name in _DATES:
        if name in given or name == "start":
            fields[name] = read(name, dt.date.fromisoformat, "a date like 2026-03-02")
    for name in ("audience", "contact_share", "aht_factor"):
        if name in given or name == "audience":
            fields[name] = read(name, float, "a number such as 0.25")
    fields["response"] = tuple(read(name, float, "a fraction such as 0.03") for name in _RESPONSE)
    fields["lag"] = read("lag", _numbers, "shares joined by ';' such as 0.5;0.3;0.2")
    fields["split"] = read("split", _pairs, "queues and shares such as voice=0.8;chat=0.2")
    if "profile" in given:
        fields["profile"] = read("profile", _hours, "hours and weights such as 9=1;10=2")
    return fields


def _numbers(cell: str) -> tuple[float, ...]:
    return tuple(float(item) for item in cell.split(";") if item.strip())


def _pairs(cell: str) -> dict[str, float]:
    if cell.startswith("{"):  # a queue whose own name holds '=' or ';'
        return {str(name): float(share) for name, share in json.loads(cell).items()}
    pairs = [item.rsplit("=", 1) for item in cell.split(";") if item.strip()]
    return {name.strip(): float(share) for name, share in pairs}


def _hours(cell: str) -> dict[int, float]:
    return {int(hour): weight for hour, weight in _pairs(cell).items()}
