"""The arithmetic of `forecasts.daily`: arrays in, arrays out, no checks."""

from __future__ import annotations

from forecasts._cache import choose_folder

choose_folder()

import numpy as np  # noqa: E402
from numba import njit  # noqa: E402 - the folder of its cache is chosen first

from forecasts._kernels import median  # noqa: E402

LARGEST_LOG = 20.0
LARGEST_EFFECT = 5.0
LARGEST_STEP = 2.0
LEAST_DISPERSION = 1e-4
SEEN = 1e-9  # share of a day below which nothing of it was recorded
AT_ONCE = 4  # columns of the factor by which the rest is updated in one pass


@njit(cache=True, nogil=True, error_model="numpy")
def factor(a):
    """Replace the lower triangle of a positive definite matrix by its Cholesky factor."""
    size = len(a)
    done = np.zeros((AT_ONCE, size))
    one, two, three, four = done[0], done[1], done[2], done[3]
    for begin in range(0, size, AT_ONCE):
        many = min(AT_ONCE, size - begin)
        for c in range(many):
            k = begin + c
            root = np.sqrt(max(a[k, k], 1e-12))
            a[k, k] = root
            for i in range(k + 1, size):
                a[i, k] /= root
                done[c, i] = a[i, k]
            for j in range(k + 1, begin + many):
                own = done[c, j]
                for i in range(j, size):
                    a[i, j] -= own * done[c, i]
        for i in range(begin + AT_ONCE, size):
            row, first, second, third, fourth = a[i], one[i], two[i], three[i], four[i]
            for j in range(begin + AT_ONCE, i + 1):
                row[j] -= first * one[j] + second * two[j] + third * three[j] + fourth * four[j]


@njit(cache=True, nogil=True, error_model="numpy", fastmath={"reassoc"})
def _product(a, b, count):
    total = 0.0
    for k in range(count):
        total += a[k] * b[k]
    return total


@njit(cache=True, nogil=True, error_model="numpy")
def forward(a, b):
    """Return the solution of L y = b, L being the Cholesky factor."""
    y = np.zeros(len(b))
    for i in range(len(b)):
        y[i] = (b[i] - _product(a[i], y, i)) / a[i, i]
    return y


@njit(cache=True, nogil=True, error_model="numpy")
def back(a, y, size):
    """Return the solution of L' x = y in the first `size` unknowns, the others being 0."""
    x = y.copy()
    x[size:] = 0.0
    for i in range(size - 1, -1, -1):
        x[i] /= a[i, i]
        own, row = x[i], a[i]
        for k in range(i):
            x[k] -= row[k] * own
    return x


@njit(cache=True, nogil=True, error_model="numpy")
def _rows(past, knot_days, knots, ptr, col, val):
    """Return the rows of the past days as a sparse matrix: intercept, two knots, effects."""
    most = ptr[past] + 3 * past
    # Indices without a sign need no look whether they count from the end.
    start = np.zeros(past + 1, np.uint32)
    at, x = np.empty(most, np.uint32), np.empty(most)
    n = 0
    for d in range(past):
        age = past - 1 - d
        knot = age // knot_days
        part = 1.0 - (age - knot * knot_days) / knot_days
        at[n], x[n] = 0, 1.0
        n += 1
        if knot < knots:
            at[n], x[n] = 1 + knot, part
            n += 1
        if knot + 1 < knots and part < 1.0:
            at[n], x[n] = 2 + knot, 1.0 - part
            n += 1
        for j in range(ptr[d], ptr[d + 1]):
            at[n], x[n] = 1 + knots + col[j], val[j]
            n += 1
        start[d + 1] = n
    return start, at, x


