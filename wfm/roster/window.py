"""Which shifts and breaks would be best on one day, all other days being settled?

With a single open day the rules ask of each person only which shifts fit between those of the days
around it. People for whom the same shifts fit can be exchanged freely, so that the day is solved in
numbers, breaks included, and handed out to people afterwards: nothing is lost.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from wfm.roster.board import Board
from wfm.roster.break_rules import misplaced
from wfm.roster.breaks import pauses
from wfm.roster.counts import Counts, best_counts, today
from wfm.roster.duties import Duty, Span
from wfm.roster.model import Effort
from wfm.roster.relaxation import Masses, add_coverage, add_wishes
from wfm.roster.rulebook import clean
from wfm.roster.rules import legal_spans
from wfm.workforce import Person

_BETTER = 1e-7


@dataclass(frozen=True)
class Window:
    """One day taken out to be solved: its numbers, and the people of each lot."""

    day: int
    masses: Masses
    today: list[int]
    lots: list[list[Person]]


def improve_days(
    board: Board, days: Sequence[int], locked: dict[str, dict[int, Duty]], effort: Effort
) -> tuple[bool, float]:
    """Solve some days anew, each for itself; return whether the roster got better, and the work.

    Up to `effort.workers` days are solved at the same time. Their answers are taken in order, each
    only if the roster stays legal and gets better, so that the threads do not change the result.
    """
    windows = [window for day in days if (window := _window(board, day, locked)) is not None]

    def solved(window: Window) -> Counts | None:
        return best_counts(window.masses, board.case, board.demand, window.today, effort)

    if effort.workers > 1 and len(windows) > 1:
        with ThreadPoolExecutor(effort.workers) as pool:
            answers = list(pool.map(solved, windows))
    else:
        answers = [solved(window) for window in windows]
    better, work = False, 0.0
    for window, counts in zip(windows, answers, strict=True):
        work += effort.work if counts is None else counts.work
        if counts is not None:
            better |= _taken(board, window, counts)
    return better, work


def _taken(board: Board, window: Window, counts: Counts) -> bool:
    """Put the answer of one day on the board if it is legal and better."""
    before, day = board.objective(), window.day
    people = [person for lot in window.lots for person in lot]
    old = [duty for person in people for duty in board.take(person.id, (day,))]
    for duty in _handed_out(board, counts, window.lots, old):
        board.put(duty)
    _repair_breaks(board, people, day)
    if (
        board.floor.kept
        and board.objective() < before - _BETTER
        and all(
            clean(board.case, person, list(board.duties[person.id].values())) for person in people
        )
    ):
        return True
    for person in people:
        board.take(person.id, (day,))
    for duty in old:
        board.put(duty)
    return False


def _window(board: Board, day: int, locked: dict[str, dict[int, Duty]]) -> Window | None:
    """Return the numbers to choose on a day; None if there is nothing to choose."""
    case, spread, step_min = board.case, board.spread, board.demand.step_min
    lots: dict[tuple, list[Person]] = defaultdict(list)
    asked = {minimum.role for minimum in case.scenario.minimum_staff}
    for person in case.scenario.people:
        if day in locked.get(person.id, {}):
            continue
        fits, may_rest = _fitting(board, person, day)
        if fits:
            roles = tuple(role for role in person.roles if role in asked)
            asked_for = case.wishes.get(person.id, {}).get(day, ())
            wished = tuple((r.kind, r.weight, r.shifts) for r in asked_for)
            lots[case.group(person), fits, may_rest, roles, wished].append(person)
    found = Masses()
    at_group: dict[tuple[int, Span], list[int]] = defaultdict(list)
    base = board.supply.copy()
    for (name, fits, may_rest, *_), people in lots.items():
        found.lots.append(people)
        group = spread.groups.index(name)
        columns = []
        for span in fits:
            columns.append(found.column(0.0, float(len(people))))
            found.shifts[len(found.lots) - 1, span] = columns[-1]
            at_group[group, span].append(columns[-1])
        (found.most if may_rest else found.equal).add(columns, 1.0, len(people))
        for person in people:
            duty = board.duties[person.id].get(day)
            if duty is not None:
                first = duty.span.start // step_min
                base[group, first : duty.span.end // step_min] -= 1
                for pause in duty.breaks:
                    base[group, pause.start // step_min : pause.end // step_min] += 1
    midnights = case.horizon.midnights
    steps = range(midnights[day] // step_min, midnights[day + 1] // step_min)
    if not found.cost:
        return None
    add_coverage(found, case, board.demand, spread, base=base, at_group=at_group, steps=steps)
    _add_floor(found, board, day)
    add_wishes(found, case, range(day, day + 1))
    return Window(day, found, today(found, board), found.lots)


def _add_floor(found: Masses, board: Board, day: int) -> None:
    """Add the seats, and the people of roles who are missing, to the numbers of a day."""
    floor = board.floor
    if not floor.asked:
        return
    held = [d for lot in found.lots for p in lot if (d := board.duties[p.id].get(day))]
    for duty in held:
        floor.put(duty, -1)
    there: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for (lot, span), column in found.shifts.items():
        rows = floor.rows(span)
        for step in range(rows.start, rows.stop):
            there[step].append((lot, column))
    for step, items in there.items():
        if floor.seats is not None:
            left = floor.seats - int(floor.present[step])
            found.most.add([column for _, column in items], 1.0, float(left))
        for at, minimum in enumerate(floor.minimums):
            lack = int(floor.wanted[at, step] - floor.roles[at, step])
            helps = [c for lot, c in items if minimum.role in found.lots[lot][0].roles]
            if lack > 0 and helps:
                short = found.column(floor.weight, float(lack))
                found.absent[at, step] = short
                found.most.add([short, *helps], -1.0, -float(lack))
    for at, code in enumerate(floor.calls):
        lack = int(floor.call_wanted[at, day] - floor.called[at, day])
        helps = [c for (_, span), c in found.shifts.items() if span.shift == code]
        over = float(floor.call_over[at])
        for column in helps:
            found.cost[column] += over
        if lack > 0 and helps:
            short = found.column(floor.call_weight + over, float(lack))
            found.uncalled[at, day] = short
            found.most.add([short, *helps], -1.0, -float(lack))
    for duty in held:
        floor.put(duty, 1)


def _fitting(board: Board, person: Person, day: int) -> tuple[tuple[Span, ...], bool]:
    """Return the shifts that fit a person's other days, and whether the day may stay free."""
    case = board.case
    others = [duty for at, duty in board.duties[person.id].items() if at != day]
    group = case.group(person)
    # Rules tell shifts apart by code where they name codes, else by times and pay alone.
    named = {*case.scenario.rules.shift_codes, *case.meeting_codes}
    times: dict[tuple[int, int, int, str], bool] = {}
    fits = []
    for span in legal_spans(case, person, day):
        code = span.shift if span.shift in named else ""
        key = (span.start, span.end, case.paid_min(span), code)
        if key not in times:
            times[key] = clean(board.case, person, [*others, Duty(person.id, span, group)])
        if times[key]:
            fits.append(span)
    return tuple(fits), bool(fits) and clean(board.case, person, others)


