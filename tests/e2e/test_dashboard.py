"""A planner at a real browser: four pages, a new roster, and the workbook it downloads."""

from __future__ import annotations

import dataclasses
import datetime as dt
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest

from wfm import wiring
from wfm.adapters import folder as folders
from wfm.plan import Plan, make_plan
from wfm.scenario import (
    BreakRule,
    Contract,
    OpeningHours,
    Person,
    Queue,
    Scenario,
    ShiftType,
    Target,
)
from wfm.timegrid import instant
from wfm.ui.i18n import t

pytestmark = [pytest.mark.browser, pytest.mark.timeout(280)]

ROOT = Path(__file__).resolve().parents[2]
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--disable-dev-shm-usage",
)  # fmt: skip
IDLE = "[data-testid=stApp][data-test-script-state=notRunning]"
SERVER_UP_S = 60
PAGE_MS = 60_000
ROSTER_MS = 90_000
TZ = "America/New_York"
FIRST = dt.date(2003, 10, 27)


def small_scenario() -> Scenario:
    breaks = (BreakRule("lunch", 30, 180, 270, paid=False),)
    return Scenario(
        name="Small centre",
        timezone=TZ,
        queues=(
            Queue("voice", Target(0.8, 20), aht_s=240, patience_s=120, shrinkage=0.1,
                  hours=(OpeningHours((0, 1, 2, 3, 4), "08:00", "18:00"),)),
        ),
        people=tuple(Person(f"P{i}", "full", ("voice",), f"Person {i}") for i in range(8)),
        contracts=(Contract("full", 32, 40, ("E", "L")),),
        shifts=(ShiftType("E", "08:00", "08:30", 510, 30, breaks),
                ShiftType("L", "09:00", "09:30", 510, 30, breaks)),
        start=FIRST,
        seed=5,
    )  # fmt: skip


def small_history(weeks: int = 6) -> pd.DataFrame:
    random = np.random.default_rng(3)
    starts = pd.DatetimeIndex(
        [
            instant(FIRST - dt.timedelta(days=ago), minute, TZ)
            for ago in range(7 * weeks, 0, -1)
            if (FIRST - dt.timedelta(days=ago)).weekday() < 5
            for minute in range(8 * 60, 18 * 60, 30)
        ]
    )
    return pd.DataFrame({"queue": "voice", "start": starts, "aht_s": 240.0,
                         "offered": random.poisson(18, len(starts)).astype(float)})  # fmt: skip


@pytest.fixture(scope="module")
def chromium() -> str:
    """The browser's path; without one the test is skipped, on CI it fails."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is not None:
        return found
    text = f"none of {', '.join(BROWSERS)} is on the PATH (Debian: apt-get install chromium)"
    if os.environ.get("CI") == "true":
        pytest.fail(text)
    pytest.skip(text)


@pytest.fixture(scope="module")
def place(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A plan folder made by the real pipeline, its roster marked as one that any other beats."""
    found = tmp_path_factory.mktemp("plan")
    plan = make_plan(small_scenario(), small_history(), time_limit_s=3)
    assert plan.roster is not None
    poor = dataclasses.replace(plan.roster, objective=1e9)
    folders.save_plan(dataclasses.replace(plan, roster=poor), found)
    return found


@pytest.fixture(scope="module")
def address(place: Path) -> Iterator[str]:
    """The address of a running dashboard on `place`; its processes end with the test."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = place.parent / "server.log"
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    command = [sys.executable, "-m", "wfm.cli", "dashboard", str(place), "--headless"]
    with log.open("wb") as out:
        server = subprocess.Popen(
            [*command, "--port", str(port)],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            cwd=place.parent,
            env={**os.environ, "PYTHONPATH": path},
            start_new_session=True,
        )
    try:
        wait_until_up(f"http://127.0.0.1:{port}/_stcore/health", server, log)
        yield f"http://127.0.0.1:{port}"
    finally:
        end(server)


def wait_until_up(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + SERVER_UP_S
    while time.monotonic() < until and server.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=2) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            # Nothing listens yet; waiting on the process gives it time and notes its death.
            try:
                server.wait(0.3)
            except subprocess.TimeoutExpired:
                continue
    raise AssertionError(f"the dashboard did not start:\n{log.read_text(errors='replace')[-3000:]}")


def end(server: subprocess.Popen[bytes]) -> None:
    """End the server and what it started: they are one process group of ours."""
    for how in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(server.pid, how)
        except ProcessLookupError:
            break
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:
            continue


@pytest.fixture
def screen(chromium: str, address: str):
    """A browser page, with the addresses outside this machine that it asked for."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=list(FLAGS))
        page = browser.new_page(viewport={"width": 1440, "height": 900}, accept_downloads=True)
        page.set_default_timeout(PAGE_MS)
        outside: list[str] = []
        page.on(
            "request",
            lambda request: (
                None
                if request.url.startswith(
                    (address, address.replace("http", "ws"), "data:", "blob:")
                )
                else outside.append(request.url)
            ),
        )
        yield page, outside
        browser.close()