@njit(cache=True, nogil=True, error_model="numpy")
def _add(used, begin, upto, start, at, x, year, weight, target, a, cross, waves, b):
    """Add the weighted days `begin` to `upto` of `used` to the sums of squares and products.

    a holds the sparse columns with each other, `cross` those with the year's, `waves` the year's
    with each other.
    """
    least, yearly = cross.shape
    weighted = np.empty(yearly)
    for n in range(begin, upto):
        own_year, w, t = year[used[n]], weight[n], target[n]
        for j in range(yearly):
            weighted[j] = w * own_year[j]
        low, high = start[used[n]], start[used[n] + 1]
        for i in range(low, high):
            own = x[i]
            wx = w * own
            b[at[i]] += wx * t
            row = a[at[i]]
            for j in range(low, i + 1):  # columns ascend, so this is the lower triangle
                row[at[j]] += wx * x[j]
            row = cross[at[i]]
            for j in range(yearly):
                row[j] += weighted[j] * own
        for i in range(yearly):
            own, row = weighted[i], waves[i]
            b[least + i] += own * t
            for j in range(yearly):
                row[j] += own * own_year[j]


@njit(cache=True, nogil=True, error_model="numpy")
def _whole(a, cross, waves, ridge, scale):
    """Return the lower triangle of all the sums, `scale` times the ridge on the diagonal."""
    size, least = len(ridge), len(cross)
    made = np.zeros((size, size))
    for i in range(least):
        for j in range(i + 1):
            made[i, j] = a[i, j]
    for i in range(least, size):
        for j in range(least):
            made[i, j] = cross[j, i - least]
        for j in range(least, i + 1):
            made[i, j] = waves[i - least, j - least]
    for p in range(size):
        made[p, p] += ridge[p] * scale
    return made


@njit(cache=True, nogil=True, error_model="numpy")
def _sum_of(at, x, low, high, beta, own_year, beta_year):
    """Return what one day's sparse effects, and those of the year, add up to."""
    total = 0.0
    for j in range(low, high):
        total += x[j] * beta[at[j]]
    return total + _product(own_year, beta_year, len(beta_year))


@njit(cache=True, nogil=True, error_model="numpy")
def _log_effects(ptr, col, val, year, beta, first, begin, end):
    """Return the summed log factors of days `begin` to `end`; effect c has beta[first + c]."""
    own, of_year = beta[first:], beta[len(beta) - year.shape[1] :]
    logs = np.empty(end - begin)
    for d in range(begin, end):
        total = _sum_of(col, val, ptr[d], ptr[d + 1], own, year[d], of_year)
        logs[d - begin] = min(max(total, -LARGEST_EFFECT), LARGEST_EFFECT)
    return logs


