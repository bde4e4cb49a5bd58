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
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import filelock
import pandas as pd

from wfm.adapters.campaign_file import campaigns_from_json, campaigns_to_json
from wfm.adapters.scenario_file import scenario_from_json, scenario_to_json
from wfm.errors import BadInput
from wfm.plan import Plan, Provenance
from wfm.requirement import Requirement
from wfm.roster import Roster, Violation
from wfm.scenario import Scenario

_FORMAT = 1
_LOCK_S = 60
_TRIES = 5
# As `wfm.adapters.export_ics` signs its files.
_OURS = b"-//wfm//roster//EN"
_TEXT = {"queue", "agent", "activity", "shift", "model", "name", "what", "why", "campaign",
         "reason", "by"}  # fmt: skip
# Tables that a plan may do without; those of plans made before they existed are empty.
_LATER = ("cleaning", "extra", "locked", "overrides")


def plan_stamp(folder: str | Path) -> str:
    """Return a text that changes whenever the plan in `folder` does; empty when there is none."""
    try:
        status = (Path(folder) / "plan.json").stat()
    except OSError:
        return ""
    return f"{status.st_mtime_ns}-{status.st_ino}-{status.st_size}"


def revision(folder: str | Path) -> int:
    """Return how many plans `folder` has seen: 0 where there is none yet.

    Raises
    ------
    BadInput
        There is a `plan.json` that says nothing of it.
    """
    path = Path(folder) / "plan.json"
    try:
        return int(json.loads(path.read_text(encoding="utf-8"))["provenance"]["revision"]) + 1
    except FileNotFoundError:
        return 0
    except NotADirectoryError as error:
        raise BadInput(f"plan: {folder} is a file; choose a folder with --out") from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BadInput(
            f"plan: {path} is damaged ({error}); move it away, or choose another folder"
        ) from error


def save_plan(
    plan: Plan,
    folder: str | Path,
    *,
    exports: Mapping[str, bytes] | None = None,
    expected: str | None = None,
) -> tuple[Path, ...]:
    """Write `plan` and its exports into `folder`; return the paths of the exports.

    Everything is written aside first and put in place at the end, the plan last: a save that fails
    leaves plan and exports as they were. Two saves at once wait for each other.

    Parameters
    ----------
    exports : mapping of str to bytes, optional
        Relative path to content; calendars of ours that are not among them any more are removed.
    expected : str, optional
        `plan_stamp` of the plan that the caller started from.

    Raises
    ------
    BadInput
        The folder cannot be written, or its plan is no longer the expected one.
    """
    folder = Path(folder)
    files = dict(exports or {})
    tables: Path | None = None
    aside: dict[Path, Path] = {}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with _locked(folder):
            if expected is not None and plan_stamp(folder) != expected:
                raise BadInput(
                    f"plan: the plan in {folder} was changed meanwhile; nothing was written over - "
                    "open it again and repeat what you did"
                )
            old = _tables_of(folder)
            tables = folder / f"tables-{secrets.token_hex(4)}"
            tables.mkdir()
            text = _plan_text(plan, tables)
            for name, content in files.items():
                aside[folder / name] = _aside(folder / name, content)
            aside[folder / "plan.json"] = _aside(folder / "plan.json", text.encode())
            for path, part in aside.items():
                os.replace(part, path)
            tables = None
            if old is not None:
                shutil.rmtree(old, ignore_errors=True)
            _remove_stale_calendars(folder, files)
    except OSError as error:
        raise BadInput(
            f"plan: cannot write to {error.filename or folder}: {error.strerror or error}; close "
            "the file if it is open, or choose another folder with --out"
        ) from error
    finally:
        for part in aside.values():
            part.unlink(missing_ok=True)
        if tables is not None:
            shutil.rmtree(tables, ignore_errors=True)
    return tuple(folder / name for name in files)


