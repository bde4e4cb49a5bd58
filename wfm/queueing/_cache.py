"""Where do compiled kernels live? Imported before numba by every file that compiles."""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
from pathlib import Path

import wfm


def choose_folder() -> None:
    """Set ``NUMBA_CACHE_DIR`` to a private writable folder, unless the environment has it.

    With site-packages and the home folder both unwritable numba raises while decorating, so a
    folder that works has to be chosen before numba is imported. One folder a version and a text of
    the kernel files: numba does not notice a change in a function of another file that a cached
    kernel calls.
    """
    if not os.environ.get("NUMBA_CACHE_DIR"):
        os.environ["NUMBA_CACHE_DIR"] = str(_folder())


def _folder() -> Path:
    version = f"{wfm.__version__}-py{sys.version_info.major}{sys.version_info.minor}"
    name = f"kernels-{version}-{_texts()}"
    for choose in (_user_cache, _temporary):
        try:
            parent = choose()
            folder = parent / name
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            probe = folder / f".probe-{os.getpid()}"
            probe.touch()
            probe.unlink()
            # Cached kernels are loaded as code: a folder another user made is not trusted.
            if not hasattr(os, "getuid") or parent.lstat().st_uid == os.getuid():
                return folder
        except (OSError, RuntimeError):  # RuntimeError: there is no home folder
            continue
    return Path(tempfile.mkdtemp(prefix="wfm-kernels-"))


def _texts() -> str:
    """Return a hash of the kernel files of all stages."""
    return hashlib.sha256(b"".join(file.read_bytes() for file in _files())).hexdigest()[:8]


def _files() -> list[Path]:
    """Return the files that compile, or that hold constants of those that do.

    One process has one folder; kernels of the forecasts may come to lie in it.
    """
    own = Path(__file__).parents[1]
    return sorted([*own.glob("*/_kernels*.py"), *own.parent.glob("forecasts/_kernels*.py")])


def _user_cache() -> Path:
    if sys.platform == "win32":
        root = Path(os.environ.get("LOCALAPPDATA") or Path("~").expanduser())
    elif sys.platform == "darwin":
        root = Path("~/Library/Caches").expanduser()
    else:
        root = Path(os.environ.get("XDG_CACHE_HOME") or Path("~/.cache").expanduser())
    return root / "wfm"


def _temporary() -> Path:
    user = os.getuid() if hasattr(os, "getuid") else "user"
    return Path(tempfile.gettempdir()) / f"wfm-{user}"