@njit(cache=True, nogil=True, error_model="numpy")
def day_effects(
    totals, covered, ptr, col, val, year, expected, sd, memory, knot_days, sd_knot, huber, rounds,
    sizes, trials, trial_days, trial_level, sharpness,
):  # fmt: skip
    """Fit log day totals by penalised quasi-likelihood; see `forecasts.daily.fit`.

    The sparse effects always count; of those of the year, the first of each of `sizes`
    candidates. The candidates are weighted by their error on the last `trials` spans of
    `trial_days`; a trial refits on what came before it, in the same pass over the days.
    """
    past, yearly = len(totals), year.shape[1]
    knots = (max(past - knot_days // 2, 1) + knot_days - 1) // knot_days
    first = 1 + knots
    least = first + len(sd) - yearly
    size = least + yearly
    ridge = np.empty(size)
    ridge[0] = 0.01
    ridge[1:first] = 1.0 / sd_knot**2
    ridge[first:] = 1.0 / sd**2
    prior = np.zeros(size)
    prior[first:] = ridge[first:] * expected
    used = np.flatnonzero(covered > SEEN).astype(np.uint32)
    many = len(used)
    fade = 0.5 ** ((past - 1 - used.astype(np.float64)) / memory)
    start, at, x = _rows(past, knot_days, knots, ptr, col, val)
    counts, share = totals[used], covered[used]
    body = np.log((counts + 0.5) / share)
    centre = (fade * body).sum() / max(fade.sum(), 1e-300)
    # A day's log total varies by about 0.3 before anything is explained.
    weight, target = fade * share / 0.09, body - centre
    dispersion = LEAST_DISPERSION
    inverse, off = np.empty(many), np.empty(many)
    a, cross = np.empty((least, least)), np.empty((least, yearly))
    waves, b = np.empty((yearly, yearly)), np.empty(size)
    loss = np.zeros(len(sizes))
    for turn in range(rounds):
        a[:], cross[:], waves[:], b[:] = 0.0, 0.0, 0.0, 0.0
        last = turn == rounds - 1
        done = 0
        if last and len(sizes) > 1:
            for trial in range(trials, 0, -1):
                upto = past - trial * trial_days
                until = np.searchsorted(used, upto)
                _add(used, done, until, start, at, x, year, weight, target, a, cross, waves, b)
                done = until
                # Days weigh less by this much than they would seen from the trial's own end.
                older = 0.5 ** ((past - upto) / memory)
                sums = _whole(a, cross, waves, ridge, older)
                _try(
                    totals, covered, sums, b + older * prior, ptr, col, val, year, first, sizes,
                    upto, trial_days, trial_level, loss,
                )  # fmt: skip
        _add(used, done, many, start, at, x, year, weight, target, a, cross, waves, b)
        whole = _whole(a, cross, waves, ridge, 1.0)
        factor(whole)
        y = forward(whole, b + prior)
        if last:
            break
        beta = back(whole, y, size)
        for n in range(many):
            d = used[n]
            log = _sum_of(at, x, start[d], start[d + 1], beta, year[d], beta[least:])
            body[n] = centre + min(max(log, -LARGEST_LOG), LARGEST_LOG)
            mean = share[n] * np.exp(body[n])
            inverse[n] = 1.0 / mean
            off[n] = (counts[n] - mean) / mean
        scatter = 1.4826 * median(np.abs(off))
        dispersion = max(scatter**2 - median(inverse.copy()), LEAST_DISPERSION)
        for n in range(many):
            scale = inverse[n] + dispersion
            robust = min(1.0, huber * np.sqrt(scale) / max(abs(off[n]), 1e-12))
            weight[n] = fade[n] * robust / scale
            target[n] = body[n] + min(off[n], LARGEST_STEP) - centre
    trust = np.ones(len(sizes))
    if len(sizes) > 1:
        best = loss.min()
        if best > 0:
            trust = np.exp(-sharpness * (loss / best - 1.0))
        trust /= trust.sum()
    beta = np.zeros(size)
    for option in range(len(sizes)):
        beta += trust[option] * back(whole, y, least + sizes[option])
    mean = np.zeros(past)
    for d in range(past):
        log = _sum_of(at, x, start[d], start[d + 1], beta, year[d], beta[least:])
        mean[d] = covered[d] * np.exp(centre + min(max(log, -LARGEST_LOG), LARGEST_LOG))
    logs = _log_effects(ptr, col, val, year, beta, first, 0, len(ptr) - 1)
    return np.exp(logs), mean, dispersion, trust


@njit(cache=True, nogil=True, error_model="numpy")
def _try(
    totals, covered, sums, b, ptr, col, val, year, first, sizes, upto, trial_days, trial_level,
    loss,
):  # fmt: skip
    """Add each candidate's absolute errors on the `trial_days` from `upto` on to `loss`.

    `sums` and `b` are of the days before.
    """
    least = len(sums) - year.shape[1]
    fast = 0.5 ** (1.0 / trial_level)
    factor(sums)
    y = forward(sums, b)
    begin = max(upto - int(6 * trial_level), 0)
    end = upto + trial_days
    for option in range(len(sizes)):
        beta = back(sums, y, least + sizes[option])
        logs = _log_effects(ptr, col, val, year, beta, first, begin, end)
        contacts, unit = 0.0, 0.0
        for d in range(begin, end):
            if covered[d] <= SEEN:
                continue
            alone = covered[d] * np.exp(logs[d - begin])
            if d < upto:
                older = fast ** (upto - d)
                contacts += older * totals[d]
                unit += older * alone
            elif unit > 0:
                loss[option] += abs(totals[d] - alone * contacts / unit)
