"""Each kernel that lays out or judges a history does what its plain definition says."""

import itertools

import numpy as np
import pandas as pd
import pytest

from forecasts import _kernels_faults, _kernels_history, _kernels_layout, clock, grid, past, usual
from forecasts.history import check

EXACT = 1e-12  # the same numbers added in another order

SHAPES = [(30, 1), (45, 24), (16, 3), (93, 7)]
MONDAY, SATURDAY = 0, 5


def counts(shape, seed, *, absent=0.2, mean=3.0):
    """Return offered, seen and exists (D, K), with closed cells, repeated hours and lost days."""
    rng = np.random.default_rng(seed)
    exists = np.ones(shape)
    exists[rng.integers(shape[0]), rng.integers(shape[1])] = 2
    exists[rng.integers(shape[0]), rng.integers(shape[1])] = 0
    seen = np.where(rng.random(shape) < absent, 0.0, exists)
    seen[rng.integers(shape[0])] = 0
    seen[:, rng.integers(shape[1])] *= rng.random(shape[0]) < 0.3
    offered = rng.poisson(mean, shape) * 1.0
    offered[rng.random(shape) < 0.1] = 4.0
    return offered, seen, exists


def cases():
    return [(shape, first, seed) for seed, shape in enumerate(SHAPES)
            for first in (MONDAY, SATURDAY)]  # fmt: skip


def twin_of_runs(offered, seen, least):
    """Return repeats of equal counts above 0 among seen cells, and how many pairs are equal."""
    cells = np.flatnonzero(seen.ravel() > 0)
    values = offered.ravel()[cells]
    found, pairs, begin = [], 0, 0
    for i in range(1, len(cells) + 1):
        if i < len(cells) and values[i] == values[i - 1] and values[i] > 0:
            pairs += 1
            continue
        if i - 1 - begin >= least:
            found.append((cells[begin], cells[i - 1], i - 1 - begin))
        begin = i
    return found, pairs


@pytest.mark.parametrize(("shape", "first", "seed"), cases())
@pytest.mark.parametrize("absent", [0.0, 0.3])
def test_one_look_counts_what_separate_looks_count(shape, first, seed, absent):
    offered, seen, _ = counts(shape, seed, absent=absent, mean=1.0)
    if not absent:
        seen = np.ones(shape)
    block = np.arange(shape[0]) // 7 % 3
    rows, contacts, totals, empty, busy, pairs, same = _kernels_history.look(
        offered, seen, first, block, 3, 2
    )
    counted = np.where(seen > 0, offered, 0.0)
    weekday = (first + np.arange(shape[0])) % 7
    for b in range(3):
        for w in range(7):
            own = (block == b) & (weekday == w)
            assert np.array_equal(rows[b, w], seen[own].sum(axis=0))
            assert np.array_equal(contacts[b, w], counted[own].sum(axis=0))
    assert np.array_equal(totals, counted.sum(axis=1))
    assert (empty, busy) == (((seen > 0) & (offered == 0)).sum(), (counted > 0).sum())
    runs, equal = twin_of_runs(offered, seen, 2)
    assert [tuple(run) for run in same] == runs
    assert pairs == equal
    assert len(runs) > 0 or shape[1] < 24  # the long ones have some


@pytest.mark.parametrize(("shape", "first", "seed"), cases())
def test_runs_of_zeros_are_those_between_counts(shape, first, seed):
    offered, seen, _ = counts(shape, seed, mean=0.7)
    rate = np.random.default_rng(seed).random((7, shape[1]))
    found = _kernels_faults.zero_runs(offered, seen, rate, first, 0.5)
    expected, cells, kept = 0.0, [], []
    for cell in [*np.flatnonzero(seen.ravel() > 0), None]:
        if cell is not None and offered.ravel()[cell] == 0:
            cells.append(cell)
            day, of_day = divmod(cell, shape[1])
            expected += rate[(first + day) % 7, of_day] * seen[day, of_day]
            continue
        if expected > 0.5:
            kept.append((cells[0], cells[-1], expected))
        expected, cells = 0.0, []
    assert found == pytest.approx(np.array(kept).reshape(-1, 3), rel=EXACT)


