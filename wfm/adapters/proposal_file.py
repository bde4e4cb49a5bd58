"""How is a PDCA plan, written by a person as TOML, read?"""

from __future__ import annotations

import datetime as dt
import tomllib
from pathlib import Path
from typing import Any

from wfm import kpi
from wfm.adapters.text_file import read_text
from wfm.errors import BadInput
from wfm.kpi.targets import KpiTarget
from wfm.pdca import Action, Doubt, Group, Proposal

__all__ = ["proposal_of", "read_proposal"]

_TOP = {
    "hypothesis", "begins", "expected", "target", "group", "actions", "doubts", "season",
    "season_reason", "instability", "companions", "node",
}  # fmt: skip
_TARGET = {
    "key", "value", "direction", "choices", "baseline", "baseline_until", "deadline",
    "review_days", "owner", "source", "role", "counter", "counter_margin", "counter_choices",
    "parent", "signed",
}  # fmt: skip


def read_proposal(path: str | Path) -> Proposal:
    """Return the plan of a cycle; docs/pdca.md shows a whole file.

    Raises
    ------
    BadInput
        No such file, no TOML, a word that is not known or a value of the wrong kind.
    """
    path = Path(path)
    return proposal_of(read_text(path), path.name)


def proposal_of(text: str, name: str = "plan") -> Proposal:
    """Return the plan of a cycle from TOML; `name` is what errors call it.

    Raises
    ------
    BadInput
    """
    path = Path(name)
    try:
        content = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise BadInput(f"{path.name}: not TOML: {error}") from error
    _known(path, "the file", content, _TOP)
    target = _table(path, content, "target")
    _known(path, "[target]", target, _TARGET)
    for word in ("key", "value", "direction"):
        if word not in target:
            raise BadInput(f"{path.name}: [target] lacks {word}")
    for word in ("expected", "begins", "hypothesis"):
        if word not in content:
            raise BadInput(f"{path.name}: {word} is missing")
    try:
        return _proposal(content, target)
    except BadInput as error:
        raise BadInput(f"{path.name}: {error}") from error
    except (TypeError, ValueError, AttributeError) as error:
        raise BadInput(f"{path.name}: a value is of the wrong kind: {error}") from error


def _proposal(content: dict[str, Any], target: dict[str, Any]) -> Proposal:
    begins = _day("begins", content["begins"])
    counter = target.get("counter")
    group = dict(content.get("group", {}))
    for name in ("treated", "comparison"):
        group[name] = tuple(map(str, group.get(name, ())))
    actions = [
        Action(**{**a, "due": _day("due", a["due"]) if "due" in a else None})
        for a in content.get("actions", ())
    ]
    until = target.get("baseline_until", begins - dt.timedelta(days=1))
    return Proposal(
        target=KpiTarget(
            key=target["key"],
            value=float(target["value"]),
            direction=target["direction"],
            definition=kpi.definition(target["key"], **target.get("choices", {})),
            baseline=None if "baseline" not in target else float(target["baseline"]),
            baseline_until=_day("baseline_until", until),
            deadline=None if "deadline" not in target else _day("deadline", target["deadline"]),
            review_days=target.get("review_days"),
            owner=target.get("owner", ""),
            source=target.get("source", ""),
            role=target.get("role", ""),
            counter=counter,
            counter_margin=None if "counter_margin" not in target else float(
                target["counter_margin"]
            ),
            parent=target.get("parent"),
            signed=tuple(target.get("signed", ())),
        ),
        expected=float(content["expected"]),
        begins=begins,
        hypothesis=str(content["hypothesis"]),
        actions=tuple(actions),
        group=Group(**group),
        counter_definition=None if counter is None else kpi.definition(
            counter, **target.get("counter_choices", {})
        ),
        doubts=tuple(Doubt(**doubt) for doubt in content.get("doubts", ())),
        companions=tuple((str(k), str(v)) for k, v in content.get("companions", {}).items()),
        node=str(content.get("node", "")),
        season=bool(content.get("season", True)),
        season_reason=str(content.get("season_reason", "")),
        instability=str(content.get("instability", "")),
    )  # fmt: skip


def _day(name: str, value: object) -> dt.date:
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date):
        return value
    raise BadInput(f"{name} is a date without quotes, such as 2026-03-04; got {value!r}")


def _table(path: Path, content: dict[str, Any], name: str) -> dict[str, Any]:
    if not isinstance(content.get(name), dict):
        raise BadInput(f"{path.name}: the table [{name}] is missing")
    return dict(content[name])


def _known(path: Path, where: str, given: dict[str, Any], known: set[str]) -> None:
    unknown = sorted(set(given) - known)
    if unknown:
        raise BadInput(f"{path.name}: {where} has unknown words {unknown}; known: {sorted(known)}")
