"""The arithmetic of the default forecaster: arrays in, arrays out, no checks."""

from __future__ import annotations

import numpy as np

from forecasts._cache import choose_folder

choose_folder()

from numba import njit  # noqa: E402 - the folder of its cache is chosen first

LARGEST_LOG = 20.0
LARGEST_EFFECT = 5.0
LARGEST_STEP = 2.0
LEAST_DISPERSION = 1e-4
SEEN = 1e-9  # share of a day below which nothing of it was recorded


@njit(cache=True, nogil=True)
def _factor(a):
    """Replace the lower triangle of a positive definite matrix by its Cholesky factor."""
    size = len(a)
    column = np.empty(size)
    for k in range(size):
        root = np.sqrt(max(a[k, k], 1e-12))
        a[k, k] = root
        for i in range(k + 1, size):
            a[i, k] /= root
            column[i] = a[i, k]
        # Row by row from one contiguous column: no sum to reorder, so the compiler vectorises it.
        for i in range(k + 1, size):
            factor = column[i]
            if factor != 0.0:
                for j in range(k + 1, i + 1):
                    a[i, j] -= factor * column[j]


@njit(cache=True, nogil=True)
def _solve(a, b, size):
    """Return the solution in the first `size` unknowns, given the Cholesky factor."""
    x = np.zeros(len(b))
    for i in range(size):
        t = b[i]
        for k in range(i):
            t -= a[i, k] * x[k]
        x[i] = t / a[i, i]
    for i in range(size - 1, -1, -1):
        t = x[i]
        for k in range(i + 1, size):
            t -= a[k, i] * x[k]
        x[i] = t / a[i, i]
    return x


@njit(cache=True, nogil=True)
def _rows(past, knot_days, knots, ptr, col, val):
    """Return the rows of the past days as a sparse matrix: intercept, two knots, effects."""
    most = ptr[past] + 3 * past
    start = np.zeros(past + 1, np.int64)
    at, x = np.empty(most, np.int64), np.empty(most)
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


@njit(cache=True, nogil=True)
def _dot(at, x, beta):
    total = 0.0
    for j in range(len(at)):
        total += x[j] * beta[at[j]]
    return min(max(total, -LARGEST_LOG), LARGEST_LOG)


@njit(cache=True, nogil=True)
def _add(a, b, at, x, weight, target):
    for i in range(len(at)):
        wx = weight * x[i]
        row = a[at[i]]
        b[at[i]] += wx * target
        for j in range(i + 1):  # columns ascend, so this is the lower triangle
            row[at[j]] += wx * x[j]


@njit(cache=True, nogil=True)
def _log_effects(ptr, col, val, beta, first):
    """Return the summed log factors of each day; effect c has coefficient beta[first + c]."""
    logs = np.zeros(len(ptr) - 1)
    for d in range(len(logs)):
        total = 0.0
        for j in range(ptr[d], ptr[d + 1]):
            total += val[j] * beta[first + col[j]]
        logs[d] = min(max(total, -LARGEST_EFFECT), LARGEST_EFFECT)
    return logs