def test_twins_are_days_with_the_same_counts_where_both_are_seen():
    offered = np.array([[1.0, 2, 3], [1, 2, 3], [2, 1, 3], [1, 4, 3], [1, 9, 3], [0, 0, 0]])
    seen = np.ones(offered.shape)
    seen[3, 1] = seen[4, 1] = 0
    total = np.where(seen > 0, offered, 0.0).sum(axis=1)
    same_total, alike = _kernels_faults.twins(offered, seen, total, np.array([1, 4, 9]))
    assert same_total.tolist() == [3, 0, 0]
    assert alike.tolist() == [[1, 1], [4, 1]]


@pytest.mark.parametrize(("shape", "first", "seed"), cases())
def test_steady_rates_are_means_unless_one_block_made_them(shape, first, seed):
    offered, seen, _ = counts(shape, seed, mean=30.0)
    offered[seen == 0] = 0
    offered[3, 0], seen[3, 0] = 5000.0, 1.0
    days = np.arange(shape[0]) + (first - 3) % 7  # the first of January 1970 was a Thursday
    looked = usual.overview(offered, seen, clock.weekday(days))
    rate = _kernels_history.steady_rates(looked.rows, looked.contacts, 1.5, 20.0)
    known, come = looked.rows.sum(axis=0), looked.contacts.sum(axis=0)
    mean = np.divide(come, known, out=np.zeros(known.shape), where=known > 0)
    blocks = np.divide(looked.contacts, looked.rows, out=np.full(looked.rows.shape, np.nan),
                       where=looked.rows > 0)  # fmt: skip
    for cell in np.ndindex(rate.shape):
        own = blocks[(slice(None), *cell)]
        middle = np.nanmedian(own) if np.isfinite(own).any() else 0.0
        spoilt = mean[cell] > 1.5 * middle and (mean[cell] - middle) * known[cell] > 20
        many = len(own) >= 3
        assert rate[cell] == pytest.approx(middle if spoilt and many else mean[cell], rel=EXACT)
    if shape[0] > 30:  # shorter ones know too few blocks of that weekday
        assert rate[(first + 3) % 7, 0] < 100 < mean[(first + 3) % 7, 0]


@pytest.mark.parametrize("seed", range(3))
def test_cells_left_out_are_not_in_the_mean_unless_they_are_all_there_is(seed):
    offered, seen, _ = counts((45, 7), seed)
    days = np.arange(45) + 4  # since a Monday
    seen[:, 2] = 0
    seen[8, 2], offered[8, 2] = 1, 6.0
    cells = np.append(np.random.default_rng(seed).choice(45 * 7, 30, replace=False), 8 * 7 + 2)
    cells = np.unique(cells)
    cells = cells[seen.ravel()[cells] == 1]
    before = usual.of(offered, seen, days)
    after = usual.without(before, offered, seen, at=np.divmod(cells, 7))
    left = seen.copy()
    left.ravel()[cells] = 0
    left[8, 2] = 1
    wanted = usual.of(offered, left, days)
    assert np.array_equal(after.rows, wanted.rows)
    assert after.contacts == pytest.approx(wanted.contacts, rel=EXACT)
    assert after.share == pytest.approx(_plain_share(wanted), rel=EXACT)


def _plain_share(made):
    rate = np.divide(made.contacts, made.rows, out=np.zeros(made.rows.shape), where=made.rows > 0)
    full = rate.sum(axis=1, keepdims=True)
    return np.divide(rate, full, out=np.zeros(rate.shape), where=full > 0)


def test_handle_times_are_weighed_by_contacts_handled_or_else_offered():
    aht_s = np.array([100.0, 200.0, np.nan, 300.0, 50.0])
    handled = np.array([1.0, 3.0, 5.0, np.nan, 0.0])
    offered = np.array([9.0, 9.0, 9.0, 4.0, 9.0])
    cell = np.array([0, 0, 1, 2, 3])
    mean, contacts = _kernels_layout.handle_times(cell, aht_s, handled, offered, 5)
    assert contacts.tolist() == [4.0, 0.0, 4.0, 0.0, 0.0]
    assert mean == pytest.approx(np.array([175.0, np.nan, 300.0, np.nan, np.nan]), nan_ok=True)


def test_weeks_fall_into_blocks_of_nearly_the_same_length():
    block, blocks = usual._blocks(7 * 23 + 3)
    assert blocks == usual.BLOCKS
    for first in range(7):
        sizes = np.bincount(block[first::7])
        assert len(sizes) == blocks
        assert np.ptp(sizes) <= 1
        assert (np.diff(block[first::7]) >= 0).all()


