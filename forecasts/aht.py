"""How long will a contact take, by weekday and interval of the day?"""

from __future__ import annotations

import numpy as np

from forecasts.past import Past

PRIOR_CONTACTS = 100.0  # weight of the queue's own mean in each weekday and each interval
HALF_LIFE = 56.0  # days


def expected(past: Past) -> np.ndarray:
    """Return the expected mean handle time of each interval of the week, seconds, shape (7, K).

    mean * f_weekday * f_interval, the mean weighted by contacts and decayed by age, each factor
    shrunk towards 1 as if `PRIOR_CONTACTS` contacts of the mean had been seen. NaN throughout
    where no handle time is known.

    Source: the shrunk mean is Bühlmann's credibility estimator (1967) with k = 100 contacts.

    Parameters
    ----------
    past : Past
    """
    shape = (7, past.offered.shape[1])
    age = past.days[-1] - past.days
    weight = past.handled * (0.5 ** (age / HALF_LIFE))[:, None]
    seconds = np.where(weight > 0, past.aht_s, 0.0) * weight
    if not weight.sum() > 0:
        return np.full(shape, np.nan)
    mean = seconds.sum() / weight.sum()
    contacts, total = np.zeros(shape), np.zeros(shape)
    np.add.at(contacts, past.weekday, weight)
    np.add.at(total, past.weekday, seconds)
    by_day = _factor(total.sum(axis=1), contacts.sum(axis=1) * mean, mean)
    by_interval = _factor(total.sum(axis=0), (contacts * by_day[:, None]).sum(axis=0) * mean, mean)
    return np.asarray(mean * by_day[:, None] * by_interval[None, :])


def _factor(seconds: np.ndarray, usual: np.ndarray, mean: float) -> np.ndarray:
    prior = PRIOR_CONTACTS * mean
    return np.asarray((seconds + prior) / (usual + prior))
