"""A plan as a folder of files: ``plan.json`` and the tables it points to.

Tables of one save lie together in a folder of their own; `plan.json`, replaced in one step at the
end, says which. A reader never sees half a plan, and a save that dies leaves the old one.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import json
import os
import secrets
import shutil
from pathlib import Path
from typing import Any

import pandas as pd

from wfm.adapters.scenario_file import scenario_from_json, scenario_to_json
from wfm.errors import BadInput
from wfm.plan import Plan, Provenance
from wfm.requirement import Requirement
from wfm.roster import Roster, Violation
from wfm.scenario import Scenario

_FORMAT = 1
_TEXT = {"queue", "agent", "activity", "shift", "model", "name"}


def plan_stamp(folder: str | Path) -> str:
    """Return a text that changes whenever the plan in `folder` does; empty when there is none."""
    try:
        status = (Path(folder) / "plan.json").stat()
    except OSError:
        return ""
    return f"{status.st_mtime_ns}-{status.st_size}"


def save_plan(plan: Plan, folder: str | Path) -> Path:
    """Write `plan` into `folder` in one step; return the path of its ``plan.json``.

    Raises
    ------
    BadInput
        The folder cannot be written; a plan already there is untouched.
    """
    folder = Path(folder)
    tables = folder / f"tables-{secrets.token_hex(4)}"
    try:
        tables.mkdir(parents=True)
        hashes = {
            name: _write(frame, tables / f"{name}.csv") for name, frame in _tables(plan).items()
        }
        content = {
            "format": _FORMAT,
            "id": plan.id,
            "tables": tables.name,
            "hashes": hashes,
            "scenario": json.loads(scenario_to_json(plan.scenario)),
            "provenance": dataclasses.asdict(plan.provenance),
            "roster": None if plan.roster is None else _scalars(plan.roster),
            "violations": [dataclasses.asdict(found) for found in plan.violations],
        }
        path = folder / "plan.json"
        write_aside(path, json.dumps(content, ensure_ascii=False, indent=1, default=str))
    except OSError as error:
        shutil.rmtree(tables, ignore_errors=True)
        raise BadInput(f"plan: cannot write to {folder}: {error.strerror or error}") from error
    for old in folder.glob("tables-*"):
        if old != tables:
            shutil.rmtree(old, ignore_errors=True)
    return path


def load_plan(folder: str | Path) -> Plan:
    """Return the plan saved in `folder`.

    Raises
    ------
    BadInput
        There is none, it is damaged, or another version of wfm wrote it.
    """
    folder = Path(folder)
    path = folder / "plan.json"
    if not path.is_file():
        raise BadInput(
            f"plan: {folder} holds no plan (no plan.json); make one with 'wfm demo --out {folder}' "
            f"or 'wfm plan --history FILE --out {folder}'"
        )
    for attempt in (1, 2):
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
            return _plan_of(content, folder)
        except FileNotFoundError:
            if attempt == 2:
                raise BadInput(f"plan: {folder} lost some of its tables; plan it again") from None
        except BadInput:
            raise
        except (ValueError, KeyError, TypeError, AttributeError, OSError) as error:
            raise BadInput(
                f"plan: {path} is damaged or was written by another version ({error}); plan again"
            ) from error
    raise AssertionError


def write_aside(path: Path, text: str) -> None:
    """Write `text` to `path` so that a reader sees the old or the new text, never half."""
    aside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    with aside.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.replace(aside, path)


def _tables(plan: Plan) -> dict[str, pd.DataFrame]:
    found = {
        "history": plan.history,
        "forecast": plan.forecast,
        "score": plan.score,
        "requirement": plan.requirement,
    }
    if plan.roster is not None:
        for item in dataclasses.fields(plan.roster):
            value = getattr(plan.roster, item.name)
            if isinstance(value, pd.DataFrame):
                found[f"roster_{item.name}"] = value
    return found


def _scalars(roster: Roster) -> dict[str, Any]:
    return {
        item.name: getattr(roster, item.name)
        for item in dataclasses.fields(roster)
        if not isinstance(getattr(roster, item.name), pd.DataFrame)
    }


def _plan_of(content: dict[str, Any], folder: Path) -> Plan:
    if content["format"] != _FORMAT:
        raise BadInput(
            f"plan: {folder} has format {content['format']}, this version reads {_FORMAT}; "
            "plan again"
        )
    scenario = scenario_from_json(json.dumps(content["scenario"]))
    place = folder / content["tables"]
    tables = {
        name: _read(place / f"{name}.csv", digest, scenario)
        for name, digest in content["hashes"].items()
    }
    provenance = dict(content["provenance"])
    if provenance["planned_at"] is not None:
        provenance["planned_at"] = dt.datetime.fromisoformat(provenance["planned_at"])
    provenance["notes"] = tuple(provenance["notes"])
    roster = None
    if content["roster"] is not None:
        parts: dict[str, Any] = {
            n.removeprefix("roster_"): t for n, t in tables.items() if n.startswith("roster_")
        }
        scalars = {**content["roster"], "start": dt.date.fromisoformat(content["roster"]["start"])}
        roster = Roster(**parts, **scalars)
    return Plan(
        scenario=scenario,
        history=tables["history"],
        forecast=tables["forecast"],
        score=tables["score"],
        sizing=Requirement(tables["requirement"], scenario.interval_min),
        roster=roster,
        violations=tuple(_violation(found) for found in content["violations"]),
        provenance=Provenance(**provenance),
    )


def _violation(found: dict[str, Any]) -> Violation:
    day = found.get("day")
    return Violation(**{**found, "day": dt.date.fromisoformat(day) if day else None})


def _write(frame: pd.DataFrame, path: Path) -> str:
    data = frame.to_csv(index=False, lineterminator="\n").encode()
    path.write_bytes(data)
    return hashlib.sha256(data).hexdigest()


def _read(path: Path, digest: str, scenario: Scenario) -> pd.DataFrame:
    data = path.read_bytes()
    if hashlib.sha256(data).hexdigest() != digest:
        raise BadInput(f"plan: {path} was changed after it was written; plan again")
    frame = pd.read_csv(path, dtype=dict.fromkeys(_TEXT, "str"), keep_default_na=False,
                        na_values=[""])  # fmt: skip
    for name in _TEXT & set(frame.columns):
        frame[name] = frame[name].fillna("")
    if "week" in frame:
        frame["week"] = pd.to_datetime(frame["week"]).dt.date
    for name in {"start", "end"} & set(frame.columns):
        frame[name] = (
            pd.to_datetime(frame[name], utc=True).dt.tz_convert(scenario.timezone).dt.as_unit("ns")
        )
    return frame