@pytest.mark.parametrize("seed", range(4))
def test_usual_days_are_medians_of_whole_days_of_their_weekday(seed):
    offered, seen, _ = counts((45, 24), seed, mean=5.0)
    rate = np.random.default_rng(seed).random((7, 24))
    rate[2] = 0
    counted = np.where(seen > 0, offered, 0.0)
    made, share, expected, ratio = _kernels_history.usual_days(
        rate, seen, counted.sum(axis=1), SATURDAY, 0.1
    )
    weekday = (SATURDAY + np.arange(45)) % 7
    open_ = weekday != 2
    assert share[rate.sum(axis=1) > 0].sum(axis=1) == pytest.approx(1.0)
    covered = (seen * share[weekday]).sum(axis=1)
    whole = np.where(covered > 0.1, counted.sum(axis=1), np.nan) / np.where(
        covered > 0.1, covered, 1
    )
    for day in np.flatnonzero(open_):
        own = np.nanmedian(whole[weekday == weekday[day]])
        assert made[weekday[day]] == pytest.approx(own * share[weekday[day]], rel=EXACT)
        assert expected[day] == pytest.approx(own * covered[day], rel=EXACT)
    assert ratio[open_] == pytest.approx((counted.sum(axis=1) / np.where(
        (covered > 0.1) & open_, expected, np.nan))[open_], rel=EXACT, nan_ok=True)  # fmt: skip
    assert np.isnan(ratio[~open_]).all()


def test_around_is_the_mean_of_the_known_neighbours():
    values = np.random.default_rng(1).random(40)
    values[[0, 3, 20, 21]] = np.nan
    found = _kernels_history.around(values, 3)
    for i in range(40):
        near = [values[j] for j in range(max(i - 3, 0), min(i + 4, 40)) if j != i]
        assert found[i] == pytest.approx(np.nanmean(near), rel=EXACT)
    assert np.isnan(_kernels_history.around(np.array([np.nan, 1.0, np.nan]), 1)[1])


@pytest.mark.parametrize("seed", range(4))
def test_a_cell_is_usually_the_median_of_the_same_cell_of_the_days_around(seed):
    offered, seen, _ = counts((45, 7), seed, mean=20.0)
    rng = np.random.default_rng(seed)
    share, level = rng.random((7, 7)), rng.random(45)
    level[9] = np.nan
    away, cells = np.array([-7, -1, 1, 7]), rng.integers(45 * 7, size=60)
    found = _kernels_history.near_intervals(offered, seen, share, level, cells, MONDAY, away, 2)
    for cell, value in zip(cells, found, strict=True):
        day, of_day = divmod(cell, 7)
        near = [d for d in day + away if 0 <= d < 45 and seen[d, of_day] > 0 and d != 9]
        each = [offered[d, of_day] / (level[d] * share[d % 7, of_day] * seen[d, of_day])
                for d in near]  # fmt: skip
        own = level[day] * share[day % 7, of_day] * seen[day, of_day]
        wanted = np.median(each) * own if len(each) >= 2 else np.nan
        assert value == pytest.approx(wanted, rel=EXACT, nan_ok=True)


def shares_around(days, cells, i, *, needed, half):
    """Return the weekly shares (7,) and (7, K) of weeks i - half to i + half; see the kernel."""
    part = slice(max(i - half, 0), i + half + 1)
    with np.errstate(invalid="ignore"):
        day = np.nan_to_num(np.nansum(days[part], axis=0) / (~np.isnan(days[part])).sum(axis=0))
        cell = np.nan_to_num(np.nansum(cells[part], axis=0) / (~np.isnan(cells[part])).sum(axis=0))
    return (day >= needed.min(axis=1))[:, None] & (cell >= needed)


