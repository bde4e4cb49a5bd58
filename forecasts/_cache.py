"""Where do compiled kernels live? Imported before numba by every file that compiles."""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
from importlib import metadata
from pathlib import Path


def choose_folder() -> None:
    """Set ``NUMBA_CACHE_DIR`` to a private writable folder, unless the environment has it.

    With site-packages and the home folder both unwritable numba raises while decorating, so a
    folder that works has to be chosen before numba is imported. One folder a version and a text of
    the kernel files: numba does not notice a change in a function of another file that a cached
    kernel calls.
    """
    if "NUMBA_CACHE_DIR" not in os.environ and "numba" not in sys.modules:
        os.environ["NUMBA_CACHE_DIR"] = str(_folder())


def _folder() -> Path:
    try:
        version = metadata.version("wfm")  # the distribution that carries this package
    except metadata.PackageNotFoundError:
        version = "source"
    name = f"forecasts-{version}-py{sys.version_info.major}{sys.version_info.minor}-{_texts()}"
    for parent in (_user_cache(), Path(tempfile.gettempdir()) / f"forecasts-{_user()}"):
        try:
            folder = parent / name
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            probe = folder / f".probe-{os.getpid()}"
            probe.touch()
            probe.unlink()
            # Cached kernels are loaded as code: a folder another user made is not trusted.
            if not hasattr(os, "getuid") or parent.lstat().st_uid == os.getuid():
                return folder
        except OSError:
            continue
    return Path(tempfile.mkdtemp(prefix="forecasts-kernels-"))


def _texts() -> str:
    """Return a hash of the kernel files."""
    return hashlib.sha256(b"".join(file.read_bytes() for file in _files())).hexdigest()[:8]


def _files() -> list[Path]:
    """Return the files that compile, those of a package beside this one too.

    One process has one folder; whoever is first chooses it for both.
    """
    own = Path(__file__).parent
    return sorted([*own.glob("_kernels*.py"), *own.parent.glob("wfm/*/_kernels*.py")])


def _user_cache() -> Path:
    if sys.platform == "win32":
        root = Path(os.environ.get("LOCALAPPDATA") or os.path.expanduser("~"))
    elif sys.platform == "darwin":
        root = Path(os.path.expanduser("~/Library/Caches"))
    else:
        root = Path(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"))
    return root / "forecasts"


def _user() -> object:
    return os.getuid() if hasattr(os, "getuid") else "user"
