"""The service as it runs: `wfm serve` and its workers as processes, killed, its database gone."""

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import pytest

from benchmarks.store import trials
from tests.databases import durable_cluster
from tests.rest.centres import fill
from tests.test_plan import history, scenario
from wfm.access import PERMISSIONS
from wfm.adapters.store import open_store
from wfm.rest import serving
from wfm.rest.workers import Workers

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S = 60


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def until(asked, what):
    """Return what `asked` says once it is true; this waits for other processes."""
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        found = asked()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError(f"waited {PATIENCE_S} s in vain for {what}")


class Served:
    """A running `wfm serve`."""

    def __init__(self, process, port):
        self.process, self.address = process, f"http://127.0.0.1:{port}/api/v1"

    def ask(self, path, *, token="", body=None):
        """Return status, headers and answer; status 0 where nobody answers."""
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        data = None if body is None else json.dumps(body).encode()
        asked = urllib.request.Request(self.address + path, data, headers)
        try:
            with urllib.request.urlopen(asked, timeout=PATIENCE_S) as answer:
                return answer.status, answer.headers, json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code, error.headers, json.load(error)
        except OSError:
            return 0, {}, {}

    def status(self, path="/health", **more):
        return self.ask(path, **more)[0]


@contextmanager
def served(url, *, workers=0):
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "wfm.cli", "serve", "--port", str(port), "--workers", str(workers)],
        cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT), "WFM_DATABASE_URL": str(url)},
    )  # fmt: skip
    found = Served(process, port)
    try:
        until(lambda: found.status() or process.poll() is not None, "the service")
        yield found
    finally:
        process.terminate()
        process.wait(timeout=PATIENCE_S)
        process.stderr.close()


def token(url):
    store = open_store(str(url))
    secret = store.access.issue(by="x", label="t", scopes=tuple(PERMISSIONS), user="ada").secret
    store.close()
    return secret


def test_the_service_outlives_its_database(tmp_path):
    with durable_cluster() as own:
        url = own.database()
        fill(url)
        secret = token(url)
        rows = {"source": "acd", "rows": [{"queue": "voice", "start": "2026-03-02T09:00:00+01:00",
                                           "offered": 41}]}  # fmt: skip
        push = "/sites/berlin/actuals/intervals"
        with served(url) as service:
            assert service.ask(push, token=secret, body=rows)[2]["added"] == 1
            for how in (signal.SIGINT, signal.SIGQUIT):
                own.stop(how)
                for path, body in (("/sites", None), (push, rows), ("/health", None)):
                    status, headers, problem = service.ask(path, token=secret, body=body)
                    assert status == 503
                    assert headers["Content-Type"] == "application/problem+json"
                    assert headers["Retry-After"] == "5"
                    assert "host=" not in problem["detail"]
                own.start()
                assert service.status("/sites", token=secret) == 200
                assert service.ask(push, token=secret, body=rows)[2]["same"] == 1
            assert service.process.poll() is None


@pytest.mark.slow
def test_a_service_without_its_database_says_so_and_ends():
    with durable_cluster() as own:
        url = own.database()
        own.stop()
        with served(url) as service:
            assert service.process.wait(timeout=PATIENCE_S) == 1
            assert b"check that it runs" in service.process.stderr.read()


def alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"


def test_a_worker_that_is_killed_is_followed_by_another(template):
    with Workers(f"sqlite:///{template}", 1) as workers:
        (first,) = workers.pids
        os.kill(first, signal.SIGKILL)
        (second,) = until(lambda: workers.pids != (first,) and workers.pids, "another worker")
        assert alive(second)
    assert not alive(second)


@pytest.mark.slow
def test_a_worker_ends_with_the_service_that_was_killed(template, tmp_path):
    """The service cannot tell its workers that it was killed: they notice."""
    said = tmp_path / "pid"
    code = (
        "import pathlib, time\nfrom wfm.rest.workers import Workers\n"
        f"w = Workers('sqlite:///{template}', 1)\n"
        f"pathlib.Path({str(said)!r}).write_text(str(w.pids[0]))\ntime.sleep(600)\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}
    )
    worker = int(until(lambda: said.exists() and said.read_text(), "the worker's number"))
    process.kill()
    process.wait()
    until(lambda: not alive(worker), "the worker to end")


