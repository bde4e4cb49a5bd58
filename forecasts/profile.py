"""How do a day's contacts spread over its intervals?

The profile of a weekday is the share of the day's contacts in each open interval. It is a ratio
of two decayed sums over past days, contacts over day totals, in which

- old days count less (half-life in days),
- weekdays lend to each other as far as their profiles agree beyond sampling noise,
- neighbouring intervals are averaged with a narrow Gaussian kernel over the circular week.

Half-life and kernel width are those under which held-out weeks were most likely (multinomial
likelihood of the intervals given the day's total).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

HALF_LIVES = (28.0, 84.0, 252.0)  # days
WIDTHS = (0.0, 0.5, 1.0, 2.0)  # standard deviation of the kernel, in intervals
HELD_OUT_WEEKS = 4
FEWEST_TRAINING_DAYS = 14


@dataclass(frozen=True)
class Profile:
    """Shares of a day's contacts by interval.

    Attributes
    ----------
    share : float array, shape (7, K)
        Sums to 1 over the open intervals of each open weekday; 0 where closed.
    half_life : float
        Days after which a past day counts half.
    width : float
        Standard deviation of the smoothing kernel, in intervals.
    """

    share: np.ndarray
    half_life: float
    width: float

    def covered(self, weekday: np.ndarray, seen: np.ndarray) -> np.ndarray:
        """Return the share of each day's contacts that falls in its seen intervals, shape (D,)."""
        return np.asarray((self.share[weekday] * seen).sum(axis=1))


def fit(
    offered: np.ndarray, seen: np.ndarray, weekday: np.ndarray, open_week: np.ndarray
) -> Profile:
    """Return the profile expected from here on.

    Parameters
    ----------
    offered : float array, shape (D, K)
        Contacts in the seen intervals, oldest day first.
    seen : float array, shape (D, K)
        How many intervals of each cell are known (0, 1, or 2 in a repeated clock hour).
    weekday : int array, shape (D,)
    open_week : bool array, shape (7, K)

    Returns
    -------
    Profile
    """
    flat = open_week / np.maximum(open_week.sum(axis=1, keepdims=True), 1)
    if offered.shape[1] == 1 or not (offered * seen).any():
        return Profile(flat, HALF_LIVES[-1], 0.0)
    totals = day_totals(offered, seen, weekday, open_week=open_week)
    half_life, width = _most_likely(offered, seen, weekday, totals=totals, open_week=open_week)
    contacts, basis = _sums(offered, seen, weekday, totals=totals, half_life=half_life)
    return Profile(shares(contacts, basis, open_week, width=width), half_life, width)


def day_totals(
    offered: np.ndarray, seen: np.ndarray, weekday: np.ndarray, *, open_week: np.ndarray
) -> np.ndarray:
    """Return full-day totals, shape (D,): what was seen over the share a plain mean profile gives.

    A day of which nothing was seen has total 0.
    """
    rows, contacts = np.zeros(open_week.shape), np.zeros(open_week.shape)
    np.add.at(rows, weekday, seen)
    np.add.at(contacts, weekday, offered * (seen > 0))
    rate = np.divide(contacts, rows, out=np.zeros(rows.shape), where=rows > 0) * open_week
    full = rate.sum(axis=1)
    expected = (rate[weekday] * seen).sum(axis=1)
    got = (offered * (seen > 0) * open_week[weekday]).sum(axis=1)
    return np.divide(got * full[weekday], expected, out=np.zeros(len(got)), where=expected > 0)


