"""Every kernel of the forecaster against an obvious slow twin."""

import numpy as np
import pandas as pd
import pytest

from forecasts import _kernels, _kernels_days, _kernels_profile, clock, daily, daytypes, level
from tests.forecasts.histories import WEEK

CLOSE = 1e-7  # both twins solve well-conditioned systems in double precision
DAYS = 430
MONDAY = 20_458


def series(seed=0):
    days = MONDAY + np.arange(DAYS + 28)
    whole = ~np.zeros(7, bool)
    names = np.full(len(days), None, object)
    names[[40, 200, 333, DAYS + 5]] = "Holiday"
    effects = daytypes.effects(
        days, past=DAYS, working=whole, closed=np.zeros(len(days), bool),
        names=daytypes.Names.of(names),
        events={"mailing": np.isin(np.arange(len(days)), [90, 290, DAYS + 9])},
    ).with_usual(np.log(WEEK / WEEK.mean()), whole)  # fmt: skip
    rng = np.random.default_rng(seed)
    mean = 300 * WEEK[clock.weekday(days[:DAYS])] * np.exp(rng.normal(0, 0.1, DAYS))
    covered = np.where(rng.random(DAYS) < 0.05, 0.0, rng.uniform(0.5, 1.0, DAYS))
    return rng.poisson(mean * covered).astype(float), covered, effects


