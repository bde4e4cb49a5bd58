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
    """Return numbers and prices of `linear.minimum`; None where it was ended or time ran out.

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
        np.savez(given, **arrays)
        try:
            # -P: the folder of the program must not be searched for imports.
            child = subprocess.Popen(
                [sys.executable, "-P", linear.__file__, str(given), str(answer)],
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            )  # fmt: skip
        except OSError:
            _LOG.info("no process could be started: the problem cannot be ended", exc_info=True)
            return linear.minimum(matrix, low, high, cost, most, seconds=seconds, corner=corner)
        until = time.monotonic() + seconds + _GRACE
        while child.poll() is None:
            if over() or time.monotonic() > until:
                child.kill()
                child.wait()
                return None
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(timeout=_POLL)
        if child.returncode != 0:
            _LOG.info("the process of a linear problem ended with %s", child.returncode)
            return None
        with np.load(answer, allow_pickle=False) as found:
            numbers, prices = found["numbers"], found["prices"]
    return (numbers, prices) if len(numbers) else None
