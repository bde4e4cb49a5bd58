"""What does chance draw, and does the heat take a change? Arrays in, numbers out."""

from __future__ import annotations

import numpy as np

from wfm.queueing import _cache

_cache.choose_folder()

from numba import njit  # noqa: E402 - numba reads its cache folder when it is imported

_jit = njit(cache=True, nogil=True)


@_jit
def random(seed):
    """Return the next number of [0, 1) by xorshift64* (Vigna 2016); the seed is moved on."""
    x = seed[0]
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    seed[0] = x
    return np.float64((x * np.uint64(2685821657736338717)) >> np.uint64(11)) / 9007199254740992.0


@_jit
def accepts(change, heat, seed):
    """Return whether a change is taken at this heat."""
    if change <= 1e-9:
        return True
    return heat > 0.0 and change < -heat * np.log(random(seed) + 1e-300)
