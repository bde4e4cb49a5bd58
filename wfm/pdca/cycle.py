"""Where does an improvement cycle stand, and how does it move on? Plan, Do, Check, Act."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from wfm.errors import BadInput
from wfm.kpi import targets
from wfm.kpi.targets import Facts, KpiTarget, Review
from wfm.kpi.tree import Movement, Tree
from wfm.pdca import checking
from wfm.pdca.causes import Actor, Cause, Step, allowed
from wfm.pdca.design import Design
from wfm.pdca.records import Entry, Note, Origin, Proposal, SignOff, Standard, Work
from wfm.pdca.report import Management, Report
from wfm.pdca.series import Actuals
from wfm.pdca.verdict import Verdict

__all__ = ["Cycle", "open_cycle"]

_FOR_EVER = 10_000  # weeks


@dataclass(frozen=True)
class Cycle:
    """One turn of Plan, Do, Check, Act. Every transition returns a new cycle with its history.

    `open_cycle` makes one; then, in this order, `planned` (as often as wanted), `locked`, `logged`
    and `done`, `checked` (again when more weeks are known), `signed`, and one of `standardised`,
    `corrected`, `stopped`. `next_cycle` begins the next turn.

    Attributes
    ----------
    title, owner : str
    opened_at : datetime
        With time zone.
    origin : Origin
        What it was born from.
    parent : str or None
        Id of the cycle before.
    step : Step
    proposal, design : Proposal, Design or None
        What Plan says and the test it locks.
    locked_at : datetime or None
    work : Work
        What Do records.
    reports : tuple of Report
        Of every Check, oldest first.
    checked_at : datetime or None
        Of the last.
    sign_off : SignOff or None
    outcome : str
        ``"standardised"``, ``"corrected"``, ``"stopped"``, or empty while open.
    standards : tuple of Standard
    cause : Cause or None
        Why it failed.
    closed_at : datetime or None
    opposite_at : date or None
        First signal for the worse after it was confirmed (`followed`).
    followed_until : date or None
        How far actuals were looked at for that.
    history : tuple of Entry
    """

    title: str
    owner: str
    opened_at: dt.datetime
    origin: Origin = Origin()  # noqa: RUF009 - frozen
    parent: str | None = None
    step: Step = Step.PLAN
    proposal: Proposal | None = None
    design: Design | None = None
    locked_at: dt.datetime | None = None
    work: Work = Work()  # noqa: RUF009 - frozen
    reports: tuple[Report, ...] = ()
    checked_at: dt.datetime | None = None
    sign_off: SignOff | None = None
    outcome: str = ""
    standards: tuple[Standard, ...] = ()
    cause: Cause | None = None
    closed_at: dt.datetime | None = None
    opposite_at: dt.date | None = None
    followed_until: dt.date | None = None
    history: tuple[Entry, ...] = ()

    def __post_init__(self) -> None:
        if not self.title.strip() or not self.owner.strip():
            raise BadInput("pdca: a cycle has a title and an owner")
        _aware(self.opened_at)

    @property
    def id(self) -> str:
        """Day of opening and a hash of title, owner and moment."""
        text = f"{self.title}|{self.owner}|{self.opened_at.isoformat()}"
        return f"{self.opened_at:%Y%m%d}-{hashlib.sha256(text.encode()).hexdigest()[:6]}"

    @property
    def report(self) -> Report | None:
        """The last Check report."""
        return self.reports[-1] if self.reports else None

    @property
    def verdict(self) -> Verdict | None:
        """Of the last Check report."""
        return None if self.report is None else self.report.verdict

    # Plan

    def planned(self, proposal: Proposal, *, by: Actor, at: dt.datetime, reason: str = "") -> Cycle:
        """Return the cycle with a (new) proposal; not once it is locked."""
        self._at_step("plan", Step.PLAN)
        return self._move("plan", by, at, "planned", reason, proposal=proposal)

    def review(
        self, design: Design, facts: Facts | None = None, others: Sequence[KpiTarget] = ()
    ) -> Review:
        """Return what the validator says of the target, V1 to V9.

        Baseline points and their calm, needed and expected contacts come from `design`; `facts`
        adds budgets, noise floor and a typical interval.
        """
        proposal = self._proposal()
        return targets.validate(proposal.target, _facts(proposal, design, facts), others)

    def locked(
        self, design: Design, *, by: Actor, at: dt.datetime, facts: Facts | None = None,
        others: Sequence[KpiTarget] = (),
    ) -> Cycle:  # fmt: skip
        """Return the cycle at Do, with target, hypothesis and test fixed.

        Raises
        ------
        BadInput
            With everything that is missing: gaps of the proposal and findings V1 to V9; or when the
            change has begun already.
        """
        self._at_step("lock", Step.PLAN)
        proposal = self._proposal()
        if design.method != proposal.group.method:
            raise BadInput(
                f"pdca: the design is of method {design.method}, the group asks for "
                f"{proposal.group.method}; design the test again"
            )
        if _aware(at).date() >= proposal.begins:
            raise BadInput(
                f"pdca: the change begins on {proposal.begins}; a target locked then or later "
                "proves nothing - lock the day before, or plan a later beginning"
            )
        if design.baseline_until >= proposal.begins:
            raise BadInput("pdca: the baseline of the design reaches into the change; design again")
        found = list(proposal.gaps)
        review = self.review(design, facts, others)
        if not review.accepted:
            found += [f"{f.rule} ({f.severity}): {f.text}" for f in review.findings]
        if found:
            raise BadInput(f"pdca: the plan cannot be locked: {'; '.join(found)}")
        return self._move("lock", by, at, "locked", "", design=design, locked_at=at, step=Step.DO,
                          work=Work(proposal.actions))  # fmt: skip

    # Do

    def logged(self, kind: str, text: str, *, by: Actor, at: dt.datetime) -> Cycle:
        """Return the cycle with a note: ``"feedback"``, ``"deviation"`` or ``"event"``."""
        self._at_step("log", Step.DO, Step.CHECK)
        note = Note(at, by.name, kind, text)
        work = replace(self.work, notes=(*self.work.notes, note))
        return self._move("log", by, at, f"logged {kind}", text, work=work)

    def done(self, action: int, *, by: Actor, at: dt.datetime) -> Cycle:
        """Return the cycle with action number `action` (from 0) done at `at`."""
        self._at_step("log", Step.DO, Step.CHECK)
        if not 0 <= action < len(self.work.actions):
            raise BadInput(
                f"pdca: there is no action {action}; actions are 0 to {len(self.work.actions) - 1}"
            )
        actions = list(self.work.actions)
        actions[action] = replace(actions[action], done_at=_aware(at))
        work = replace(self.work, actions=tuple(actions))
        return self._move("log", by, at, "action done", actions[action].text, work=work)

    # Check

    def check(
        self,
        actuals: Actuals,
        *,
        management: Management | None = None,
        tree: Tree | None = None,
        moved: Mapping[str, Movement] | None = None,
    ) -> Report:
        """Return the four-block report and the verdict; the cycle itself stays as it is.

        Evidence is automatic: randomised, else difference in differences, else interrupted series,
        as the locked group allows.

        Parameters
        ----------
        actuals : DataFrame or mapping of str to DataFrame
            From the start of the baseline to now: the table the KPI is made of, or several by name
            (the counter-metric and the KPIs of time, cost and quality find theirs by columns).
        management : Management, optional
            Block 3.
        tree : Tree, optional
            KPI tree of block 4; `wfm.kpi.tree.default_tree` without one.
        moved : mapping of node id to Movement, optional
            Values of other nodes.

        Raises
        ------
        BadInput
            Before Plan is locked, or for actuals that lack columns or whole weeks.
        """
        if self.proposal is None or self.design is None:
            raise BadInput("pdca: the plan is not locked, so there is nothing to check against")
        return checking.run(
            self.proposal, self.design, actuals, opened=self.opened_at.date(),
            management=management, tree=tree, moved=moved,
        )  # fmt: skip

    def checked(self, report: Report, *, by: Actor, at: dt.datetime) -> Cycle:
        """Return the cycle at Check with `report`; later reports are added to earlier ones."""
        self._at_step("check", Step.DO, Step.CHECK)
        # A new report needs a new signature.
        return self._move("check", by, at, f"checked: {report.verdict}", "",
                          reports=(*self.reports, report), checked_at=at, step=Step.CHECK,
                          sign_off=None)  # fmt: skip

    def signed(
        self, *, by: Actor, at: dt.datetime, goal_reached: str, problems: str, new_phenomena: str
    ) -> Cycle:
        """Return the cycle at Act: a reviewer, not the owner, answers the three questions."""
        self._at_step("sign", Step.CHECK)
        if by.name.strip().casefold() == self.owner.strip().casefold():
            raise BadInput("pdca: the owner cannot sign off the own cycle; ask somebody else")
        answers = (goal_reached, problems, new_phenomena)
        if not all(answer.strip() for answer in answers):
            raise BadInput(
                "pdca: answer all three: goal reached? problems? new phenomena? ('none' is one)"
            )
        sign = SignOff(at, by.name, *answers)
        return self._move("sign", by, at, "signed off", "", sign_off=sign, step=Step.ACT)

    # Act

    def standardised(self, *standards: Standard, by: Actor, at: dt.datetime) -> Cycle:
        """Return the closed cycle whose change became the standard; only a confirmed one may."""
        self._at_step("act", Step.ACT)
        if self.verdict is not Verdict.CONFIRMED:
            raise BadInput(
                f"pdca: the verdict is {self.verdict}; only a confirmed change becomes a standard. "
                "Check again when more weeks are known, correct, or stop"
            )
        if not standards:
            raise BadInput("pdca: name at least one standard: flow, target, roster rule, scenario")
        early = [s.what for s in standards if s.review <= _aware(at).date()]
        if early:
            raise BadInput(f"pdca: the review of {early[0]!r} is not after today")
        reason = "; ".join(f"{s.kind}: {s.what} -> {s.after}" for s in standards)
        return self._close("standardised", by, at, reason, standards=standards)

    def corrected(self, reason: str, *, by: Actor, at: dt.datetime) -> Cycle:
        """Return the closed cycle; what is to be done otherwise is the next cycle's proposal."""
        self._at_step("act", Step.ACT)
        if not reason.strip():
            raise BadInput("pdca: say what is corrected and why")
        return self._close("corrected", by, at, reason)

    def stopped(self, cause: Cause | str, reason: str, *, by: Actor, at: dt.datetime) -> Cycle:
        """Return the closed cycle with a cause code F1 to F7; possible at every step."""
        if self.step is Step.CLOSED:
            raise BadInput("pdca: the cycle is closed already")
        try:
            code = Cause(cause)
        except ValueError as error:
            raise BadInput(f"pdca: cause is one of {', '.join(Cause)}; got {cause!r}") from error
        if not reason.strip():
            raise BadInput("pdca: say in words why it is stopped")
        return self._close("stopped", by, at, reason, cause=code)

    def followed(self, actuals: Actuals, *, by: Actor, at: dt.datetime) -> Cycle:
        """Return the confirmed cycle with the first opposite signal since, if there is one."""
        if self.proposal is None or self.design is None or self.verdict is not Verdict.CONFIRMED:
            raise BadInput("pdca: only a confirmed cycle is followed")
        report = self.reports[-1]
        wide = replace(self.design, sustain_weeks=_FOR_EVER, weeks=report.window_weeks, needed_n=0)
        seen = checking.run(self.proposal, wide, actuals, opened=self.opened_at.date())
        what = "followed" if seen.opposite_at is None else f"opposite signal {seen.opposite_at}"
        return self._move("check", by, at, what, "", opposite_at=seen.opposite_at,
                          followed_until=seen.through)  # fmt: skip

    def next_cycle(self, title: str, *, by: Actor, at: dt.datetime, owner: str = "") -> Cycle:
        """Return a new cycle with this one as its parent; its plan starts from this one's."""
        if self.step is not Step.CLOSED:
            raise BadInput("pdca: close this cycle first: standardise, correct or stop it")
        text = f"after {self.outcome}: {self.title}"
        key = "" if self.proposal is None else self.proposal.target.key
        return open_cycle(title, by=by, at=at, owner=owner or self.owner, parent=self.id,
                          origin=Origin("cycle", text, key))  # fmt: skip

    def _proposal(self) -> Proposal:
        if self.proposal is None:
            raise BadInput("pdca: nothing is planned yet")
        return self.proposal

    def _at_step(self, what: str, *steps: Step) -> None:
        if self.step not in steps:
            raise BadInput(
                f"pdca: {what} belongs to step {' or '.join(steps)}; cycle {self.id} is at "
                f"{self.step}"
            )

    def _close(self, outcome: str, by: Actor, at: dt.datetime, reason: str, **new: object) -> Cycle:
        return self._move("act", by, at, outcome, reason, outcome=outcome, closed_at=at,
                          step=Step.CLOSED, **new)  # fmt: skip

    def _move(
        self, right: str, by: Actor, at: dt.datetime, what: str, reason: str, **new: object
    ) -> Cycle:
        allowed(by, right)
        if self.history and _aware(at) < self.history[-1].at:
            raise BadInput(f"pdca: {at} is before the last entry, {self.history[-1].at}")
        entry = Entry(_aware(at), by.name, str(by.role), what, reason)
        return replace(self, history=(*self.history, entry), **new)  # type: ignore[arg-type]


