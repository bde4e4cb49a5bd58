"""How does a plan's roster get into the engine's shape, and back onto the board?

Coverage, hours, rows of days, rest and locks go in; breaks, starts and days come out. Of what comes
back everybody keeps what the rule book calls clean, and all of it only if the objective is lower.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from wfm.roster.board import Board
from wfm.roster.break_rules import misplaced
from wfm.roster.breaks import pauses
from wfm.roster.coverage import put
from wfm.roster.duties import Case, Duty, Span
from wfm.roster.period_rules import week_shares
from wfm.roster.rota_rules import must_work
from wfm.roster.rulebook import clean
from wfm.roster.rules import legal_spans
from wfm.roster.sequence_rules import rest_min
from wfm.roster.spacing import window
from wfm.roster.week_rules import most_min, owed_min
from wfm.roster.wishing import wish_price
from wfm.workforce import Person

_BETTER = 1e-7
_MUST = 1e4


@dataclass(frozen=True)
class Shape:
    """The way between spans and kinds: a kind is a shift code and its start after midnight."""

    kinds: dict[tuple[str, int], int]
    spans: dict[tuple[int, int], Span]

    def kind(self, case: Case, span: Span) -> int:
        """Return the kind of a planned shift, -1 if the scenario has none such."""
        return self.kinds.get((span.shift, span.start - case.horizon.midnights[span.day]), -1)


def shape_of(board: Board) -> Shape:
    """Return the kinds of a board's planned shifts."""
    case = board.case
    kinds: dict[tuple[str, int], int] = {}
    spans: dict[tuple[int, int], Span] = {}
    for day in range(case.horizon.days):
        for span in case.spans[day]:
            key = (span.shift, span.start - case.horizon.midnights[day])
            spans[day, kinds.setdefault(key, len(kinds))] = span
    return Shape(kinds, spans)


