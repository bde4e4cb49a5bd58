"""The arithmetic of the default forecaster: arrays in, arrays out, no checks."""

from __future__ import annotations

import numpy as np

from forecasts._cache import choose_folder

choose_folder()

from numba import njit  # noqa: E402 - the folder of its cache is chosen first

FIRST_COUNTS = 256
ENOUGH_FOR_MEDIAN = 2000  # of more values, evenly spaced ones show the usual one
SQUARED_NORMAL_MEDIAN = 0.455  # median of a squared standard normal
LARGEST_SQUARED = 16.0  # of the usual squared error, which one interval may add at most


@njit(cache=True, nogil=True, error_model="numpy")
def level_parts(totals, unit, fitted, dispersion, clip, company):
    """Return weighted contacts and units of each day.

    A day more than `clip` standard deviations off `fitted` is brought back to that, unless the
    used day before or after it is `company` of them off the same way.
    """
    contacts, units = np.zeros(len(totals)), np.zeros(len(totals))
    used = np.flatnonzero(unit > 0)
    off = np.zeros(len(used) + 2)
    for n in range(len(used)):
        mean = fitted[used[n]]
        off[n + 1] = (totals[used[n]] - mean) / np.sqrt(mean + dispersion * mean * mean)
    for n in range(len(used)):
        d, own = used[n], off[n + 1]
        mean, count = fitted[d], totals[d]
        if abs(own) > clip:
            side = np.sign(own)
            if max(side * off[n], side * off[n + 2]) < company:
                count = mean + side * clip * np.sqrt(mean + dispersion * mean * mean)
        weight = 1.0 / (1.0 + dispersion * mean)
        contacts[d] = count * weight
        units[d] = unit[d] * weight
    return contacts, units


@njit(cache=True, nogil=True, error_model="numpy")
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


@njit(cache=True, nogil=True, error_model="numpy")
def replay_losses(totals, unit, paths, slow, fast, kept, first):
    """Return the summed absolute error of each expert over all origins and leads.

    Expert e says unit * (slow path + kept[e, lead - 1] * (fast path - slow path)).
    """
    days, many, leads = len(totals), kept.shape[0], kept.shape[1]
    losses, base, rise = np.zeros(many), np.empty(many), np.empty(many)
    by_lead = kept.T.copy()
    for origin in range(first, days - 1):
        for e in range(many):
            base[e] = paths[slow[e], origin]
            rise[e] = paths[fast[e], origin] - base[e]
        for h in range(min(leads, days - 1 - origin)):
            ahead, came, left = unit[origin + 1 + h], totals[origin + 1 + h], by_lead[h]
            if ahead > 0:
                for e in range(many):
                    losses[e] += abs(ahead * (base[e] + left[e] * rise[e]) - came)
    return losses


