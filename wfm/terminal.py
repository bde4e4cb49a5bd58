"""How do commands talk to a terminal: options they share, JSON, progress?"""

from __future__ import annotations

import ast
import getpass
import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from wfm.errors import BadInput

if TYPE_CHECKING:
    from wfm.app import App

Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
History = Annotated[Path, typer.Option(help="Contact history: CSV (also .gz) or XLSX.")]
Zone = Annotated[str, typer.Option(help="Zone of the site, such as America/New_York.")]
SiteZone = Annotated[
    str | None,
    typer.Option(help="Zone of the site, such as America/New_York; default: the scenario's."),
]
Rows = Annotated[
    Literal["intervals", "contacts", "wide"] | None,
    typer.Option(
        "--layout",
        help="What a row is: an interval of a queue, a contact, or (wide) an interval with a "
        "column of counts a queue; default: the first two are told apart.",
    ),
]
Layout = Annotated[
    Path | None,
    typer.Option(
        "--scenario", help="Scenario file whose \\[history] says how the file is laid out."
    ),
]
Interval = Annotated[
    int | None,
    typer.Option(help="Interval in minutes; default 30, or 60, or 1440 for a file of day totals."),
]
Country = Annotated[str | None, typer.Option(help="Country code of public holidays.")]
OneQueue = Annotated[str | None, typer.Option(help="Only this queue.")]
LeaveOut = Annotated[
    list[str] | None, typer.Option(help="Not this queue; may be given several times.")
]
Now = Annotated[
    str | None,
    typer.Option(
        help="As of this time, for a replay: later rows are left out. Default: the clock, and "
        "later rows are refused."
    ),
]
Campaigns = Annotated[
    Path | None, typer.Option(help="Campaign register: CSV or TOML, see docs/commands.md.")
]
Out = Annotated[Path | None, typer.Option(help="Write the table to this CSV file.")]


def app() -> App:
    """Return the use cases; imported late, so that --help is quick."""
    from wfm import wiring

    return wiring.app()


def check_out(out: Path | None, *inputs: Path | None, option: str = "--out") -> None:
    """Raise BadInput if `out` cannot be a new CSV file beside the `inputs`; before any work."""
    if out is None:
        return
    if out.is_dir():
        raise BadInput(f"{option}: {out} is a folder; name a file in it, such as {out / 'out.csv'}")
    if out.suffix.lower() != ".csv":
        raise BadInput(f"{option}: a table is written as CSV, got {out.name!r}; end it in .csv")
    if out.resolve() in {path.resolve() for path in inputs if path is not None}:
        raise BadInput(f"{option}: {out} is another file of this command already; choose a new one")


def as_json(value: Any) -> str:
    """Return `value` as JSON text."""
    return json.dumps(value, ensure_ascii=False, indent=1, default=str)


@contextmanager
def progress(*, quiet: bool) -> Iterator[Callable[[float, str], None]]:
    """Give a progress callback that draws a bar on a terminal and is silent elsewhere."""
    if quiet or not sys.stderr.isatty():
        yield lambda fraction, text: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("planning", total=1.0)
        yield lambda fraction, text: bar.update(task, completed=fraction, description=text)


def logged_in() -> str:
    """Return ``WFM_USER``, else the name of the account; a usage error where it has none."""
    try:
        return os.environ.get("WFM_USER") or getpass.getuser()
    except (KeyError, OSError, ImportError) as error:
        raise typer.BadParameter(
            "this account has no name; say who it is", param_hint="--by"
        ) from error


def pairs(items: list[str] | None) -> dict[str, str]:
    """Return ``name=value`` texts as a dict; BadInput names the first that is none."""
    found = {}
    for item in items or []:
        name, sign, value = item.partition("=")
        if not sign or not name.strip():
            raise BadInput(f'expected name=value, such as "queue=voice"; got {item!r}')
        found[name.strip()] = value.strip()
    return found


def words(text: str) -> list[str]:
    """Return the words that `text` joins by commas."""
    return [word.strip() for word in text.split(",") if word.strip()]


def choices(items: list[str] | None) -> dict[str, Any]:
    """Return the parts of a KPI's definition; numbers, True, False and None are read as such."""
    found: dict[str, Any] = {}
    for name, text in pairs(items).items():
        try:
            found[name] = ast.literal_eval(text)
        except (ValueError, SyntaxError):
            found[name] = text
    return found
