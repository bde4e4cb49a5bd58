"""Can this small file that a person wrote be read as text?"""

from __future__ import annotations

from pathlib import Path

from wfm.errors import BadInput

_MAX_BYTES = 20_000_000


def read_text(path: Path) -> str:
    """Return the text of `path`, UTF-8 with or without a byte-order mark.

    Raises
    ------
    BadInput
        No such file, too large, or not UTF-8.
    """
    if not path.is_file():
        raise BadInput(f"{path}: no such file")
    if path.stat().st_size > _MAX_BYTES:
        raise BadInput(
            f"{path.name}: larger than {_MAX_BYTES // 1_000_000} MB; is it the right file?"
        )
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadInput(
            f"{path.name}: not UTF-8 text (byte {error.start}); save it as UTF-8"
        ) from error
