"""How is a long linear problem solved so that it can be ended at any moment?

HiGHS within OR-Tools cannot be interrupted, so that it works in a process of its own, which is
ended as soon as nobody waits for the answer any more.
"""

from __future__ import annotations

import contextlib
import logging
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from scipy.sparse import csr_array

from wfm.roster import linear

_LOG = logging.getLogger(__name__)
_POLL = 0.2
_GRACE = 5.0  # for starting the process and reading its answer


def minimum(
    matrix: csr_array, low: np.ndarray, high: np.ndarray, cost: np.ndarray, most: np.ndarray,
    *, seconds: float, over: Callable[[], bool], corner: bool = False,
) -> tuple[np.ndarray, np.ndarray] | None:  # fmt: skip
    """Return numbers and prices of `linear.minimum`; None where it has none or was ended.

    A process that fails is logged with the last it said.

    Parameters
    ----------
    matrix, low, high, cost, most
        Minimised is cost . x with low <= matrix x <= high and 0 <= x <= most.
    seconds : float
        Wall-clock limit.
    over : callable
        Whether to end at once; asked a few times a second.
    corner : bool
        Whether the numbers have to be a corner of the problem, with few that are not 0.
    """
    if seconds <= 0 or over():
        return None
    arrays = {
        "data": matrix.data.astype(float), "indices": matrix.indices, "indptr": matrix.indptr,
        "low": low, "high": high, "cost": cost, "most": most, "seconds": np.array(seconds),
        "corner": np.array(corner),
    }  # fmt: skip
    with tempfile.TemporaryDirectory(prefix="wfm-linear-") as folder:
        given, answer = Path(folder) / "given.npz", Path(folder) / "answer.npz"
        said = Path(folder) / "said.txt"
        np.savez(given, **arrays)
        try:
            with said.open("wb") as errors:
                # -P: the folder of the program must not be searched for imports.
                child = subprocess.Popen(
                    [sys.executable, "-P", linear.__file__, str(given), str(answer)],
                    stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=errors,
                )  # fmt: skip
        except OSError:
            _LOG.warning("no process could be started: the problem cannot be ended", exc_info=True)
            return linear.minimum(matrix, low, high, cost, most, seconds=seconds, corner=corner)
        try:
            ended = _wait(child, time.monotonic() + seconds + _GRACE, over)
        finally:
            child.kill()  # nothing, where it has ended
            child.wait()
        if not ended:
            return None
        lines = said.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        if child.returncode != 0:
            _LOG.warning(
                "the process of a linear problem failed (%s), so that there is no bound of it: %s",
                child.returncode,
                lines[-1] if lines else "nothing said",
            )
            return None
        with np.load(answer, allow_pickle=False) as found:
            numbers, prices = found["numbers"], found["prices"]
    if len(numbers):
        return numbers, prices
    if lines:
        _LOG.warning("%s", lines[-1])
    return None


def _wait(child: subprocess.Popen, until: float, over: Callable[[], bool]) -> bool:
    """Return whether a process ended by itself before anything else ends it."""
    while child.poll() is None:
        if over() or time.monotonic() > until:
            return False
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(timeout=_POLL)
    return True
