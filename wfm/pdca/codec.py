"""How is a cycle written as JSON and read back exactly?"""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import math
import types
import typing
from enum import Enum
from functools import cache
from typing import Any

from wfm.errors import BadInput
from wfm.pdca.cycle import Cycle

__all__ = ["from_json", "to_json"]

FORMAT = 1


def to_json(cycle: Cycle) -> str:
    """Return a cycle as JSON text; `from_json` gives an equal one back.

    Examples
    --------
    >>> from wfm.pdca import Actor, open_cycle
    >>> at = dt.datetime(2026, 3, 2, tzinfo=dt.UTC)
    >>> cycle = open_cycle("FCR", by=Actor("Ana", "lead"), at=at)
    >>> from_json(to_json(cycle)) == cycle
    True
    """
    content = {"format": FORMAT, "id": cycle.id, "cycle": _plain(cycle)}
    return json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False)


def from_json(text: str) -> Cycle:
    """Return the cycle that `to_json` wrote.

    Raises
    ------
    BadInput
        For damaged text, another format, or content that does not belong to its id.
    """
    try:
        content = json.loads(text)
        if content["format"] != FORMAT:
            raise BadInput(
                f"pdca: the cycle is in format {content['format']!r}, this version reads {FORMAT}"
            )
        cycle = _build(Cycle, content["cycle"])
    except BadInput:
        raise
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadInput(f"pdca: the text is no cycle, or is damaged ({error})") from error
    if cycle.id != content["id"]:
        raise BadInput(f"pdca: the text says cycle {content['id']} and holds {cycle.id}")
    return cycle


def _plain(value: Any) -> Any:
    """Return JSON values; numbers that JSON has no name for become {"number": text}."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: _plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, dt.date):  # also datetime
        return value.isoformat()
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return {"number": str(value)}
    if value is None or isinstance(value, bool | int | float | str):
        return value
    raise BadInput(f"pdca: {type(value).__name__} cannot be written as JSON: {value!r:.80}")


@cache
def _hints(kind: type) -> dict[str, Any]:
    return typing.get_type_hints(kind)


def _build(kind: Any, value: Any) -> Any:  # noqa: PLR0911
    """Return `value` as the annotated `kind`."""
    origin = typing.get_origin(kind)
    if origin in (types.UnionType, typing.Union):
        if value is None:
            return None
        inner = [item for item in typing.get_args(kind) if item is not type(None)]
        return _build(inner[0], value)
    if isinstance(value, dict) and set(value) == {"number"}:
        return float(value["number"])
    if kind is Any:
        return value
    if origin is tuple:
        args = typing.get_args(kind)
        if len(args) == 2 and args[1] is Ellipsis:
            return tuple(_build(args[0], item) for item in value)
        return tuple(_build(arg, item) for arg, item in zip(args, value, strict=True))
    if dataclasses.is_dataclass(kind):
        hints = _hints(kind)  # type: ignore[arg-type]
        unknown = sorted(set(value) - set(hints))
        if unknown:
            raise BadInput(f"pdca: unknown fields {unknown} of {kind}")
        return kind(**{name: _build(hints[name], item) for name, item in value.items()})  # type: ignore[operator]
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind(value)
    if kind in (dt.datetime, dt.date):
        return kind.fromisoformat(value)
    if kind is float:
        return float(value)
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise BadInput(f"pdca: expected {kind.__name__}, got {value!r:.80}")
    return value