@njit(cache=True, nogil=True, error_model="numpy")
def replay_errors(totals, unit, paths, part, first, step):
    """Return mean and actual of replayed days, (origins, leads), every `step`-th origin.

    part[h, lead - 1] is the weight of path h in the combined forecast; both 0 where unknown.
    """
    days, leads = len(totals), part.shape[1]
    origins = max((days - 2 - first) // step + 1, 0)
    mean, actual = np.zeros((origins, leads)), np.zeros((origins, leads))
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


@njit(cache=True, nogil=True, error_model="numpy")
def error_against_mean(totals, covered, mean, actual, first, step, weeks, since):
    """Return the absolute error of replayed days over that of the mean of the last same weekdays.

    `mean` and `actual` are what `replay_errors` returns for the same `first` and `step`; the
    rival is the mean of the last `weeks` known days of the weekday, full days. Only origins from
    day `since` on count.
    """
    origins, leads = mean.shape
    own, rival = 0.0, 0.0
    usual = np.empty(7)
    for o in range(origins):
        origin = first + o * step
        if origin < since:
            continue
        for back in range(7):
            contacts, known, d = 0.0, 0.0, origin - back
            while d >= 0 and known < weeks:
                if covered[d] > 0.5:  # less of a day says little of the whole
                    contacts += totals[d] / covered[d]
                    known += 1.0
                d -= 7
            usual[back] = contacts / known if known > 0 else 0.0
        for h in range(leads):
            if mean[o, h] > 0:
                back = (7 - (h + 1) % 7) % 7
                own += abs(actual[o, h] - mean[o, h])
                rival += abs(actual[o, h] - usual[back] * covered[origin + 1 + h])
    return own / rival if rival > 0 else 0.0


@njit(cache=True, nogil=True, error_model="numpy")
def excess_by_lead(actual, mean, dispersion, clip):
    """Return squared error beyond Poisson and the squared mean it is relative to, by lead.

    Errors are limited to `clip` standard deviations of the usual one, which has `dispersion` at
    least.
    """
    origins, leads = mean.shape
    relative, known = np.empty(origins * leads), 0
    for o in range(origins):
        for h in range(leads):
            if mean[o, h] > 0:
                relative[known] = abs(actual[o, h] - mean[o, h]) / mean[o, h]
                known += 1
    usual = max(dispersion, 1e-4)
    if known > 0:
        usual = max(usual, (1.4826 * median(relative[:known])) ** 2)
    excess, basis = np.zeros(leads), np.zeros(leads)
    for o in range(origins):
        for h in range(leads):
            m = mean[o, h]
            if m > 0:
                variance = m + usual * m * m
                squared = min((actual[o, h] - m) ** 2, clip * clip * variance)
                excess[h] += squared - m
                basis[h] += m * m
    return excess, basis


@njit(cache=True, nogil=True, error_model="numpy")
def beyond_poisson(actual, mean, negligible):
    """Return the squared relative error of `mean` beyond Poisson noise; see `quantiles.dispersion`.

    Means up to `negligible` say nothing.
    """
    step = len(mean) // ENOUGH_FOR_MEDIAN + 1
    ratio, known = np.empty(len(mean) // step + 1), 0
    for i in range(0, len(mean), step):
        if mean[i] > negligible:
            ratio[known] = (actual[i] - mean[i]) ** 2 / mean[i]
            known += 1
    usual = max(median(ratio[:known]) / SQUARED_NORMAL_MEDIAN, 1.0) if known > 0 else 1.0
    excess, basis = 0.0, 0.0
    for i in range(len(mean)):
        if mean[i] > negligible:
            squared = min((actual[i] - mean[i]) ** 2, LARGEST_SQUARED * usual * mean[i])
            excess += squared - mean[i]
            basis += mean[i] * mean[i]
    return max(excess / basis, 0.0) if basis > 0 else 0.0


@njit(cache=True, nogil=True, error_model="numpy")
def within_day(offered, seen, weekday, share, totals, covered, first, negligible):
    """Return the squared relative error of an interval given its day's total, beyond Poisson.

    Of the days from `first` on. offered and seen are (D, K), share (7, K), the others (D,).
    """
    days, steps = offered.shape
    most = (days - first) * steps
    mean, actual, known = np.empty(most), np.empty(most), 0
    for d in range(first, days):
        if covered[d] > 0:
            full, own = totals[d] / covered[d], share[weekday[d]]
            for k in range(steps):
                mean[known] = full * own[k] * seen[d, k]
                actual[known] = offered[d, k]
                known += mean[known] > 0
    return beyond_poisson(actual[:known], mean[:known], negligible)


@njit(cache=True, nogil=True, error_model="numpy")
def median(values):
    """Return the median; the order of `values` is changed."""
    n = len(values)
    upper = _nth(values, n // 2)
    if n % 2:
        return upper
    lower = values[0]
    for i in range(1, n // 2):
        lower = max(lower, values[i])
    return (lower + upper) / 2


@njit(cache=True, nogil=True, error_model="numpy")
def _nth(values, nth):
    """Return what would stand `nth` in order, with nothing larger left before it (Hoare)."""
    low, high = 0, len(values) - 1
    while low < high:
        pivot = values[(low + high) // 2]
        i, j = low, high
        while i <= j:
            while values[i] < pivot:
                i += 1
            while pivot < values[j]:
                j -= 1
            if i <= j:
                values[i], values[j] = values[j], values[i]
                i += 1
                j -= 1
        if nth <= j:
            high = j
        elif nth >= i:
            low = i
        else:
            break
    return values[nth]


@njit(cache=True, nogil=True, error_model="numpy")
def count_quantiles(volume, dispersion, probability, score, tail, walked):
    """Return quantiles of negative binomial counts, shape (n, 5); 0 where volume is 0.

    `score` are the standard normal quantiles of the ascending `probability`; `tail` multiplies
    the dispersion at the first and the last. Up to variance `walked` the distribution is summed
    exactly; above it, Wilson and Hilferty's cube of a normal variate with the same mean, variance
    and skewness.
    """
    found = np.zeros((len(volume), len(probability)))
    last = len(probability) - 1
    part = 1.0 / np.arange(1, FIRST_COUNTS + 1)  # to multiply by is quicker than to divide
    for i in range(len(volume)):
        mean = volume[i]
        if mean <= 0:
            continue
        for outer in range(2):
            spread = dispersion[i] * (tail if outer else 1.0)
            first, end, step = (0, last + 1, last) if outer else (1, last, 1)
            variance = mean + spread * mean * mean
            if variance <= walked:
                _walk(mean, spread, probability, first, end, step, part, found[i])
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


@njit(cache=True, nogil=True, error_model="numpy")
def _walk(mean, spread, probability, first, end, step, part, found):
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
        mass *= (rise + slope * count) * (part[count] if count < len(part) else 1.0 / (count + 1))
        total += mass
        count += 1
