"""How are instants, texts and documents kept, the same in SQLite and PostgreSQL?"""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from sqlalchemy import BigInteger, DateTime, Dialect, Text, TypeDecorator
from sqlalchemy.types import TypeEngine

from wfm.errors import BadInput

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_MICROSECOND = dt.timedelta(microseconds=1)


def micros(moment: dt.datetime) -> int:
    """Return microseconds since 1970 UTC; refuses a time without a zone."""
    if moment.tzinfo is None or moment.utcoffset() is None:
        raise BadInput(
            f"store: expected a time with its zone, got {moment.isoformat()}; local times without "
            "a zone are two instants in autumn - add tzinfo"
        )
    return (moment - _EPOCH) // _MICROSECOND


def moment(count: int) -> dt.datetime:
    """Return the UTC time of `micros`."""
    return _EPOCH + count * _MICROSECOND


class Utc(TypeDecorator[dt.datetime]):
    """An instant: refuses naive times, gives UTC back. Whole microseconds in SQLite."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return the database's own type."""
        if dialect.name == "sqlite":
            return dialect.type_descriptor(BigInteger())
        return dialect.type_descriptor(DateTime(timezone=True))

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        """Return what the database is given."""
        if value is None:
            return None
        count = micros(value)
        return count if dialect.name == "sqlite" else moment(count)

    def process_result_value(self, value: Any, dialect: Dialect) -> dt.datetime | None:
        """Return what the caller is given."""
        if value is None:
            return None
        return moment(value) if dialect.name == "sqlite" else value.astimezone(dt.UTC)


class Words(TypeDecorator[str]):
    """A text as a person typed it; refuses the two things no database keeps."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        """Return `value` after a look at it."""
        if value is None:
            return None
        if not isinstance(value, str):
            raise BadInput(f"store: expected a text, got {type(value).__name__} {value!r:.60}")
        if "\0" in value or any("\ud800" <= letter <= "\udfff" for letter in value):
            raise BadInput(
                f"store: a text holds a character that cannot be kept (NUL or half a surrogate "
                f"pair): {value!r:.60}; type it again"
            )
        return value


class Json(TypeDecorator[Any]):
    """A document: what `json` can write, kept as text so that both databases keep it alike."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        """Return the document as text."""
        return None if value is None else json.dumps(value, ensure_ascii=True, sort_keys=True)

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        """Return the document."""
        return None if value is None else json.loads(value)