def by_week(seen, exists, first):
    """Return whether days (W, 7) and cells (W, 7, K) had rows, NaN where that says nothing."""
    weeks = -(-(first + len(seen)) // 7)
    days, cells = np.full((weeks * 7), np.nan), np.full((weeks * 7, seen.shape[1]), np.nan)
    live, there = (seen > 0).any(axis=1), (exists > 0).any(axis=1)
    for dead, run in itertools.groupby(range(len(live)), lambda day: not live[day]):
        at = list(run)
        there[at] &= not (dead and len(at) >= 7)  # a week without a row says nothing
    own = slice(first, first + len(seen))
    days[own] = np.where(there, live, np.nan)
    cells[own] = np.where((exists > 0) & live[:, None], seen > 0, np.nan)
    return days.reshape(weeks, 7), cells.reshape(weeks, 7, -1)


@pytest.mark.parametrize(("shape", "first", "seed"), cases())
@pytest.mark.parametrize("half", [1, 4])
def test_regular_is_what_most_weeks_around_have(shape, first, seed, half):
    _, seen, exists = counts(shape, seed, absent=0.45)
    needed = np.where(np.random.default_rng(seed).random((7, shape[1])) < 0.3, 0.2, 0.5)
    days, cells = by_week(seen, exists, first)
    found = _kernels_layout.regular_days(seen, exists, first, needed, half)
    for day in range(shape[0]):
        week, weekday = divmod(first + day, 7)
        wanted = shares_around(days, cells, week, needed=needed, half=half)[weekday]
        assert np.array_equal(found[day], wanted)
    assert 0 < found.mean() < 1 or shape[1] == 1


@pytest.mark.parametrize(("shape", "first", "seed"), cases())
@pytest.mark.parametrize("window", [3, 9])
def test_the_last_weeks_say_what_is_open_unless_the_latest_disagree(shape, first, seed, window):
    _, seen, exists = counts(shape, seed, absent=0.3)
    seen[-25:, 0] = exists[-25:, 0]  # lately open
    seen[:-25, 0] = 0
    seen[-25:, -1] *= shape[1] == 1  # lately shut
    needed = np.full((7, shape[1]), 0.5)
    needed[3] = 0.2
    days, cells = by_week(seen, exists, first)
    for w in range(7):  # weeks of which nothing is known do not count
        days[np.flatnonzero(~np.isnan(days[:, w]))[:-window], w] = np.nan
        cells[np.isnan(days[:, w]), w] = np.nan
    found = _kernels_layout.regular_week(seen, exists, first, needed, window, 0.5, 3, 0.2)
    usual_ = shares_around(days, cells, 0, needed=needed, half=len(days))
    for w, k in np.ndindex(7, shape[1]):
        known = cells[:, w, k][~np.isnan(cells[:, w, k])]
        wanted = usual_[w, k]
        live = np.nan_to_num(np.nanmean(days[:, w])) if (~np.isnan(days[:, w])).any() else 0.0
        if needed[w, k] == 0.5 and len(known) > 3 and live >= needed[w].min():
            latest, before = known[-3:], known[:-3].mean()
            wanted = (wanted or (latest.all() and before <= 0.2)) and not (
                not latest.any() and before >= 0.8
            )
        assert found[w, k] == wanted


@pytest.mark.parametrize(("shape", "first", "seed"), cases())
@pytest.mark.parametrize("sparse_share", [0.0, 0.4])
def test_open_closed_missing_and_zero_are_told_apart(shape, first, seed, sparse_share):
    offered, seen, exists = counts(shape, seed)
    offered[seen == 0] = 0
    rng = np.random.default_rng(seed)
    regular, sparse = rng.random(shape) < 0.7, rng.random((7, shape[1])) < sparse_share
    weekly = rng.random((7, shape[1])) < 0.7
    weekday = (first + np.arange(shape[0])) % 7
    for by_week_, given, own in ((False, regular, regular), (True, weekly, weekly[weekday])):
        status, known = _kernels_layout.statuses(
            offered, seen, exists, given, by_week_, first, sparse
        )
        assumed = own & (seen == 0) & (exists > 0) & sparse[weekday]
        row = own & (seen > 0)
        assert np.array_equal(status == 1, ~own)
        assert np.array_equal(status == 0, row & (offered > 0))
        assert np.array_equal(status == 3, (row & (offered == 0)) | assumed)
        wanted = np.where(row, seen, 0.0) + np.where(assumed, exists, 0.0)
        assert np.array_equal(known if len(known) else seen, wanted)


@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata"])
@pytest.mark.parametrize("freq", ["30min", "h", "2h", "D"])
def test_rows_fall_where_their_wall_clock_says(zone, freq):
    rng = np.random.default_rng(7)
    start = pd.date_range("2025-09-20", "2026-05-01", freq=freq, tz=zone)
    parts = []
    for number in range(4):
        lost = rng.random(len(start)) < (0.1 if number else 0.0)
        own = start[~lost][5 * number :]
        parts.append(pd.DataFrame({"queue": f"q{number}", "start": own,
                                   "offered": rng.poisson(4, len(own)) * 1.0}))  # fmt: skip
    table = pd.concat(parts, ignore_index=True)
    interval = check(table, freq)
    for part, found in zip(parts, past.split(table, interval), strict=True):
        ns = clock.utc_ns(part["start"])
        day, of_day = clock.wall(ns, found.tz, interval)
        offered, seen = np.zeros(found.seen.shape), np.zeros(found.seen.shape)
        np.add.at(offered, (day - day[0], of_day), part["offered"])
        np.add.at(seen, (day - day[0], of_day), 1)
        span = clock.span(int(ns[0]), int(ns[-1]), found.tz, interval)
        exists = np.zeros(found.seen.shape)
        there, at = clock.wall(span, found.tz, interval)
        np.add.at(exists, (there - there[0], at), 1)
        assert np.array_equal(found.days, np.arange(day[0], day[-1] + 1))
        assert np.array_equal(found.offered, offered)
        assert np.array_equal(found.seen, seen)
        assert np.array_equal(found.exists, exists)


def test_a_walk_tells_order_grid_and_step():
    minute = 60 * 10**9
    ns = np.array([0, 30, 90, 180]) * minute
    assert _kernels_layout.walk(ns, 0, 30 * minute) == (True, True, 30 * minute)
    assert _kernels_layout.walk(ns, 15 * minute, 30 * minute) == (True, False, 30 * minute)
    assert _kernels_layout.walk(ns[[0, 2, 3]], 0, 60 * minute) == (True, False, 90 * minute)
    assert not _kernels_layout.walk(ns[[0, 2, 1]], 0, 30 * minute)[0]
    assert not _kernels_layout.walk(ns[[0, 1, 1]], 0, 30 * minute)[0]


@pytest.mark.parametrize("kind", ["category", "str", object, "string"])
@pytest.mark.parametrize("order", ["by queue", "by start", "mixed"])
def test_rows_of_a_queue_are_found_in_any_order_and_kind_of_text(kind, order):
    names = np.repeat(["b", "a", "c d", ""], [3, 1, 4, 2])
    if order == "by start":
        names = np.tile(["b", "a", ""], 4)
    elif order == "mixed":
        names = np.random.default_rng(2).permutation(names)
    column = pd.Series(names, dtype=kind) if kind != "category" else pd.Series(names).astype(kind)
    found = grid.of_queues(column)
    assert [name for name, _ in found] == list(dict.fromkeys(names))
    for name, rows in found:
        assert np.array_equal(np.arange(len(names))[rows], np.flatnonzero(names == name))


def test_equal_names_that_are_different_objects_are_one_queue():
    letters = "".join(["quiet", " queue"])
    column = pd.Series([letters, "quiet queue", "".join(["quiet", " queue"])], dtype=object)
    [(name, rows)] = grid.of_queues(column)
    assert name == "quiet queue"
    assert np.array_equal(np.arange(3)[rows], [0, 1, 2])


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_odd_days_are_those_far_from_the_weeks_around_with_the_median_near_them(seed):
    rng = np.random.default_rng(seed)
    ratio = rng.lognormal(0, 0.4, 60)
    ratio[rng.random(60) < 0.1] = np.nan
    spared = rng.random(60) < 0.2
    looked, near = _kernels_history.odd_days(
        ratio, spared, 1.6, 0.6, 7, usual.AROUND, usual.FEWEST_AROUND
    )
    wanted = []
    for day in range(60):
        week = [ratio[at] for at in range(max(day - 7, 0), min(day + 8, 60)) if at != day]
        base = np.nanmean(week)
        odd = ratio[day] > 1.6 * base or ratio[day] < 0.6 * base
        if (odd or (day == 59 and np.isfinite(ratio[day]))) and not spared[day]:
            wanted.append(day)
    assert looked.tolist() == wanted
    for day, found in zip(looked, near, strict=True):
        beside = [ratio[day + away] for away in usual.AROUND if 0 <= day + away < 60]
        assert found == pytest.approx(np.nanmedian(beside), rel=EXACT)