def settle(page) -> None:
    page.wait_for_selector(IDLE)


def test_a_planner_reads_four_pages_makes_a_roster_and_downloads_it(screen, address, place):
    page, outside = screen
    before = wiring.app().open_plan(place)
    stamp = wiring.app().plan_stamp(place)

    page.goto(address)
    page.get_by_text(before.id).first.wait_for()
    for path in ("forecast", "staffing", "roster"):
        settle(page)
        page.get_by_role("link", name=t(f"nav.{path}"), exact=True).first.click()
        page.get_by_role("heading", name=t(f"{path}.title"), exact=True).wait_for()
        page.get_by_text(before.id).first.wait_for()
        page.locator(
            "[data-testid=stVegaLiteChart] canvas, [data-testid=stVegaLiteChart] svg"
        ).first.wait_for()
        assert page.url.endswith(f"/{path}")
        assert (
            page.locator("[data-testid=stException], [data-testid=stAlertContentError]").count()
            == 0
        )

    settle(page)
    page.get_by_text(t("roster.generate.title"), exact=True).click()
    limit = page.get_by_label(t("roster.limit"), exact=True)
    limit.fill("4")
    limit.press("Tab")
    page.get_by_role("button", name=t("roster.generate"), exact=True).click()
    page.get_by_text(t("roster.done")).wait_for(timeout=ROSTER_MS)
    settle(page)
    assert wiring.app().plan_stamp(place) != stamp

    with page.expect_download() as waiting:
        page.get_by_role("button", name=t("download.xlsx"), exact=True).click()
    got = place.parent / waiting.value.suggested_filename
    waiting.value.save_as(got)
    assert cells_of(got) == cells_from(wiring.app().open_plan(place))
    assert outside == []


def cells_of(workbook: Path) -> dict[tuple[str, str], str]:
    """Person and day to cell text, from the week sheets of a downloaded workbook."""
    found = {}
    for sheet in openpyxl.load_workbook(workbook, data_only=True).worksheets:
        if not sheet.title.startswith("Week "):
            continue
        rows = list(sheet.iter_rows(values_only=True))
        head = next(i for i, row in enumerate(rows) if row[0] == "id")
        days = [i for i, text in enumerate(rows[head]) if text and str(text)[-10:-8] == "20"]
        for row in rows[head + 1 :]:
            if row[0]:
                found |= {(row[0], str(rows[head][i])[-10:]): row[i] for i in days}
    return found


def cells_from(plan: Plan) -> dict[tuple[str, str], str]:
    """The same, worked out here from the stretches of the plan's roster."""
    frame = plan.roster.frame
    local = {name: frame[name].dt.tz_convert(TZ) for name in ("start", "end")}
    day = local["start"].dt.strftime("%Y-%m-%d")
    found = {(person.id, (FIRST + dt.timedelta(days=i)).isoformat()): "–"
             for person in plan.scenario.people for i in range(7)}  # fmt: skip
    for (agent, on), rows in frame.groupby([frame["agent"], day]):
        begin, close = local["start"][rows.index].min(), local["end"][rows.index].max()
        found[agent, on] = f"{rows['shift'].iloc[0]} {begin:%H:%M}-{close:%H:%M}"
    assert len(found) == 7 * len(plan.scenario.people)
    return found


def test_a_click_on_a_red_cell_says_why_and_locks_hold_in_the_next_roster(screen, address, place):
    page, outside = screen
    app = wiring.app()
    plan = app.open_plan(place)
    page.goto(f"{address}/roster")
    settle(page)
    chart = page.locator("[data-testid=stVegaLiteChart] svg").first
    chart.wait_for()
    numbers = chart.locator("text", has_text=re.compile(r"^[-−]"))
    numbers.first.wait_for()
    box = numbers.first.bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.get_by_text(re.compile("agents short on")).first.wait_for()
    settle(page)

    agent = plan.roster.frame["agent"].iloc[0]
    app.rostering.lock(place, agents=[agent])
    app.solve_roster(place, time_limit_s=2, seed=8)
    after = app.open_plan(place).roster.frame
    mine = [frame.loc[frame["agent"] == agent, "start"].tolist()
            for frame in (plan.roster.frame, after)]  # fmt: skip
    assert mine[0] == mine[1]
    page.reload()
    settle(page)
    page.get_by_text(t("view.locks"), exact=True).first.click()
    page.get_by_text(t("locks.count", count=7)).first.wait_for()
    assert outside == []
