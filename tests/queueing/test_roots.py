"""Roots and fewest numbers for many queues at once, against one queue at a time."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize

from wfm.queueing._gallop import fewest_from
from wfm.queueing._roots import falling_root

FOUND = 1e-12
quick = settings(max_examples=60, deadline=None)


@quick
@given(st.lists(st.tuples(st.floats(0.05, 5), st.floats(0.1, 40)), min_size=1, max_size=8))
def test_roots_agree_with_brent(cases):
    form, at = np.array(cases).T

    def function(x, places):
        return np.clip(1 - (x / at[places]) ** form[places], -1, 1)  # flat beyond, as slack is

    got = falling_root(function, np.zeros(at.size), 50 * np.ones(at.size))
    for i, (p, a) in enumerate(cases):
        want = optimize.brentq(lambda x, p=p, a=a: 1 - (x / a) ** p, 1e-9, 50, xtol=1e-14)
        np.testing.assert_allclose(got[i], want, rtol=FOUND)
    assert np.all(function(got, np.arange(at.size)) >= 0)


def test_a_jump_is_found_and_a_closed_bracket_kept():
    got = falling_root(
        lambda x, at: np.where(x <= 3.0, 1.0, -1.0), np.array([0.0, 7.0]), np.array([10.0, 7.0])
    )
    np.testing.assert_allclose(got, [3.0, 7.0], rtol=FOUND)
    assert got[0] <= 3.0


@quick
@given(
    st.lists(
        st.tuples(st.integers(0, 50), st.integers(0, 3000), st.integers(1, 4000)),
        min_size=1, max_size=12,
    )
)  # fmt: skip
def test_the_fewest_is_found_wherever_it_lies(cases):
    least, more, most = (np.array(part, dtype=float) for part in zip(*cases, strict=True))
    answer, most = least + more, np.maximum(most, least)
    got, failed = fewest_from(lambda n, at: n >= answer[at], least, most)
    wanted = least > 0
    np.testing.assert_array_equal(failed, wanted & (answer > most))
    np.testing.assert_array_equal(got[~failed], np.where(wanted, answer, 0)[~failed])
