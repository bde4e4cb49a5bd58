"""Which other kinds may stand in a duty's place, and what does another duty change?

Arrays in, arrays out, as in `_kernels_tables`.
"""

from __future__ import annotations

from wfm.queueing import _cache
from wfm.roster._kernels_cells import change_duty
from wfm.roster._kernels_rules import row_is_legal

_cache.choose_folder()

from numba import njit  # noqa: E402 - numba reads its cache folder when it is imported

_jit = njit(cache=True, nogil=True)


@_jit
def other_kinds(book, kind, day, family, counts, found):
    """Mark in `found[person, k]` the kinds of the duty's own family that are legal on a day.

    All other days stand. The kind at hand is marked too; locked days and days off mark nothing.
    """
    for person in range(kind.shape[0]):
        now = kind[person, day]
        for k in range(found.shape[1]):
            found[person, k] = 0
        if now < 0 or book.locked[person, day]:
            continue
        contract = book.contract[person]
        found[person, now] = 1
        for k in range(found.shape[1]):
            if k == now or family[k] != family[now] or book.first[day, k] < 0:
                continue
            if not book.allowed[person, day, k]:
                continue
            if book.resource[contract, k] != book.resource[contract, now]:
                continue
            kind[person, day] = k
            if row_is_legal(
                kind, person, contract, book.block, book.step, book.resource, book.units,
                book.least, book.most, book.limits, book.follow, book.variant, book.klass,
                book.weekend, book.before, counts, book.most_of, book.rests, book.opens,
                book.closes, book.mondays, book.free_from,
            ):  # fmt: skip
                found[person, k] = 1
        kind[person, day] = now


@_jit
def legal_duties(book, kind, day, people, kinds, counts, found):
    """Mark in `found[at]` whether `kinds[at]` is legal for `people[at]` on a day.

    All other days stand, and so do all other people.
    """
    for at in range(people.shape[0]):
        person = people[at]
        now, kind[person, day] = kind[person, day], kinds[at]
        found[at] = row_is_legal(
            kind, person, book.contract[person], book.block, book.step, book.resource, book.units,
            book.least, book.most, book.limits, book.follow, book.variant, book.klass,
            book.weekend, book.before, counts, book.most_of, book.rests, book.opens,
            book.closes, book.mondays, book.free_from,
        )  # fmt: skip
        kind[person, day] = now


@_jit
def replace_duty(book, state, person, day, kind, pause):
    """Put another duty in the place of what a person does on a day; no rule is checked."""
    change = change_duty(book, state, person, day, -1)
    state.kind[person, day] = kind
    for at in range(pause.shape[0]):
        state.pause[person, day, at] = pause[at]
    change += change_duty(book, state, person, day, 1)
    state.cost[0] += change
    return change
