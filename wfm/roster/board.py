"""What does the roster under construction cost, and what would one more shift cost?

The objective, in weighted agent-hours of `RosterWeights`, taken at every grid step with breaks in
place: ``under`` times the agents short, ``over`` times the agents beyond demand, and ``fairness``
times the paid hours by which people depart from the mean use of their contract. As agents beyond
demand = agents on seat - agents wanted + agents short, one closed form of the shortage prices all.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from wfm.roster.breaks import best_breaks, pauses
from wfm.roster.burdens import burden, overtime_cost, overtime_h, weighed
from wfm.roster.coverage import Spread, put, supply_of
from wfm.roster.demand import Demand
from wfm.roster.duties import Case, Duty, Span
from wfm.roster.floor import Floor
from wfm.roster.rules import legal_spans
from wfm.roster.week_rules import leave_share
from wfm.roster.wishing import wish_cost, wish_price
from wfm.workforce import Person


@dataclass(frozen=True)
class Offers:
    """All shifts of one type in the planned weeks: spans, and their first grid steps."""

    spans: tuple[Span, ...]
    at: np.ndarray


@dataclass(frozen=True)
class Priced:
    """A shift with its best breaks, and what it adds to the objective (requests, not fairness)."""

    duty: Duty
    cost: float


class Board:
    """Duties, the supply they make, and its price; the one mutable thing of the search."""

    def __init__(self, case: Case, demand: Demand, spread: Spread) -> None:
        self.case, self.demand, self.spread = case, demand, spread
        self.duties: dict[str, dict[int, Duty]] = {p.id: {} for p in case.scenario.people}
        before = (duty for duties in case.before.values() for duty in duties)
        self.supply = supply_of(spread, before, demand.step_min, demand.steps)
        self.floor = Floor(case, demand.step_min, demand.steps)
        self._base_wanted = int(demand.wanted.sum())
        self._offers = self._all_offers()
        self._legal: dict[str, dict[str, np.ndarray]] = {}

    def put(self, duty: Duty) -> None:
        """Add a duty."""
        self.duties[duty.agent][duty.span.day] = duty
        put(self.spread, self.supply, duty, self.demand.step_min, 1)
        self.floor.put(duty, 1)

    def take(self, agent: str, days: Iterable[int]) -> list[Duty]:
        """Take the duties of some days away and return them."""
        mine = self.duties[agent]
        taken = [mine.pop(day) for day in days if day in mine]
        for duty in taken:
            put(self.spread, self.supply, duty, self.demand.step_min, -1)
            self.floor.put(duty, -1)
        return taken

    def all_duties(self) -> list[Duty]:
        """Return every duty, by agent and day."""
        return [mine[day] for mine in self.duties.values() for day in sorted(mine)]

    def prices(self) -> np.ndarray:
        """Return what one more agent on seat adds to the objective, shape (groups, steps)."""
        weights = self.case.scenario.weights
        relief = self.spread.relief(self.demand.wanted, self.supply)
        return self.demand.step_h * (weights.over - (weights.under + weights.over) * relief)

    def short_h(self) -> float:
        """Return the agent-hours short."""
        short = self.spread.shortage(self.demand.wanted, self.supply).sum()
        return float(short) * self.demand.step_h

    def coverage_cost(self) -> float:
        """Return the under- and overstaffing part of the objective."""
        weights, demand = self.case.scenario.weights, self.demand
        short = int(self.spread.shortage(demand.wanted, self.supply).sum())
        spare = int(self.supply.sum()) - self._base_wanted + short
        return demand.step_h * (weights.under * short + weights.over * spare)

    def fairness_cost(self) -> float:
        """Return the fairness part of the objective."""
        weight, priced = self.case.scenario.weights.fairness, self._burden_cost()
        if not weight:
            return priced
        uses: dict[str, list[float]] = {}
        for person in self.case.scenario.people:
            uses.setdefault(person.contract, []).append(self.use_h(person))
        return priced + weight * float(
            sum(np.abs(np.array(use) - np.mean(use)).sum() for use in uses.values())
        )

    def burden(self, person: Person, name: str) -> int:
        """Return how often a person bears a burden, the weeks before included."""
        mine = self.duties[person.id].values()
        return burden(self.case, name, (*self.case.before.get(person.id, ()), *mine))

    def burden_aims(self, person: Person) -> dict[str, float]:
        """Return for each burden that is priced the mean of people with the same contract."""
        peers = [p for p in self.case.scenario.people if p.contract == person.contract]
        return {
            name: float(np.mean([self.burden(peer, name) for peer in peers]))
            for name in weighed(self.case)
        }

    def overtime_h(self) -> float:
        """Return everybody's overtime hours."""
        people = self.case.scenario.people
        return sum(sum(overtime_h(self.case, p, self.duties[p.id].values())) for p in people)

    def _burden_cost(self) -> float:
        """Return the price of overtime and of burdens that are not shared evenly."""
        total = 0.0
        if self.case.scenario.weights.overtime:
            total += sum(
                overtime_cost(self.case, p, self.duties[p.id].values())
                for p in self.case.scenario.people
            )
        for name, each in weighed(self.case).items():
            counts: dict[str, list[int]] = {}
            for person in self.case.scenario.people:
                counts.setdefault(person.contract, []).append(self.burden(person, name))
            total += each * float(
                sum(np.abs(np.array(some) - np.mean(some)).sum() for some in counts.values())
            )
        return total

    def objective(self) -> float:
        """Return the whole objective."""
        return self.coverage_cost() + self.apart_cost()

    def apart_cost(self) -> float:
        """Return what does not depend on the queues covered: fairness, roles and requests."""
        wishes = wish_cost(self.case, self._wished()) if self.case.wishes else 0.0
        return self.fairness_cost() + self.floor.cost() + wishes

    def _wished(self) -> Iterator[Duty]:
        """Yield the duties of people with requests."""
        for agent in self.case.wishes:
            yield from self.duties[agent].values()

    def use_h(self, person: Person) -> float:
        """Return paid hours, with approved days off credited at the contract's least hours."""
        paid = sum(self.case.paid_min(duty.span) for duty in self.duties[person.id].values())
        return paid / 60 + leave_credit_h(self.case, person)

    def priced(self, person: Person, days: frozenset[int], price: np.ndarray) -> list[Priced]:
        """Return every legal shift of a person on `days` with its best breaks.

        Shifts for which no seat is left are left out; the person's own must be off the board.

        Parameters
        ----------
        person : Person
        days : frozenset of int
        price : ndarray, shape (steps,)
            What one more agent of the person's group costs at each step.
        """
        step = self.demand.step_min
        cumulated = np.concatenate(([0.0], np.cumsum(price)))
        group = self.case.group(person)
        found = []
        for code, legal in self._legal_rows(person).items():
            shift, offers = self.case.shifts[code], self._offers[code]
            rows = [row for row in legal if offers.spans[row].day in days]
            if self.floor.seats is not None:
                rows = [row for row in rows if self.floor.has_room(offers.spans[row])]
            if not rows:
                continue
            at = offers.at[rows]
            best = best_breaks(shift, at, cumulated, step)
            last = np.minimum(at + shift.length_min // step, len(price))
            cost = cumulated[last] - cumulated[at] - best.saved
            if self.floor.soft:
                cost = cost + self.floor.relief(person, [offers.spans[row] for row in rows])
            if person.id in self.case.wishes:
                spans = (offers.spans[row] for row in rows)
                cost = cost + np.array([wish_price(self.case, person.id, s) for s in spans])
            for row, starts, value in zip(rows, best.starts.tolist(), cost.tolist(), strict=True):
                span = offers.spans[row]
                duty = Duty(person.id, span, group, pauses(shift, span, starts))
                found.append(Priced(duty, value))
        return found

    def rebreak(self, duty: Duty, price: np.ndarray) -> Duty:
        """Return a duty with the breaks that are best at this price."""
        shift = self.case.shifts[duty.span.shift]
        if not shift.breaks:
            return duty
        cumulated = np.concatenate(([0.0], np.cumsum(price)))
        at = np.array([duty.span.start // self.demand.step_min])
        starts = best_breaks(shift, at, cumulated, self.demand.step_min).starts[0].tolist()
        return Duty(duty.agent, duty.span, duty.queue, pauses(shift, duty.span, starts))

    def _legal_rows(self, person: Person) -> dict[str, np.ndarray]:
        found = self._legal.get(person.id)
        if found is None:
            legal: set[Span] = set()
            for day in range(self.case.horizon.days):
                legal.update(legal_spans(self.case, person, day))
            found = {
                code: np.array([r for r, s in enumerate(offers.spans) if s in legal], dtype=int)
                for code, offers in self._offers.items()
            }
            self._legal[person.id] = found
        return found

    def _all_offers(self) -> dict[str, Offers]:
        found: dict[str, list[Span]] = {code: [] for code in self.case.shifts}
        for spans in self.case.spans:
            for span in spans:
                found[span.shift].append(span)
        step = self.demand.step_min
        return {
            code: Offers(tuple(spans), np.array([s.start // step for s in spans], dtype=np.int64))
            for code, spans in found.items()
        }


def leave_credit_h(case: Case, person: Person) -> float:
    """Return the hours that approved days off take from the contract's minimum."""
    least = case.contracts[person.contract].min_week_h
    return least * sum(leave_share(case, person, week) for week in range(case.horizon.weeks))


def fair_aim_h(board: Board, person: Person, peers: Sequence[Person]) -> float:
    """Return the paid hours that would put a person at the mean use of the others."""
    others = [board.use_h(peer) for peer in peers if peer.id != person.id]
    aim = float(np.mean(others)) if others else board.use_h(person)
    return aim - leave_credit_h(board.case, person)