def tours_of(board, people, shape, locked):  # type: ignore[no-untyped-def]
    """Return the plan in the engine's shape; duties on the board that are not locked are free."""
    from wfm.roster.tours import Tours

    case, demand, spread = board.case, board.demand, board.spread
    scenario, horizon, step = case.scenario, case.horizon, demand.step_min
    days, count = horizon.days, len(shape.kinds)
    codes = [case.shifts[code] for code, _ in shape.kinds]
    first = np.full((days, count), -1)
    opens, closes = np.zeros((days, count), dtype=int), np.zeros((days, count), dtype=int)
    for (day, kind), span in shape.spans.items():
        first[day, kind] = span.start // step
        opens[day, kind], closes[day, kind] = span.start, span.end
    rest = rest_min(scenario.rules.daily_rest_h)
    starts = np.array([start for _, start in shape.kinds])
    ends = starts + np.array([shift.length_min for shift in codes])
    lengths = [horizon.midnights[d + 1] - horizon.midnights[d] for d in range(days)]
    known = sorted({24 * 60, *lengths})
    next_day = np.array([starts[None, :] + size - ends[:, None] >= rest for size in known])
    for before, after in scenario.rules.forbidden_successions:
        rows = [at for at, shift in enumerate(codes) if shift.code == before]
        columns = [at for at, shift in enumerate(codes) if shift.code == after]
        next_day[np.ix_(range(len(known)), rows, columns)] = False
    base = board.supply.copy()
    for duty in board.all_duties():
        put(spread, base, duty, step, -1)
    weights = scenario.weights
    steps = demand.steps
    wanted = demand.wanted.sum(axis=0) - base.sum(axis=0)
    workers = tuple(_worker(board, p, shape, locked.get(p.id, {})) for p in people)
    return Tours(
        first=first, length=np.array([shift.length_min // step for shift in codes]),
        breaks=tuple(
            tuple((b.length_min // step, -(-window(shift, i)[0] // step),
                   window(shift, i)[1] // step) for i, b in enumerate(shift.breaks))
            for shift in codes
        ),
        paid=np.array([case.paid[shift.code] for shift in codes]), next_day=next_day,
        variant=np.array([0 if d == 0 else known.index(lengths[d - 1]) for d in range(days)]),
        block=np.arange(days) // 7, weekend=np.maximum(np.arange(days) % 7 - 4, 0), workers=workers,
        need=spread.cut_queues @ demand.wanted - spread.cut_groups @ base,
        cuts=spread.cut_groups.astype(bool), islands=spread.islands, wanted=wanted,
        under=np.full(steps, weights.under * demand.step_h),
        over=np.full(steps, weights.over * demand.step_h),
        rests=(rest, rest_min(scenario.rules.weekly_rest_h)), opens=opens, closes=closes,
        mondays=horizon.midnights[::7],
    )  # fmt: skip


def _worker(board, person, shape, locked):  # type: ignore[no-untyped-def]
    from wfm.roster.tours import Worker

    case = board.case
    contract, law = case.contracts[person.contract], case.scenario.rules
    allowed = np.zeros((case.horizon.days, len(shape.kinds)), dtype=bool)
    for day in range(case.horizon.days):
        for span in legal_spans(case, person, day):
            allowed[day, shape.kind(case, span)] = True
    weeks = range(case.horizon.weeks)
    most = most_min(case, person)
    worked = {duty.span.day for duty in case.before.get(person.id, ())}
    run = 0
    while -run - 1 in worked:
        run += 1
    ends = [duty.span.end for duty in case.before.get(person.id, ())]
    extra = None
    must = [day for day in range(case.horizon.days) if must_work(case, person, day)]
    if person.id in case.wishes or must:
        extra = np.zeros(allowed.shape)
        extra[must] -= _MUST  # the rule book sees to it; this keeps annealing from trying
        for (day, kind), span in shape.spans.items():
            extra[day, kind] += wish_price(case, person.id, span)
    now = [0] * case.horizon.weeks
    for day, duty in board.duties[person.id].items():
        now[day // 7] += case.paid_min(duty.span)
    owed = [owed_min(case, person, week) for week in weeks]
    shares = week_shares(case, person, now, owed, [most] * len(now))
    return Worker(
        group=board.spread.groups.index(case.group(person)), allowed=allowed,
        least=shares.least, most=shares.most, most_run=law.max_consecutive_days,
        most_of=((frozenset(range(len(shape.kinds))), contract.max_days_per_week),),
        least_run=law.min_consecutive_days, least_off=law.min_consecutive_off,
        # Where the plan is longer than the rule's weekends the rule book sees to the rest.
        most_weekends=99 if law.max_weekends is None else law.max_weekends
        * math.ceil(case.horizon.weeks / law.weekends_of),
        before=(run, -1, 0 if run else 99),
        locked={day: shape.kind(case, duty.span) for day, duty in locked.items()},
        free_from=max(ends, default=-(10**9)), extra=extra,
    )  # fmt: skip


def state_of(run, board, people, shape):  # type: ignore[no-untyped-def]
    """Return the board's duties as the engine counts them."""
    from wfm.roster import cooling

    kind = np.full((len(people), run.tours.days), -1, dtype=np.int16)
    pause = np.zeros((*kind.shape, run.book.pause_length.shape[1]), dtype=np.int16)
    for at, person in enumerate(people):
        for day, duty in board.duties[person.id].items():
            kind[at, day] = shape.kind(board.case, duty.span)
            for b, break_ in enumerate(duty.breaks):
                pause[at, day, b] = (break_.start - duty.span.start) // board.demand.step_min
    state = cooling.state_of(run, kind, pause)
    run.keep(state.kind, state.pause, float(state.cost[0]))
    return state


def duties_of(  # noqa: PLR0917 - a row of the engine's tables is that
    board: Board, person: Person, kinds: np.ndarray, pause: np.ndarray, shape: Shape,
    locked: dict[str, dict[int, Duty]],
) -> list[Duty]:  # fmt: skip
    """Return a person's duties as the engine's kinds and breaks say; locked ones as they are."""
    case, step, mine = board.case, board.demand.step_min, []
    for day in range(case.horizon.days):
        k = int(kinds[day])
        if day in locked.get(person.id, {}):
            mine.append(locked[person.id][day])
        elif k >= 0:
            span = shape.spans[day, k]
            shift = case.shifts[span.shift]
            starts = tuple(int(v) * step for v in pause[day, : len(shift.breaks)])
            mine.append(Duty(person.id, span, case.group(person), pauses(shift, span, starts)))
    return mine


def adopt(board: Board, people: list[Person], shape: Shape, run, locked) -> bool:  # type: ignore[no-untyped-def]
    """Put the annealed roster on the board if it is legal and better."""
    case = board.case
    before, old = board.objective(), board.all_duties()
    days = range(case.horizon.days)
    new: list[Duty] = []
    for at, person in enumerate(people):
        mine = duties_of(board, person, run.kind[at], run.pause[at], shape, locked)
        new += mine if clean(case, person, mine) else board.duties[person.id].values()
    for person in people:
        board.take(person.id, days)
    for duty in new:
        board.put(duty)
    for duty in new:  # the kernels know windows and order, not the work between two breaks
        if misplaced(case, duty) and duty != locked.get(duty.agent, {}).get(duty.span.day):
            board.take(duty.agent, (duty.span.day,))
            price = board.prices()[board.spread.groups.index(duty.queue)]
            board.put(board.rebreak(duty, price))
    if board.objective() < before - _BETTER:
        return True
    for person in people:
        board.take(person.id, days)
    for duty in old:
        board.put(duty)
    return False