def dense_fit(totals, covered, effects, *, upto, columns, weight, target):
    """Weighted ridge with the level's knots, by plain linear algebra."""
    past = len(totals)
    age = np.arange(past)[::-1]
    apart = daily.KNOT_DAYS_BESIDE_YEAR if len(effects.sizes) > 1 else daily.KNOT_DAYS
    knots = np.arange(0, max(past - apart // 2, 1), apart)
    ramps = np.clip(1 - np.abs(age[:, None] - knots) / apart, 0, None)
    design = np.column_stack([np.ones(past), ramps, effects.dense()[:past, :columns]])
    ridge = np.concatenate([[0.01], np.full(len(knots), daily.SD_LEVEL_STEP**-2.0),
                            effects.sd[:columns] ** -2.0])  # fmt: skip
    used = (covered > 0) & (np.arange(past) < upto)
    ridge = ridge * 0.5 ** ((past - upto) / daily.MEMORY_DAYS)
    x, w = design[used], weight[used]
    expected = np.concatenate([np.zeros(1 + len(knots)), effects.expected[:columns]])
    beta = np.linalg.solve(
        (x * w[:, None]).T @ x + np.diag(ridge),
        (x * w[:, None]).T @ target[used] + ridge * expected,
    )
    return beta, design @ beta, len(knots)


def twin_of_day_effects(totals, covered, effects):
    past, width = len(totals), len(effects.sd)
    used = covered > 0
    memory = 0.5 ** (np.arange(past)[::-1] / daily.MEMORY_DAYS)
    with np.errstate(divide="ignore", invalid="ignore"):
        body = np.where(used, np.log((totals + 0.5) / covered), 0.0)
    centre = (memory * body)[used].sum() / memory[used].sum()
    weight, target = memory * covered / 0.09, body - centre
    for _ in range(1, daily.ROUNDS):
        _, fitted, _ = dense_fit(
            totals, covered, effects, upto=past, columns=width, weight=weight, target=target
        )
        body = centre + fitted
        mean = np.where(used, covered * np.exp(body), 1.0)
        off = np.where(used, (totals - mean) / mean, 0.0)
        spread = 1.4826 * np.median(np.abs(off[used]))
        dispersion = max(spread**2 - np.median(1 / mean[used]), _kernels_days.LEAST_DISPERSION)
        scale = 1 / mean + dispersion
        robust = np.minimum(1, daily.HUBER * np.sqrt(scale) / np.maximum(np.abs(off), 1e-12))
        weight, target = memory * robust / scale, body + np.minimum(off, 2.0) - centre
    losses = np.zeros(len(effects.sizes))
    dense = effects.dense()
    for trial in range(1, daily.TRIALS + 1):
        upto = past - trial * daily.TRIAL_DAYS
        before = np.arange(max(upto - int(6 * daily.TRIAL_LEVEL_DAYS), 0), upto)
        held = np.arange(upto, upto + daily.TRIAL_DAYS)
        for option, size in enumerate(effects.sizes):
            columns = len(effects.sd) - effects.sizes[-1] + size
            beta, _, knots = dense_fit(
                totals, covered, effects, upto=upto, columns=columns, weight=weight, target=target
            )
            alone = covered * np.exp(dense[:past, :columns] @ beta[1 + knots :])
            fade = 0.5 ** ((upto - before) / daily.TRIAL_LEVEL_DAYS)
            now = (fade * totals[before])[used[before]].sum() / (fade * alone[before]).sum()
            losses[option] += np.abs(totals[held] - alone[held] * now)[used[held]].sum()
    share = np.exp(-daily.SHARPNESS * (losses / losses.min() - 1))
    share /= share.sum()
    log_effect = np.zeros(len(dense))
    for part, size in zip(share, effects.sizes, strict=True):
        columns = len(effects.sd) - effects.sizes[-1] + size
        beta, _, knots = dense_fit(
            totals, covered, effects, upto=past, columns=columns, weight=weight, target=target
        )
        log_effect += part * (dense[:, :columns] @ beta[1 + knots :])
    return np.exp(log_effect), dispersion, share


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_sparse_day_effects_are_those_of_plain_linear_algebra(seed):
    totals, covered, effects = series(seed)
    fit = daily.fit(totals, covered, effects)
    wanted, dispersion, share = twin_of_day_effects(totals, covered, effects)
    assert fit.yearly == pytest.approx(share, rel=CLOSE)
    assert fit.effect == pytest.approx(wanted, rel=CLOSE)
    assert fit.dispersion == pytest.approx(dispersion, rel=CLOSE)


def test_far_days_are_clipped_where_no_neighbour_is_far_the_same_way():
    fitted, sd = np.full(9, 100.0), 10.0
    off = np.array([0.0, 5.0, 0.0, 5.0, 9.0, 3.5, -9.0, 0.0, -9.0])
    unit = np.ones(9)
    unit[[2, 7]] = 0.0  # idle: the days around are neighbours
    contacts, units = _kernels.level_parts(fitted + sd * off, unit, fitted, 0.0, 4.0, 3.0)
    assert units.tolist() == unit.tolist()
    # The first two far days stand beside each other, as do the two at the end.
    assert contacts.tolist() == [100.0, 150.0, 0.0, 150.0, 190.0, 135.0, 10.0, 0.0, 10.0]
    alone, _ = _kernels.level_parts(fitted + sd * off, unit, fitted, 0.0, 4.0, np.inf)
    assert alone.tolist() == [100.0, 140.0, 0.0, 140.0, 140.0, 135.0, 60.0, 0.0, 60.0]


def test_level_paths_are_exponentially_weighted_means():
    rng = np.random.default_rng(0)
    unit, contacts = rng.uniform(0.1, 1, 200), rng.uniform(0, 300, 200)
    found = _kernels.level_paths(contacts, unit, np.array([5.0, 50.0]), 0.0)
    for path, half_life in zip(found, (5.0, 50.0), strict=True):
        frame = pd.DataFrame({"contacts": contacts, "unit": unit}).ewm(halflife=half_life).mean()
        assert path == pytest.approx((frame["contacts"] / frame["unit"]).to_numpy(), rel=CLOSE)


def test_replayed_losses_and_errors_are_counted_day_by_day():
    rng = np.random.default_rng(1)
    days, leads, first = 60, 9, 20
    unit = np.where(rng.random(days) < 0.2, 0.0, rng.uniform(0.5, 1, days))
    totals, paths = rng.uniform(50, 90, days) * unit, rng.uniform(60, 80, (3, days))
    slow, fast, kept = np.array([0, 1]), np.array([0, 2]), rng.random((2, leads))
    found = _kernels.replay_losses(totals, unit, paths, slow, fast, kept, first)
    part = rng.random((3, leads))
    mean, actual = _kernels.replay_errors(totals, unit, paths, part, first, 4)
    losses = np.zeros(2)
    for origin in range(first, days - 1):
        for lead in range(1, leads + 1):
            to = origin + lead
            if to >= days or unit[to] == 0:
                continue
            for e in range(2):
                low, high = paths[slow[e], origin], paths[fast[e], origin]
                said = unit[to] * (low + kept[e, lead - 1] * (high - low))
                losses[e] += abs(said - totals[to])
            if (origin - first) % 4 == 0:
                row = (origin - first) // 4
                wanted = unit[to] * (part[:, lead - 1] @ paths[:, origin])
                assert mean[row, lead - 1] == pytest.approx(wanted, rel=CLOSE)
                assert actual[row, lead - 1] == totals[to]
    assert found == pytest.approx(losses, rel=CLOSE)
    assert ((mean == 0) == (actual == 0)).all()
    assert (mean == 0).any()


def twin_of_pooled_shares(contacts, basis, open_week):
    flat = open_week / np.maximum(open_week.sum(axis=1, keepdims=True), 1)
    contacts, basis = contacts * open_week, basis * open_week
    own = np.where(open_week, (contacts + flat) / (basis + 1), 0.0)
    top, below = contacts.copy(), basis.copy()
    for w in range(7):
        for v in range(7):
            both = open_week[w] & open_week[v]
            if v == w or not both.any():
                continue
            factor = own[v, both].sum() / own[w, both].sum()
            mine, theirs = own[w, both], own[v, both] / factor
            # Symmetric in w and v, so either scale will do.
            mean = (mine + theirs) / 2
            noise = 1 / np.maximum(contacts[w, both], 0.25) + 1 / np.maximum(
                contacts[v, both], 0.25
            )
            apart = (mean * (((mine - theirs) / mean) ** 2 - noise)).sum() / mean.sum()
            lend = 1 / (1 + contacts[v].sum() / open_week[v].sum() * max(apart, 0))
            top[w, both] += lend * contacts[v, both]
            below[w, both] += lend * factor * basis[v, both]
    share = np.where(open_week, (top + flat) / (below + 1), 0.0)
    total = share.sum(axis=1, keepdims=True)
    return np.divide(share, total, out=np.zeros(share.shape), where=total > 0)


def test_pooled_profiles_are_those_of_the_definition():
    rng = np.random.default_rng(3)
    open_week = rng.random((7, 24)) < 0.8
    open_week[6] = False
    contacts = rng.gamma(2, 10, (7, 24))
    basis = np.repeat(rng.uniform(200, 600, (7, 1)), 24, axis=1)
    found = _kernels_profile.pooled_shares(contacts, basis, open_week, 0.0)
    assert found == pytest.approx(twin_of_pooled_shares(contacts, basis, open_week), rel=CLOSE)


def test_profile_sums_fade_by_their_half_life():
    rng = np.random.default_rng(4)
    offered = rng.poisson(20, (40, 6)).astype(float)
    seen = (rng.random((40, 6)) < 0.9).astype(float)
    weekday, totals = np.arange(40) % 7, rng.uniform(50, 90, 40)
    top, below = np.zeros((7, 6)), np.zeros((7, 6))
    for begin, upto in ((0, 20), (20, 33)):
        _kernels_profile.fade(top, below, offered, seen, weekday, totals, 9.0, begin, upto)
    weight = 0.5 ** ((32 - np.arange(33)) / 9.0)
    for day in range(7):
        rows = weekday[:33] == day
        fading = weight[rows][:, None] * seen[:33][rows]
        assert top[day] == pytest.approx((fading * offered[:33][rows]).sum(axis=0), rel=CLOSE)
        assert below[day] == pytest.approx(
            (fading * totals[:33][rows][:, None]).sum(axis=0), rel=CLOSE
        )


def test_the_held_out_likelihood_is_multinomial():
    rng = np.random.default_rng(5)
    share = rng.dirichlet(np.ones(6), 7)
    offered, seen = rng.poisson(20, (9, 6)).astype(float), np.ones((9, 6))
    seen[4, 2] = 0
    weekday = np.arange(9) % 7
    found = _kernels_profile.log_likelihood(share, offered, seen, weekday, np.ones((7, 6), bool), 2)
    wanted = 0.0
    for day in range(2, 9):
        known = seen[day] > 0
        chance = share[weekday[day]][known] / share[weekday[day]][known].sum()
        wanted += (offered[day][known] * np.log(chance)).sum()
    assert found == pytest.approx(wanted, rel=CLOSE)


def test_no_level_expert_has_weight_outside_its_half_lives():
    parts = level._parts(np.full(len(level.experts()[0]), 1 / len(level.experts()[0])), 28)
    assert parts.sum(axis=0) == pytest.approx(np.ones(29))
    assert (parts >= 0).all()


@pytest.mark.parametrize("size", [1, 4, 7, 23])
def test_the_factor_and_its_solutions_are_those_of_linear_algebra(size):
    rng = np.random.default_rng(size)
    whole = rng.normal(size=(size, size + 3))
    whole = whole @ whole.T + np.eye(size)
    found = whole.copy()
    _kernels_days.factor(found)
    assert np.tril(found) == pytest.approx(np.linalg.cholesky(whole), rel=CLOSE)
    right = rng.normal(size=size)
    y = _kernels_days.forward(found, right)
    assert _kernels_days.back(found, y, size) == pytest.approx(
        np.linalg.solve(whole, right), rel=CLOSE
    )
    first = (size + 1) // 2
    part = _kernels_days.back(found, y, first)
    assert part[:first] == pytest.approx(
        np.linalg.solve(whole[:first, :first], right[:first]), rel=CLOSE
    )
    assert (part[first:] == 0).all()


@pytest.mark.parametrize("count", [1, 2, 9, 100, 731])
def test_the_median_is_the_middle_one(count):
    rng = np.random.default_rng(count)
    for values in (rng.normal(size=count), rng.integers(0, 4, count).astype(float)):
        assert _kernels.median(values.copy()) == np.median(values)


def grid(seed, days=30, steps=6):
    rng = np.random.default_rng(seed)
    seen = (rng.random((days, steps)) < 0.8).astype(float)
    return rng.poisson(9, (days, steps)).astype(float), seen, np.arange(days) % 7, rng


def test_day_sums_leave_out_what_is_closed_or_unseen():
    offered, seen, weekday, rng = grid(1)
    open_week = rng.random((7, 6)) < 0.7
    share = rng.dirichlet(np.ones(6), 7) * open_week
    totals, covered = _kernels_profile.day_sums(offered, seen, weekday, open_week, share)
    for day in range(30):
        used = (seen[day] > 0) & open_week[weekday[day]]
        assert totals[day] == offered[day][used].sum()
        assert covered[day] == pytest.approx((share[weekday[day]] * seen[day]).sum(), rel=CLOSE)


@pytest.mark.parametrize("weeks", [1, 3])
def test_recent_means_are_over_the_last_known_weeks_of_each_interval(weeks):
    offered, seen, weekday, _ = grid(2)
    found = _kernels_profile.recent_means(offered, seen, weekday, weeks)
    for day in range(7):
        for at in range(6):
            known = [offered[d, at] for d in range(30) if weekday[d] == day and seen[d, at] > 0]
            assert found[day, at] == pytest.approx(np.mean(known[-weeks:]), rel=CLOSE)


def test_the_error_within_days_is_that_of_shares_times_totals():
    offered, seen, weekday, rng = grid(3, days=20)
    share = rng.dirichlet(np.ones(6), 7)
    totals, covered = offered.sum(axis=1), np.where(np.arange(20) == 15, 0.0, 0.9)
    found = _kernels.within_day(offered, seen, weekday, share, totals, covered, 5, 1e-6)
    mean = (totals / 0.9)[:, None] * share[weekday] * seen
    mean[15] = 0
    used = (mean > 1e-6) & (np.arange(20) >= 5)[:, None]
    squared = (offered[used] - mean[used]) ** 2
    usual = max(np.median(squared / mean[used]) / 0.455, 1.0)
    squared = np.minimum(squared, 16 * usual * mean[used])
    assert found == pytest.approx((squared - mean[used]).sum() / (mean[used] ** 2).sum(), rel=CLOSE)


def test_errors_by_lead_are_squares_beyond_poisson_without_the_wildest():
    rng = np.random.default_rng(4)
    mean = rng.uniform(20, 60, (15, 4))
    actual = mean * rng.lognormal(0, 0.3, (15, 4))
    actual[3, 1] = 5000.0
    mean[7, 2] = actual[7, 2] = 0.0
    excess, basis = _kernels.excess_by_lead(actual, mean, 0.01, 4.0)
    known = mean > 0
    off = np.abs(actual - mean)[known] / mean[known]
    usual = max(0.01, (1.4826 * np.median(off)) ** 2)
    squared = np.minimum((actual - mean) ** 2, 16 * (mean + usual * mean**2))
    assert excess == pytest.approx(np.where(known, squared - mean, 0).sum(axis=0), rel=CLOSE)
    assert basis == pytest.approx((mean**2).sum(axis=0), rel=CLOSE)


def test_the_rival_of_the_replay_is_the_mean_of_the_last_same_weekdays():
    rng = np.random.default_rng(5)
    totals, covered = rng.uniform(50, 90, 60), np.where(rng.random(60) < 0.1, 0.0, 1.0)
    totals *= covered
    first, step, leads, since = 30, 3, 9, 40
    origins = range(first, 59, step)
    mean, actual = np.zeros((len(origins), leads)), np.zeros((len(origins), leads))
    own = rival = 0.0
    for row, origin in enumerate(origins):
        for lead in range(1, min(leads, 59 - origin) + 1):
            to = origin + lead
            if covered[to] == 0:
                continue
            mean[row, lead - 1], actual[row, lead - 1] = 70.0, totals[to]
            if origin < since:
                continue
            same = [totals[d] for d in range(to % 7, origin + 1, 7) if covered[d] > 0]
            own += abs(totals[to] - 70.0)
            rival += abs(totals[to] - np.mean(same[-4:]))
    found = _kernels.error_against_mean(totals, covered, mean, actual, first, step, 4, since)
    assert found == pytest.approx(own / rival, rel=CLOSE)


def test_contacts_and_units_of_the_level_are_clipped_and_weighed():
    totals, unit = np.array([100.0, 900.0, 50.0]), np.array([1.0, 1.0, 0.0])
    contacts, units = _kernels.level_parts(totals, unit, np.full(3, 100.0), 0.04, 4.0, 3.0)
    top = 100 + 4 * np.sqrt(100 + 0.04 * 100**2)
    assert contacts == pytest.approx([100 / 5, top / 5, 0])
    assert units == pytest.approx([1 / 5, 1 / 5, 0])
