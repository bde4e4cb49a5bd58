"""Which options do variances and PDCA cycles share, and what do their texts mean?"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from wfm import terminal
from wfm.errors import BadInput

if TYPE_CHECKING:
    from wfm.improving import Improving
    from wfm.kpi.targets import Facts
    from wfm.pdca import Actor, Origin

Folder = Annotated[
    Path,
    typer.Option("--cycles", help="Folder of the cycles; in a store the site of its plan counts."),
]
UTC = "UTC"
CYCLES = Path("wfm-cycles")
Id = Annotated[str, typer.Argument(help="Id of the cycle, or its beginning.")]
By = Annotated[str | None, typer.Option(help="Who; default: the name logged in.")]
Role = Annotated[str, typer.Option(help="Your role: planner, scheduler, lead, analyst.")]
At = Annotated[
    str | None, typer.Option(help='When, such as "2026-03-02 09:00"; default: now. Noted if not.')
]
Actuals = Annotated[
    list[Path],
    typer.Option(help="Tables of actuals: CSV or Parquet, or a folder; may be given repeatedly."),
]
RequiredFte = Annotated[float | None, typer.Option(help="People the target needs.")]
BudgetFte = Annotated[float | None, typer.Option(help="People there are.")]


def improving(cycles: Path) -> Improving:
    """Return the use cases of cycles; imported late, so that --help is quick."""
    from wfm import wiring

    return wiring.improving(cycles)


def actor(by: str | None, role: str) -> Actor:
    """Return who acts; without a name who is logged in."""
    from wfm.pdca import Actor

    return Actor(by or terminal.logged_in(), role)  # type: ignore[arg-type]


def moment(at: str | None) -> dt.datetime | None:
    """Return the moment of --at, in UTC where no offset is given."""
    if at is None:
        return None
    try:
        found = dt.datetime.fromisoformat(at)
    except ValueError as error:
        raise BadInput(f"pdca: --at expects 2026-03-02 09:00, got {at!r}") from error
    return found if found.tzinfo else found.replace(tzinfo=dt.UTC)


def day(text: str) -> dt.date:
    """Return the date of --review."""
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise BadInput(f"pdca: --review expects a date such as 2026-09-01, got {text!r}") from error


def driver_origin(text: str) -> Origin:
    """Return the origin of a cycle that --driver asks for."""
    from wfm.pdca import from_driver

    name, *numbers = text.rsplit(",", 3)
    try:
        weight, score, goal = map(float, numbers)
    except ValueError as error:
        raise BadInput(
            "pdca: --driver expects name,importance,score,target, such as "
            f"'clear answer,0.4,3.6,4.2'; got {text!r}"
        ) from error
    return from_driver(name, importance=weight, satisfaction=score, target=goal)


def facts(required: float | None, budget: float | None) -> Facts:
    """Return what the validator of targets cannot read off the actuals."""
    from wfm.kpi.targets import Facts

    return Facts(required_fte=required, budget_fte=budget)