@pytest.mark.parametrize("moment", ["working", pytest.param("just begun", marks=pytest.mark.slow)])
def test_a_plan_whose_worker_is_killed_is_made_once_by_the_next(address, moment):
    """`wfm work`, killed in the middle of a job."""
    url = str(address)
    store = open_store(url)
    trials_site = {"site": "berlin"}
    store.plans.save_scenario(scenario(people=3), "few", by="x", **trials_site)
    store.actuals.put("intervals", history(weeks=4), source="f", by="x", **trials_site)
    job = store.work.submit("plan", {"name": "week 6", "scenario": "few", "scenario_version": 1,
                                     "time_limit_s": 2.0}, by="ann", **trials_site)  # fmt: skip
    worker = subprocess.Popen(
        [sys.executable, "-m", "wfm.cli", "work"], cwd=ROOT, stdout=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": str(ROOT), "WFM_DATABASE_URL": url},
    )  # fmt: skip
    least = 0.3 if moment == "working" else 0.0
    until(lambda: (now := store.work.job(job.id)).state == "running" and now.fraction >= least,
          "the job to run")  # fmt: skip
    worker.kill()
    worker.wait()
    assert store.work.job(job.id).state == "running"
    assert store.plans.versions("plans", site="berlin") == ()
    assert serving.work_one(store, "early") is None, "it is not silent for long enough yet"
    done = serving.work_one(store, "next", lost_after_s=0.0)
    assert (done.id, done.state, done.worker) == (job.id, "done", "next")
    assert [v.version for v in store.plans.versions("plans", site="berlin")] == [1]
    plan = store.plans.load("week 6", site="berlin")
    assert done.result["plan_id"] == plan.id
    assert trials.intact(store)
    store.close()


def test_a_worker_that_was_only_slow_saves_no_second_plan(centre):
    """Two workers at one job: the first one comes back when the second has it."""
    from wfm.service import making

    centre.store.plans.save_scenario(scenario(people=0), "few", by="x", site="berlin")
    centre.store.actuals.put("intervals", history(weeks=4), site="berlin", by="x", source="f")
    asked = {"name": "week 6", "scenario": "few", "scenario_version": 1, "time_limit_s": 1.0}
    centre.store.work.submit("plan", asked, by="ann", site="berlin")
    slow = centre.store.work.claim("slow")
    assert making.work_one(centre.store, "next", lost_after_s=0.0).state == "done"
    with pytest.raises(Exception, match="not at slow"):
        making._plan(centre.store, slow, "slow", lambda fraction, text: True)
    assert len(centre.store.plans.versions("plans", site="berlin")) == 1


def send(service, path, secret, chunks, *, length=None):
    """Send a body bit by bit; return how many MiB went out, and what came back."""
    host, port = service.address.removeprefix("http://").split("/")[0].split(":")
    framing = "Transfer-Encoding: chunked" if length is None else f"Content-Length: {length}"
    head = (
        f"POST /api/v1{path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {secret}\r\n"
        f"{framing}\r\nConnection: close\r\n\r\n"
    )
    sent, back = 0, b""
    with socket.create_connection((host, int(port)), timeout=PATIENCE_S) as line:
        line.sendall(head.encode())
        try:
            for chunk in chunks:
                line.sendall(b"%x\r\n%b\r\n" % (len(chunk), chunk) if length is None else chunk)
                sent += len(chunk)
        except OSError:
            pass  # it does not listen any more
        with contextlib.suppress(OSError):
            while bit := line.recv(65536):
                back += bit
    return sent / 2**20, back


def most_mib(pid):
    """Return the most memory a process ever had, MiB."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) / 1024
    raise AssertionError("no VmHWM")


def test_an_upload_of_a_gibibyte_is_cut_off_and_fills_no_memory(template, tmp_path):
    store = shutil.copy(template, tmp_path / "store.sqlite")
    chunk, path = b"2026-03-02 09:00,voice,4\n" * 40_000, "/sites/berlin/imports?name=big.csv"
    often = 2**30 // len(chunk) + 1
    with served(f"sqlite:///{store}") as service:
        secret = token(f"sqlite:///{store}")
        before = most_mib(service.process.pid)
        sent, _ = send(service, path, secret, (chunk for _ in range(often)))
        assert 100 < sent < 400, "it listens until the limit of 128 MiB and a little more"
        sent, back = send(service, path, secret, (b"x" for _ in range(1)), length=2**30)
        assert sent < 1
        assert b"413" in back.split(b"\r\n")[0]
        assert service.status() == 200
        assert most_mib(service.process.pid) - before < 600
        assert service.ask("/sites/berlin/imports", token=secret)[2]["items"] == []