@njit(cache=True, nogil=True)
def day_effects(
    totals, covered, ptr, col, val, sd, memory, knot_days, sd_knot, huber, rounds, plain, sizes,
    trials, trial_days, trial_level, sharpness,
):  # fmt: skip
    """Fit log day totals by penalised quasi-likelihood; see `forecasts.daily.fit`.

    The first `plain` effects always count; of those behind, the first of each of `sizes`
    candidates. The candidates are weighted by their error on the last `trials` spans of
    `trial_days`; a trial refits on what came before it, in one more pass over the days.
    """
    past = len(totals)
    knots = (max(past - knot_days // 2, 1) + knot_days - 1) // knot_days
    size, first = 1 + knots + len(sd), 1 + knots
    ridge = np.empty(size)
    ridge[0] = 0.01
    ridge[1:first] = 1.0 / sd_knot**2
    ridge[first:] = 1.0 / sd**2
    used = np.flatnonzero(covered > SEEN)
    fade = 0.5 ** ((past - 1 - used) / memory)
    start, at, x = _rows(past, knot_days, knots, ptr, col, val)
    counts, share = totals[used], covered[used]
    body = np.log((counts + 0.5) / share)
    centre = (fade * body).sum() / max(fade.sum(), 1e-300)
    # A day's log total varies by about 0.3 before anything is explained.
    weight, target = fade * share / 0.09, body - centre
    dispersion = LEAST_DISPERSION
    a, b = np.empty((size, size)), np.empty(size)
    for turn in range(rounds):
        a[:], b[:] = 0.0, 0.0
        for n in range(len(used)):
            row = slice(start[used[n]], start[used[n] + 1])
            _add(a, b, at[row], x[row], weight[n], target[n])
        for p in range(size):
            a[p, p] += ridge[p]
        _factor(a)
        if turn == rounds - 1:
            break
        beta = _solve(a, b, size)
        for n in range(len(used)):
            row = slice(start[used[n]], start[used[n] + 1])
            body[n] = centre + _dot(at[row], x[row], beta)
        mean = share * np.exp(body)
        off = (counts - mean) / mean
        scatter = 1.4826 * np.median(np.abs(off))
        dispersion = max(scatter**2 - np.median(1.0 / mean), LEAST_DISPERSION)
        scale = 1.0 / mean + dispersion
        robust = np.minimum(1.0, huber * np.sqrt(scale) / np.maximum(np.abs(off), 1e-12))
        weight = fade * robust / scale
        target = body + np.minimum(off, LARGEST_STEP) - centre
    trust = np.ones(len(sizes))
    if len(sizes) > 1:
        loss = np.zeros(len(sizes))
        _try(
            totals, covered, used, target, weight, ridge, ptr, col, val, start, at, x, memory,
            first + plain, first, sizes, trials, trial_days, trial_level, loss,
        )  # fmt: skip
        best = loss.min()
        if best > 0:
            trust = np.exp(-sharpness * (loss / best - 1.0))
        trust /= trust.sum()
    beta = np.zeros(size)
    for option in range(len(sizes)):
        beta += trust[option] * _solve(a, b, first + plain + sizes[option])
    mean = np.zeros(past)
    for d in range(past):
        row = slice(start[d], start[d + 1])
        mean[d] = covered[d] * np.exp(centre + _dot(at[row], x[row], beta))
    return np.exp(_log_effects(ptr, col, val, beta, first)), mean, dispersion, trust


@njit(cache=True, nogil=True)
def _try(
    totals, covered, used, target, weight, ridge, ptr, col, val, start, at, x, memory, least,
    first, sizes, trials, trial_days, trial_level, loss,
):  # fmt: skip
    """Add each candidate's absolute errors on the held-out spans to `loss`."""
    past, size = len(totals), len(ridge)
    a, b, factored = np.zeros((size, size)), np.zeros(size), np.empty((size, size))
    at_day = 0
    fast = 0.5 ** (1.0 / trial_level)
    for trial in range(trials, 0, -1):
        upto = past - trial * trial_days
        while at_day < len(used) and used[at_day] < upto:
            row = slice(start[used[at_day]], start[used[at_day] + 1])
            _add(a, b, at[row], x[row], weight[at_day], target[at_day])
            at_day += 1
        factored[:] = a
        # Days weigh less by this much than they would seen from the trial's own end.
        fade = 0.5 ** ((past - upto) / memory)
        for p in range(size):
            factored[p, p] += ridge[p] * fade
        _factor(factored)
        begin = max(upto - int(6 * trial_level), 0)
        end = upto + trial_days
        for option in range(len(sizes)):
            beta = _solve(factored, b, least + sizes[option])
            alone = covered[begin:end] * np.exp(
                _log_effects(ptr[begin : end + 1], col, val, beta, first)
            )
            contacts, unit = 0.0, 0.0
            for d in range(begin, end):
                if covered[d] <= SEEN:
                    continue
                if d < upto:
                    older = fast ** (upto - d)
                    contacts += older * totals[d]
                    unit += older * alone[d - begin]
                elif unit > 0:
                    loss[option] += abs(totals[d] - alone[d - begin] * contacts / unit)


@njit(cache=True, nogil=True)
def level_paths(contacts, unit, half_lives, extra):
    """Return the decayed ratio contacts / unit after each day, one row per half-life.

    `extra` contacts at the mean ratio are added to every sum.
    """
    mean = contacts.sum() / unit.sum()
    paths = np.empty((len(half_lives), len(unit)))
    for h in range(len(half_lives)):
        decay = 0.5 ** (1.0 / half_lives[h])
        top, below = 0.0, 0.0
        for d in range(len(unit)):
            top = top * decay + contacts[d]
            below = below * decay + unit[d]
            paths[h, d] = (top + extra) / (below + extra / mean)
    return paths


@njit(cache=True, nogil=True)
def replay_losses(totals, unit, paths, slow, fast, kept, first):
    """Return the summed absolute error of each expert over all origins and leads.

    Expert e says unit * (slow path + kept[e, lead - 1] * (fast path - slow path)).
    """
    days, leads = len(totals), kept.shape[1]
    losses = np.zeros(len(slow))
    for origin in range(first, days - 1):
        last = min(leads, days - 1 - origin)
        for e in range(len(slow)):
            base = paths[slow[e], origin]
            rise = paths[fast[e], origin] - base
            total = 0.0
            for h in range(last):
                to = origin + 1 + h
                if unit[to] > 0:
                    total += abs(unit[to] * (base + kept[e, h] * rise) - totals[to])
            losses[e] += total
    return losses


@njit(cache=True, nogil=True)
def replay_errors(totals, unit, paths, part, first, step):
    """Return mean and actual of replayed days, (origins, leads), every `step`-th origin.

    part[h, lead - 1] is the weight of path h in the combined forecast; NaN where unknown.
    """
    days, leads = len(totals), part.shape[1]
    origins = max((days - 2 - first) // step + 1, 0)
    mean, actual = np.full((origins, leads), np.nan), np.full((origins, leads), np.nan)
    for o in range(origins):
        origin = first + o * step
        for h in range(min(leads, days - 1 - origin)):
            to = origin + 1 + h
            if unit[to] > 0:
                level = 0.0
                for p in range(len(paths)):
                    level += part[p, h] * paths[p, origin]
                mean[o, h] = unit[to] * level
                actual[o, h] = totals[to]
    return mean, actual


@njit(cache=True, nogil=True)
def count_quantiles(volume, dispersion, probability, score, tail, walked):
    """Return quantiles of negative binomial counts, shape (n, 5); 0 where volume is 0.

    `score` are the standard normal quantiles of the ascending `probability`; `tail` multiplies
    the dispersion at the first and the last. Up to variance `walked` the distribution is summed
    exactly; above it, Wilson and Hilferty's cube of a normal variate with the same mean, variance
    and skewness.
    """
    found = np.zeros((len(volume), len(probability)))
    last = len(probability) - 1
    for i in range(len(volume)):
        mean = volume[i]
        if mean <= 0:
            continue
        for outer in range(2):
            spread = dispersion[i] * (tail if outer else 1.0)
            first, end, step = (0, last + 1, last) if outer else (1, last, 1)
            variance = mean + spread * mean * mean
            if variance <= walked:
                _walk(mean, spread, probability, first, end, step, found[i])
                continue
            scale = np.sqrt(variance)
            skew = (1.0 + 2.0 * spread * mean) / scale
            for at in range(first, end, step):
                cube = max(1.0 + skew * score[at] / 6.0 - skew * skew / 36.0, 0.0)
                x = mean + scale * 2.0 / skew * (cube * cube * cube - 1.0)
                found[i, at] = max(np.ceil(x - 0.5), 0.0)
        for at in range(1, last + 1):
            found[i, at] = max(found[i, at], found[i, at - 1])
    return found


@njit(cache=True, nogil=True)
def _walk(mean, spread, probability, first, end, step, found):
    """Write the smallest counts whose distribution function reaches each probability."""
    if spread * mean <= 1e-6:
        mass = np.exp(-mean)
        rise, slope = mean, 0.0
    else:
        size = 1.0 / spread
        mass = np.exp(-size * np.log1p(mean * spread))
        slope = mean / (size + mean)
        rise = size * slope
    total, count, at = mass, 0, first
    while at < end and count < 100000:
        if total >= probability[at]:
            found[at] = count
            at += step
            continue
        # p(k+1) / p(k) = (k + size) / (k + 1) * mean / (size + mean)
        mass *= (rise + slope * count) / (count + 1)
        total += mass
        count += 1