def _handed_out(
    board: Board, counts: Counts, lots: list[list[Person]], old: list[Duty]
) -> list[Duty]:
    """Give the numbers names: whoever can keep a shift keeps it; breaks go out in order of time."""
    had = {duty.agent: duty.span for duty in old}
    by_span: dict[tuple[str, Span], list[str]] = defaultdict(list)
    for lot, people in enumerate(lots):
        left = Counter({span: n for (at, span), n in counts.shifts.items() if at == lot})
        group = board.case.group(people[0])
        waiting = []
        for person in people:
            span = had.get(person.id)
            if span is not None and left[span] > 0:
                left[span] -= 1
                by_span[group, span].append(person.id)
            else:
                waiting.append(person.id)
        # Those who worked before those who did not, so that few lose or gain a day.
        waiting.sort(key=lambda agent: agent not in had)
        for agent, span in zip(waiting, sorted(left.elements(), key=_by_time), strict=False):
            by_span[group, span].append(agent)
    duties = []
    for (group, span), agents in by_span.items():
        shift = board.case.shifts[span.shift]
        kinds = counts.breaks.get((board.spread.groups.index(group), span), [])
        columns = [sorted(starts.elements()) for starts in kinds]
        for at, agent in enumerate(agents):
            starts = tuple(column[at] for column in columns)
            duties.append(Duty(agent, span, group, pauses(shift, span, starts)))
    return duties


def _by_time(span: Span) -> tuple[int, int, str]:
    return span.start, span.end, span.shift


def _repair_breaks(board: Board, people: Sequence[Person], day: int) -> None:
    """Place anew the breaks of shifts in which the numbers made two overlap or lie too close."""
    for person in people:
        duty = board.duties[person.id].get(day)
        if duty is not None and misplaced(board.case, duty):
            board.take(person.id, (day,))
            price = board.prices()[board.spread.groups.index(duty.queue)]
            board.put(board.rebreak(duty, price))
