"""How does a whole plan travel in one file, and is it the same plan where it arrives?

A bundle is a zip of a plan's folder: ``plan.json`` and its tables, without exports. Loading reads
it with the same checks as a folder, and compares the plan's id.
"""

from __future__ import annotations

import io
import json
import re
import tempfile
import zipfile
import zlib
from pathlib import Path

from wfm.adapters import folder as folders
from wfm.adapters.export_csv import zip_bytes
from wfm.errors import BadInput
from wfm.plan import Plan

MAX_BYTES = 1 << 30
MAX_FILES = 100
_FORMAT = 1
_MANIFEST = "bundle.json"
# Nothing else is ever written from a bundle, so that no name in it leads anywhere.
_NAMES = re.compile(r"bundle\.json|plan\.json|tables-[0-9a-f]{8}/[a-z_]{1,40}\.csv")


def bundle_bytes(plan: Plan) -> bytes:
    """Return everything of `plan` as one zip.

    Examples
    --------
    >>> from wfm.adapters.demo import demo_history, demo_scenario
    >>> from wfm.plan import make_plan
    >>> history, _ = demo_history()
    >>> plan = make_plan(demo_scenario().revise("size only", people=()), history)
    >>> load_bundle(bundle_bytes(plan)).id == plan.id
    True
    """
    with tempfile.TemporaryDirectory() as place:
        folders.save_plan(plan, place)
        root = Path(place)
        files = {
            path.relative_to(root).as_posix(): path.read_bytes()
            for path in sorted(root.rglob("*"))
            if path.is_file() and not path.name.startswith(".")
        }
    manifest = {"format": _FORMAT, "plan_id": plan.id, "name": plan.scenario.name}
    return zip_bytes({_MANIFEST: json.dumps(manifest, ensure_ascii=False).encode(), **files})


def load_bundle(content: bytes) -> Plan:
    """Return the plan of a bundle.

    Raises
    ------
    BadInput
        It is no bundle, damaged, too large, holds other files, or its plan has another id.
    """
    files = _files(content)
    try:
        manifest = json.loads(files.pop(_MANIFEST))
        made, wanted = manifest["format"], manifest["plan_id"]
    except (KeyError, ValueError, TypeError) as error:
        raise BadInput("bundle: it has no readable bundle.json; bundle the plan again") from error
    if made != _FORMAT:
        raise BadInput(f"bundle: format {made!r}, this version reads {_FORMAT}; update wfm")
    with tempfile.TemporaryDirectory() as place:
        for name, data in files.items():
            path = Path(place) / name
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(data)
        plan = folders.load_plan(place)
    if plan.id != wanted:
        raise BadInput(
            f"bundle: it says plan {wanted!r}, but its content is plan {plan.id!r}; bundle it again"
        )
    return plan


def _files(content: bytes) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            entries = packed.infolist()
            names = [entry.filename for entry in entries]
            if len(set(names)) != len(names) or len(names) > MAX_FILES:
                raise BadInput("bundle: files stand in it twice, or too many; bundle it again")
            strange = [name for name in names if not _NAMES.fullmatch(name)]
            if strange:
                raise BadInput(
                    f"bundle: {len(strange)} files do not belong in one (first: {strange[0]!r:.80})"
                    "; nothing was read"
                )
            if sum(entry.file_size for entry in entries) > MAX_BYTES:
                raise BadInput(f"bundle: it unpacks to more than {MAX_BYTES / 2**20:,.0f} MiB")
            # A size that is a lie ends the reading there and fails the checksum.
            return {entry.filename: packed.read(entry) for entry in entries}
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError,
            RuntimeError) as error:  # fmt: skip
        raise BadInput(f"bundle: this is no readable zip ({error}); copy it again") from error
