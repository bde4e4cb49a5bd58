"""Use cases about a new roster for a plan, and about work that runs beside the screen."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from wfm import plan as stage
from wfm.errors import BadInput
from wfm.plan import Plan, Progress
from wfm.planning import Planning, revised
from wfm.ports import JobState


@dataclass(frozen=True)
class RosterRun:
    """What came of asking for a new roster.

    Attributes
    ----------
    plan : Plan
        With the roster that now stands.
    taken : bool
        Whether that is the new one.
    text : str
        The same as a sentence.
    """

    plan: Plan
    taken: bool
    text: str


@dataclass(frozen=True)
class Generating(Planning):
    """The use cases."""

    def solve_roster(
        self,
        folder: str | Path,
        *,
        time_limit_s: float,
        seed: int | None = None,
        progress: Progress | None = None,
    ) -> RosterRun:
        """Make a roster for the plan in `folder`; save it with fresh exports if it is better.

        What the old roster locks stays, and the weeks before it count. The search begins from the
        old roster.

        Raises
        ------
        BadInput
            There is no plan, it has no people, or it was changed while the roster was made.
        """
        self.ports.gate.need("rosters:write")
        stamp = self.plan_stamp(folder)
        plan = self._plan_with_people(folder)
        old = plan.roster
        made = stage.make_roster(
            plan.sizing, plan.scenario, locked=None if old is None else old.locked,
            previous=None if old is None else old.previous, time_limit_s=time_limit_s, seed=seed,
            progress=progress, start=old,
        )  # fmt: skip
        new = made.roster
        if old is not None and not plan.violations and new.objective > old.objective:
            return RosterRun(
                plan,
                False,
                f"The roster before was better ({old.objective:,.1f} weighted agent-hours against "
                f"{new.objective:,.1f}) and stays.",
            )
        fresh = revised(
            replace(plan, roster=new, violations=made.violations), plan.provenance.revision + 1
        )
        self.ports.save_plan(fresh, folder, exports=self.ports.exports(fresh), expected=stamp)
        return RosterRun(fresh, True, "The new roster is in place.")

    def _plan_with_people(self, folder: str | Path) -> Plan:
        plan = self.open_plan(folder)
        if not plan.scenario.people:
            raise BadInput("roster: the scenario has no people; add some to its people file")
        return plan

    def start_roster(self, folder: str | Path, *, time_limit_s: float, seed: int) -> None:
        """Start `solve_roster` in a process of its own; follow it with `job`."""
        self.ports.gate.need("rosters:write")
        self._plan_with_people(folder)
        self.ports.start_job(folder, kind="roster", time_limit_s=time_limit_s, seed=seed)

    def start_demo(self, folder: str | Path, *, time_limit_s: float = 30.0) -> None:
        """Start `make_demo` in a process of its own; follow it with `job`."""
        self.ports.gate.need("plans:make", "actuals:write", "cycles:write")
        self.ports.start_job(folder, kind="demo", time_limit_s=time_limit_s, seed=None)

    def job(self, folder: str | Path) -> JobState:
        """Return how far the newest job of `folder` is."""
        self.ports.gate.need("plans:read")
        return self.ports.job(folder)

    def cancel_roster(self, folder: str | Path) -> None:
        """Stop the roster job of `folder`; the best roster so far is kept if it is better."""
        self.ports.gate.need("rosters:write")
        self.ports.cancel_job(folder)

    def work_job(
        self, folder: str | Path, *, kind: str, time_limit_s: float, seed: int | None
    ) -> None:
        """Do the work of a started job in this process, its progress told to those who ask."""
        with self.ports.work_job(folder) as job:
            if kind == "demo":
                self.make_demo(folder, time_limit_s=time_limit_s, progress=job.progress)
                job.taken = True
            else:
                job.taken = self.solve_roster(
                    folder, time_limit_s=time_limit_s, seed=seed, progress=job.progress
                ).taken