def _most_likely(
    offered: np.ndarray,
    seen: np.ndarray,
    weekday: np.ndarray,
    *,
    totals: np.ndarray,
    open_week: np.ndarray,
) -> tuple[float, float]:
    days = len(weekday)
    weeks = min(HELD_OUT_WEEKS, (days - FEWEST_TRAINING_DAYS) // 7)
    best, settings = -np.inf, (HALF_LIVES[1], WIDTHS[1])
    if weeks < 1:
        return settings
    for half_life in HALF_LIVES:
        likelihood = np.zeros(len(WIDTHS))
        for week in range(1, weeks + 1):
            past, held = slice(0, days - 7 * week), slice(days - 7 * week, days - 7 * week + 7)
            contacts, basis = _sums(offered[past], seen[past], weekday[past], totals=totals[past],
                                    half_life=half_life)  # fmt: skip
            counted = np.where(seen[held] > 0, offered[held], 0.0) * open_week[weekday[held]]
            for at, width in enumerate(WIDTHS):
                share = shares(contacts, basis, open_week, width=width)[weekday[held]]
                known = (share * seen[held]).sum(axis=1, keepdims=True)
                ratio = np.divide(share, known, out=np.ones(share.shape), where=known > 0)
                likelihood[at] += (counted * np.log(np.maximum(ratio, 1e-12))).sum()
        at = int(likelihood.argmax())
        if likelihood[at] > best:
            best, settings = likelihood[at], (half_life, WIDTHS[at])
    return settings


def _sums(
    offered: np.ndarray,
    seen: np.ndarray,
    weekday: np.ndarray,
    *,
    totals: np.ndarray,
    half_life: float,
) -> tuple[np.ndarray, np.ndarray]:
    """Return decayed contacts, and the day totals they are shares of, both (7, K)."""
    weight = 0.5 ** (np.arange(len(weekday))[::-1] / half_life)
    by_weekday = (weekday == np.arange(7)[:, None]) * weight
    return by_weekday @ np.where(seen > 0, offered, 0.0), (by_weekday * totals) @ seen


def shares(
    contacts: np.ndarray, basis: np.ndarray, open_week: np.ndarray, *, width: float
) -> np.ndarray:
    """Return profiles (7, K) from decayed contacts and day totals, pooled and smoothed.

    A flat profile with the weight of one contact keeps open intervals above zero.
    """
    contacts, basis = contacts * open_week, basis * open_week
    flat = open_week / np.maximum(open_week.sum(axis=1, keepdims=True), 1)
    contacts, basis = _smooth(contacts, width), _smooth(basis, width)
    own = np.where(open_week, (contacts + flat) / (basis + 1.0), 0.0)
    pooled_contacts, pooled_basis = _borrow(own, contacts, basis, open_week, width=width)
    share = np.where(open_week, (pooled_contacts + flat) / (pooled_basis + 1.0), 0.0)
    total = share.sum(axis=1, keepdims=True)
    return np.divide(share, total, out=np.zeros(share.shape), where=total > 0)


def _smooth(week: np.ndarray, width: float) -> np.ndarray:
    if width == 0:
        return week
    flat = week.ravel()
    distance = np.minimum(np.arange(flat.size), flat.size - np.arange(flat.size))
    kernel = np.exp(-0.5 * (distance / width) ** 2)
    smooth = np.fft.irfft(np.fft.rfft(flat) * np.fft.rfft(kernel / kernel.sum()), flat.size)
    return np.maximum(smooth, 0.0).reshape(week.shape)


def _borrow(
    own: np.ndarray,
    contacts: np.ndarray,
    basis: np.ndarray,
    open_week: np.ndarray,
    *,
    width: float,
) -> tuple[np.ndarray, np.ndarray]:
    """Return contacts and day totals to which similar weekdays have been added.

    Weekday v enters the sums of w with weight 1 / (1 + n t), n contacts per interval of v and t
    the squared relative difference of the two profiles beyond what counting noise explains.
    """
    both = open_week[:, None, :] & open_week[None, :, :]
    mine = np.where(both, own[:, None, :], 0.0)
    theirs = np.where(both, own[None, :, :], 0.0)
    scale_mine, scale_theirs = mine.sum(axis=2), theirs.sum(axis=2)
    ok = (scale_mine > 0) & (scale_theirs > 0)
    factor = np.divide(scale_theirs, scale_mine, out=np.zeros(ok.shape), where=ok)
    theirs = theirs / np.where(ok, factor, 1.0)[:, :, None]
    mean = (mine + theirs) / 2
    gap = np.divide(mine - theirs, mean, out=np.zeros(mean.shape), where=mean > 0)
    kept = 1.0 if width == 0 else 1.0 / max(1.0, 2.0 * np.sqrt(np.pi) * width)
    count = np.maximum(contacts, 0.25)
    noise = kept * (1 / count[:, None, :] + 1 / count[None, :, :])
    weight = np.where(both, mean, 0.0)
    total = np.maximum(weight.sum(axis=2), 1e-12)
    apart = np.maximum((weight * (gap**2 - noise)).sum(axis=2) / total, 0.0)
    per_interval = contacts.sum(axis=1) / np.maximum(open_week.sum(axis=1), 1) / kept
    lend = ok / (1.0 + per_interval[None, :] * apart)
    np.fill_diagonal(lend, 1.0)
    return (
        np.einsum("wv,wvk->wk", lend, both * contacts[None, :, :]),
        np.einsum("wv,wvk->wk", lend * np.where(ok, factor, 1.0), both * basis[None, :, :]),
    )
