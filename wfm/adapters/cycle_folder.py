"""How are PDCA cycles kept on disk? One JSON file a cycle in a folder, replaced in one step."""

from __future__ import annotations

import hashlib
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import filelock

from wfm.adapters.text_file import read_text
from wfm.errors import BadInput
from wfm.pdca import Cycle, from_json, to_json

__all__ = ["CycleFolder", "place"]

_LOCK_S = 60
_NAME = re.compile(r"\d{8}-[0-9a-f]{6}")


def place(plan_folder: str | Path) -> Path:
    """Return where the cycles of a plan lie: in the folder ``cycles`` beside its tables."""
    return Path(plan_folder) / "cycles"


@dataclass(frozen=True)
class CycleFolder:
    """A `wfm.ports.CycleStore` in the folder `path`."""

    path: Path

    def save(self, cycle: Cycle, stamp: str | None = None) -> str:
        """Write a cycle; return its new stamp.

        Parameters
        ----------
        cycle : Cycle
        stamp : str, optional
            Of the cycle that the caller started from; None for a new one.

        Raises
        ------
        BadInput
            Somebody else changed it meanwhile, it is there already, or the folder cannot be
            written; nothing is changed then.
        """
        content = to_json(cycle).encode()
        place = self._file(cycle.id)
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            with self._locked():
                there = self.stamp(cycle.id) if place.exists() else None
                if there != stamp:
                    raise BadInput(_clash(cycle.id, self.path, there=there, wanted=stamp))
                aside = place.with_name(f".part-{secrets.token_hex(6)}")
                try:
                    with aside.open("wb") as file:
                        file.write(content)
                        file.flush()
                        os.fsync(file.fileno())
                    os.replace(aside, place)
                finally:
                    aside.unlink(missing_ok=True)
        except OSError as error:
            raise BadInput(
                f"pdca: cannot write to {error.filename or self.path}: {error.strerror or error}; "
                "choose another folder with --cycles"
            ) from error
        return _stamp(content)

    def load(self, id: str) -> Cycle:  # noqa: A002 - the attribute's name
        """Return a cycle by its id, or by the beginning of it where only one fits.

        Raises
        ------
        BadInput
            No cycle or several fit, or the file cannot be read.
        """
        return from_json(read_text(self._file(self._full(id))))

    def stamp(self, id: str) -> str:  # noqa: A002
        """Return the stamp of the stored cycle."""
        try:
            return _stamp(self._file(self._full(id)).read_bytes())
        except OSError as error:
            raise BadInput(f"pdca: cannot read cycle {id}: {error.strerror or error}") from error

    def all(self) -> tuple[Cycle, ...]:
        """Return every cycle, oldest first.

        Raises
        ------
        BadInput
            Names the file that cannot be read.
        """
        found = []
        for name in self._names():
            try:
                found.append(from_json(read_text(self._file(name))))
            except BadInput as error:
                raise BadInput(f"{self._file(name)}: {error}") from error
        return tuple(sorted(found, key=lambda cycle: (cycle.opened_at, cycle.id)))

    def _names(self) -> list[str]:
        if not self.path.is_dir():
            return []
        return sorted(p.stem for p in self.path.glob("*.json") if _NAME.fullmatch(p.stem))

    def _full(self, id: str) -> str:  # noqa: A002
        names = self._names()
        if id in names:
            return id
        fitting = [name for name in names if name.startswith(id)] if id else []
        if len(fitting) == 1:
            return fitting[0]
        what = f"fits {len(fitting)} cycles" if fitting else "names no cycle"
        listed = ", ".join(names[-8:]) or "none yet; begin one with 'wfm pdca new'"
        raise BadInput(f"pdca: {id!r} {what} in {self.path}; there are {listed}")

    def _file(self, id: str) -> Path:  # noqa: A002
        return self.path / f"{id}.json"

    @contextmanager
    def _locked(self) -> Iterator[None]:
        try:
            with filelock.FileLock(self.path / ".lock", timeout=_LOCK_S):
                yield
        except filelock.Timeout as error:
            raise BadInput(
                f"pdca: another program has been writing to {self.path} for {_LOCK_S} s; try again"
            ) from error


def _stamp(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]


def _clash(id: str, path: Path, *, there: str | None, wanted: str | None) -> str:  # noqa: A002
    if there is None:
        return f"pdca: cycle {id} is no longer in {path}; list those that are with 'wfm pdca list'"
    if wanted is None:
        return f"pdca: cycle {id} is in {path} already: same title, owner and moment of opening"
    return (
        f"pdca: cycle {id} was changed by somebody else meanwhile; nothing was written over - open "
        "it again and repeat what you did"
    )
