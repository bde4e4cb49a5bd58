"""Does everybody rest long enough in one piece every week, or as the variable rules allow?

A rest lies wholly inside its Monday-Sunday week, or inside its two weeks where two rests are asked
of every two. A shortened rest is made up by a longer one in the week after.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from ortools.sat.python import cp_model

from wfm.roster.duties import Case
from wfm.roster.result import Violation
from wfm.roster.rules import Choice, Work
from wfm.roster.sequence_rules import rest_min


class WeeklyRest:
    """`weekly_rest_h` hours without a break by work lie wholly inside every week.

    With `weekly_rest_weeks` = 2 two such rests lie in every two weeks; with `weekly_rest_short_h` a
    week's rest may be that short if the next week's is longer by what it lacks.
    """

    name = "weekly rest"
    growing = True

    def post(self, model: cp_model.CpModel, choice: Choice) -> None:
        """Place the rests; every shift ends before a rest or starts after it."""
        if choice.case.scenario.rules.weekly_rest_short_h is not None:
            self._post_short(model, choice)
            return
        for weeks in blocks(choice.case):
            if not set(weeks).intersection(choice.weeks):
                continue
            begin, end, rest = _span(choice.case, weeks)
            places = [model.new_int_var(begin, end - rest, "") for _ in weeks]
            for before, place in pairwise(places):
                model.add(place >= before + rest)
            for place in places:
                _keep_free(model, choice, weeks, place=place, rest=rest, longest=rest)

    def _post_short(self, model: cp_model.CpModel, choice: Choice) -> None:
        """Choose the length of each week's rest too."""
        case, law = choice.case, choice.case.scenario.rules
        near = {w for week in choice.weeks for w in (week - 1, week, week + 1)}
        lengths: dict[int, cp_model.IntVar] = {}
        for week in sorted(near):
            if week < 0 and week >= case.known_from // 7:
                work = Work(case, choice.person.id, ())
                known = max(_stretches(case, range(week, week + 1), work), default=0)
                lengths[week] = model.new_constant(known)
            if not 0 <= week < case.horizon.weeks:
                continue
            begin, end, full = _span(case, range(week, week + 1))
            least = min(rest_min(law.weekly_rest_short_h or 0.0), full)
            most = end - begin
            length = model.new_int_var(least, most, "")
            place = model.new_int_var(begin, end, "")
            model.add(place + length <= end)
            _keep_free(model, choice, range(week, week + 1), place=place, rest=length, longest=most)
            lengths[week] = length
        for week, length in lengths.items():
            after = lengths.get(week + 1)
            if after is None:
                continue
            full = _span(case, range(week + 1, week + 2))[2]
            whole = model.new_bool_var("")
            model.add(length >= full).only_enforce_if(whole)
            model.add(length + after >= 2 * full).only_enforce_if(whole.negated())

    def violations(self, work: Work) -> Iterator[Violation]:
        """Measure the free stretches of each week or two."""
        case = work.case
        if case.scenario.rules.weekly_rest_short_h is not None:
            yield from self._violations_short(work)
            return
        for weeks in blocks(case):
            rest = _span(case, weeks)[2]
            free = _stretches(case, weeks, work)
            if rest and sum(stretch // rest for stretch in free) < len(weeks):
                longest = max(free, default=0)
                text = f"expected {rest / 60:g} h of rest in the week, got {longest / 60:g}"
                if len(weeks) > 1:
                    got = sum(stretch // rest for stretch in free)
                    text = f"expected 2 rests of {rest / 60:g} h in two weeks, got {got}"
                yield work.broken(self.name, 7 * weeks.start, text)

    def _violations_short(self, work: Work) -> Iterator[Violation]:
        case = work.case
        short = rest_min(case.scenario.rules.weekly_rest_short_h or 0.0)
        missing = 0
        for week in range(-1 if case.known_from <= -7 else 0, case.horizon.weeks):
            weeks = range(week, week + 1)
            got, full = max(_stretches(case, weeks, work), default=0), _span(case, weeks)[2]
            if week >= 0 and got < min(short, full):
                text = f"expected {short / 60:g} h of rest in the week at least, got {got / 60:g}"
                yield work.broken(self.name, 7 * week, text)
            elif week >= 0 and missing and got < full + missing:
                text = (
                    f"expected {(full + missing) / 60:g} h of rest to make up for the week before, "
                    f"got {got / 60:g}"
                )
                yield work.broken(self.name, 7 * week, text)
            missing = max(0, full - got)


def blocks(case: Case) -> Iterator[range]:
    """Yield the planned weeks in lots that share their rests."""
    size = case.scenario.rules.weekly_rest_weeks
    for first in range(0, case.horizon.weeks, size):
        yield range(first, min(first + size, case.horizon.weeks))


def _keep_free(
    model: cp_model.CpModel, choice: Choice, weeks: range, *, place: cp_model.IntVar,
    rest: cp_model.IntVar | int, longest: int,
) -> None:  # fmt: skip
    for day in range(7 * weeks.start - 2, 7 * weeks.stop):
        items = [i for i in choice.on(day) if choice.case.rest_from(i[0].span) > i[0].span.start]
        if not items:
            continue
        works = cp_model.LinearExpr.sum([x for _, x in items])
        starts = [duty.span.start for duty, _ in items]
        ends = [choice.case.rest_from(duty.span) for duty, _ in items]
        # Measured from the day's own extremes a day without shift asks for nothing.
        low, high = place.proto.domain[0], place.proto.domain[-1]
        ended = cp_model.LinearExpr.weighted_sum([x for _, x in items], ends)
        begun = cp_model.LinearExpr.weighted_sum([x for _, x in items], starts)
        before = model.new_bool_var("")
        model.add(ended + (1 - works) * min(low, *starts) <= place).only_enforce_if(before)
        model.add(begun + (1 - works) * max(high + longest, *ends) >= place + rest).only_enforce_if(
            before.negated()
        )


def _stretches(case: Case, weeks: range, work: Work) -> list[int]:
    """Return the minutes of every stretch without work inside some weeks."""
    begin, end, _ = _span(case, weeks)
    found, free_from, calls = [], begin, case.on_call
    for duty in work.in_order:
        span = duty.span
        if span.end <= begin or span.start >= end:
            continue
        close = case.rest_from(span) if calls else span.end
        if close > span.start:
            found.append(span.start - free_from)
            free_from = max(free_from, close)
    found.append(end - free_from)
    return [stretch for stretch in found if stretch > 0]


def _span(case: Case, weeks: range) -> tuple[int, int, int]:
    """Return where some weeks begin and end, and the minutes of one rest."""
    midnights = case.horizon.midnights
    begin = (
        midnights[7 * weeks.start] if weeks.start >= 0 else case.horizon.clock(7 * weeks.start, 0)
    )
    end = midnights[7 * weeks.stop] if weeks.stop >= 0 else case.horizon.clock(7 * weeks.stop, 0)
    return begin, end, min(rest_min(case.scenario.rules.weekly_rest_h), end - begin)