def write_files(files: Mapping[str, bytes], folder: str | Path) -> tuple[Path, ...]:
    """Write `files` (relative path to content) into `folder`, each in one step; return the paths.

    Raises
    ------
    BadInput
        The folder cannot be written.
    """
    folder = Path(folder)
    try:
        for name, content in files.items():
            os.replace(_aside(folder / name, content), folder / name)
    except OSError as error:
        raise BadInput(
            f"export: cannot write to {error.filename or folder}: {error.strerror or error}; close "
            "the file if it is open, or choose another folder with --out"
        ) from error
    return tuple(folder / name for name in files)


def write_exports(files: Mapping[str, bytes], folder: str | Path) -> tuple[Path, ...]:
    """Do as `write_files`, and remove calendars of ours that are not among them any more."""
    paths = write_files(files, folder)
    _remove_stale_calendars(Path(folder), files)
    return paths


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
    for attempt in range(1, _TRIES + 1):
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
            return _plan_of(content, folder)
        except FileNotFoundError:  # a save between the two reads takes the old tables away
            if attempt == _TRIES:
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
    os.replace(_aside(path, text.encode()), path)


def _aside(path: Path, content: bytes) -> Path:
    """Write `content` beside `path` under a name of its own and return that."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".part-{secrets.token_hex(6)}")
    with aside.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return aside


def _locked(folder: Path) -> filelock.BaseFileLock:
    return filelock.FileLock(folder / ".plan.lock", timeout=_LOCK_S)


def _tables_of(folder: Path) -> Path | None:
    """Return the folder of tables that the plan in place points to; only that one is ours."""
    try:
        name = json.loads((folder / "plan.json").read_text(encoding="utf-8"))["tables"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    named = isinstance(name, str) and name.startswith("tables-") and "/" not in name
    return folder / name if named and "\\" not in name else None


def _remove_stale_calendars(folder: Path, files: Mapping[str, bytes]) -> None:
    """Remove calendars that this program wrote for people who have no shift any more."""
    for path in (folder / "calendars").glob("*.ics"):
        if f"calendars/{path.name}" not in files and _OURS in path.read_bytes()[:400]:
            path.unlink()


def _plan_text(plan: Plan, tables: Path) -> str:
    """Write the tables of `plan` into `tables` and return the text of its plan.json."""
    hashes = {name: _write(frame, tables / f"{name}.csv") for name, frame in _tables(plan).items()}
    content = {
        "format": _FORMAT,
        "id": plan.id,
        "tables": tables.name,
        "hashes": hashes,
        "scenario": json.loads(scenario_to_json(plan.scenario)),
        "provenance": dataclasses.asdict(plan.provenance),
        "roster": None if plan.roster is None else _scalars(plan.roster),
        "violations": [dataclasses.asdict(found) for found in plan.violations],
        "campaigns": campaigns_to_json(plan.campaigns),
    }
    return json.dumps(content, ensure_ascii=False, indent=1, default=str)


def _tables(plan: Plan) -> dict[str, pd.DataFrame]:
    found = {
        "history": plan.history,
        "forecast": plan.forecast,
        "score": plan.score,
        "requirement": plan.requirement,
    }
    for name in _LATER:
        table = getattr(plan, name)
        if table is not None and len(table):
            found[name] = table
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
        if item.name != "scenario" and not isinstance(getattr(roster, item.name), pd.DataFrame)
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
        scalars["notes"] = tuple(scalars.get("notes", ()))
        roster = Roster(**parts, **scalars, scenario=scenario)
    return Plan(
        scenario=scenario,
        history=tables["history"],
        forecast=tables["forecast"],
        score=tables["score"],
        sizing=Requirement(tables["requirement"], scenario.interval_min, scenario.full_time_week_h),
        roster=roster,
        violations=tuple(_violation(found) for found in content["violations"]),
        provenance=Provenance(**provenance),
        campaigns=campaigns_from_json(content.get("campaigns", ())),
        **{name: tables[name] for name in _LATER if name in tables},
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
    for name in {"start", "end", "at"} & set(frame.columns):
        frame[name] = (
            pd.to_datetime(frame[name], utc=True).dt.tz_convert(scenario.timezone).dt.as_unit("ns")
        )
    return frame