def open_cycle(
    title: str, *, by: Actor, at: dt.datetime, owner: str = "", origin: Origin | None = None,
    parent: str | None = None,
) -> Cycle:  # fmt: skip
    """Return a new cycle at Plan.

    Parameters
    ----------
    title : str
    by : Actor
        Who opens it.
    at : datetime
        With time zone.
    owner : str
        Who answers for it; `by` without one.
    origin : Origin, optional
        Of `from_signal`, `from_variance`, `from_driver`.
    parent : str, optional
        Id of the cycle before.

    Examples
    --------
    >>> ana = Actor("Ana", "lead")
    >>> cycle = open_cycle("First contact resolution", by=ana,
    ...                    at=dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC))
    >>> str(cycle.step), cycle.history[0].what
    ('plan', 'opened')
    """
    fresh = Cycle(title, owner or by.name, at, origin or Origin(), parent)
    allowed(by, "open")
    entry = Entry(_aware(at), by.name, str(by.role), "opened", fresh.origin.text)
    return replace(fresh, history=(entry,))


def _facts(proposal: Proposal, design: Design, facts: Facts | None) -> Facts:
    return replace(
        facts or Facts(), baseline_points=design.baseline_weeks, baseline_stable=design.stable,
        instability=proposal.instability, needed_n=design.needed_n, expected_n=design.expected_n,
    )  # fmt: skip


def _aware(at: dt.datetime) -> dt.datetime:
    if not isinstance(at, dt.datetime) or at.tzinfo is None:
        raise BadInput(f"pdca: a moment has a date, a time and a zone; got {at!r}")
    return at
