"""Is a linear minimum what simplex finds, and is a bound one whatever the solver says?"""

import logging
import subprocess
from dataclasses import replace

import numpy as np
import pytest
from ortools.math_opt.python import mathopt
from scipy.optimize import linprog
from scipy.sparse import csr_array

from wfm import roster
from wfm.roster import aside, bound, linear, solver

from .builders import demo

SOLVER = 1e-5  # linear solvers' tolerances, times sums of a few hundred


def small_problem():
    matrix = csr_array(np.array([[1.0, 2.0, 0.0], [0.0, 1.0, 1.0]]))
    return (matrix, np.array([3.0, 2.0]), np.array([np.inf, 2.0]), np.array([1.0, 3.0, 1.0]),
            np.array([10.0, 10.0, 1.0]))  # fmt: skip


def test_a_problem_solved_aside_has_the_minimum_that_simplex_finds():
    matrix, low, high, cost, most = small_problem()
    numbers, prices = aside.minimum(matrix, low, high, cost, most, seconds=60.0, over=lambda: False)
    exact = linprog(cost, A_ub=-matrix.toarray()[:1], b_ub=-low[:1], A_eq=matrix.toarray()[1:],
                    b_eq=high[1:], bounds=[(0, m) for m in most])  # fmt: skip
    assert cost @ numbers == pytest.approx(exact.fun, abs=SOLVER)
    assert prices.shape == (2,)


def test_a_problem_aside_is_ended_when_nobody_waits():
    asked = []

    def over():
        asked.append(1)
        return len(asked) > 1  # the process is still importing then

    assert aside.minimum(*small_problem(), seconds=60.0, over=over) is None
    assert len(asked) == 2


@pytest.fixture
def children(monkeypatch):
    """The processes that are started."""
    found, popen = [], subprocess.Popen
    monkeypatch.setattr(
        subprocess, "Popen", lambda *args, **more: found.append(popen(*args, **more)) or found[-1]
    )
    yield found
    for child in found:
        child.kill()
        child.wait()


def program(monkeypatch, folder, text):
    """Let this program solve what is solved aside."""
    path = folder / "program.py"
    path.write_text(text, encoding="utf-8")
    monkeypatch.setattr(linear, "__file__", str(path))


def test_a_process_that_fails_is_logged_with_the_last_it_said(monkeypatch, caplog, tmp_path):
    program(monkeypatch, tmp_path, "import a_module_that_nobody_has")
    assert aside.minimum(*small_problem(), seconds=60.0, over=lambda: False) is None
    (record,) = caplog.records
    assert record.levelno == logging.WARNING
    assert "No module named 'a_module_that_nobody_has'" in record.getMessage()


def test_a_process_that_has_no_answer_says_why(monkeypatch, caplog, tmp_path):
    program(monkeypatch, tmp_path, "\n".join([
        "import sys, numpy as np", "print('not sure', file=sys.stderr)",
        "np.savez(sys.argv[2], numbers=np.zeros(0), prices=np.zeros(0))",
    ]))  # fmt: skip
    assert aside.minimum(*small_problem(), seconds=60.0, over=lambda: False) is None
    assert [record.getMessage() for record in caplog.records] == ["not sure"]


def test_a_process_is_ended_if_waiting_for_it_is_interrupted(
    monkeypatch, tmp_path, children, caplog
):
    program(monkeypatch, tmp_path, "import threading; threading.Event().wait(60)")
    asked = []

    def over():
        asked.append(1)
        if len(asked) > 1:
            raise KeyboardInterrupt
        return False

    with pytest.raises(KeyboardInterrupt):
        aside.minimum(*small_problem(), seconds=60.0, over=over)
    assert [child.poll() is not None for child in children] == [True]
    assert not caplog.records


def test_a_process_that_is_ended_on_purpose_is_no_reason_to_warn(
    monkeypatch, tmp_path, children, caplog
):
    program(monkeypatch, tmp_path, "import threading; threading.Event().wait(60)")
    asked = []
    over = lambda: bool(asked.append(1)) or len(asked) > 2  # noqa: E731
    assert aside.minimum(*small_problem(), seconds=60.0, over=over) is None
    assert [child.poll() is not None for child in children] == [True]
    assert not caplog.records


def exact():
    matrix, low, high, cost, most = small_problem()
    return linprog(cost, A_ub=-matrix.toarray()[:1], b_ub=-low[:1], A_eq=matrix.toarray()[1:],
                   b_eq=high[1:], bounds=[(0, m) for m in most])  # fmt: skip


def test_no_prices_prove_more_than_the_minimum_and_the_solvers_prove_that():
    problem, best = small_problem(), exact().fun
    rng = np.random.default_rng(1)
    for prices in rng.normal(0, 2, (200, 2)):
        assert linear.proved(*problem, prices=prices) <= best
    _, prices = linear.minimum(*problem, seconds=60.0, corner=True)
    assert linear.proved(*problem, prices=prices) == pytest.approx(best, abs=SOLVER)


def test_a_column_without_a_limit_proves_nothing_unless_it_is_priced():
    matrix, low, high, cost, _ = small_problem()
    most = np.array([np.inf, 10.0, 1.0])
    assert linear.proved(matrix, low, high, cost, most, prices=np.array([1.5, 0.0])) == -np.inf
    assert linear.proved(matrix, low, high, cost, most, prices=np.zeros(2)) == 0.0


def answering(monkeypatch, *reasons, limit=None):
    """Let HiGHS call its answers so, one after the other."""
    solve, left = mathopt.solve, list(reasons)

    def told(*args, **more):
        answer = solve(*args, **more)
        reason = left.pop(0)
        if isinstance(reason, Exception):
            raise reason
        end = replace(answer.termination, reason=reason, limit=limit)
        return replace(answer, termination=end)

    monkeypatch.setattr(mathopt, "solve", told)
    return left


@pytest.mark.parametrize("reason", ["FEASIBLE", "NO_SOLUTION_FOUND", "INFEASIBLE"])
def test_an_answer_that_is_not_called_optimal_is_none(monkeypatch, caplog, reason):
    answering(monkeypatch, mathopt.TerminationReason[reason])
    assert linear.minimum(*small_problem(), seconds=60.0) is None
    assert reason in caplog.text


def test_a_problem_that_time_ran_out_for_is_no_reason_to_warn(monkeypatch, caplog):
    answering(monkeypatch, mathopt.TerminationReason.NO_SOLUTION_FOUND, limit=mathopt.Limit.TIME)
    assert linear.minimum(*small_problem(), seconds=60.0) is None
    assert not caplog.records


def test_an_imprecise_answer_is_asked_for_again_more_exactly(monkeypatch):
    reasons = mathopt.TerminationReason
    left = answering(monkeypatch, reasons.IMPRECISE, reasons.OPTIMAL)
    numbers, _ = linear.minimum(*small_problem(), seconds=60.0)
    assert small_problem()[3] @ numbers == pytest.approx(exact().fun, abs=SOLVER)
    assert not left


def test_a_solver_that_is_never_sure_is_none_and_says_why(monkeypatch, caplog):
    unsure = [ValueError("unknown status"), AttributeError("no canonical_code")]
    left = answering(monkeypatch, *unsure, *unsure[:1], RuntimeError("unknown status 7"))
    with caplog.at_level(logging.WARNING):
        assert linear.minimum(*small_problem(), seconds=60.0) is None
    assert not left
    assert "unknown status 7" in caplog.text


def test_a_corner_is_asked_for_where_interior_points_are_unsure(monkeypatch):
    left = answering(monkeypatch, *[ValueError("unknown")] * 2, mathopt.TerminationReason.OPTIMAL)
    numbers, _ = linear.minimum(*small_problem(), seconds=60.0)
    assert small_problem()[3] @ numbers == pytest.approx(exact().fun, abs=SOLVER)
    assert not left


def test_an_error_that_is_not_the_solvers_is_raised(monkeypatch):
    answering(monkeypatch, TypeError("a mistake of ours"))
    with pytest.raises(TypeError, match="a mistake of ours"):
        linear.minimum(*small_problem(), seconds=60.0)


def bounds(monkeypatch, plan, wanted, many):
    """The bound of a plan whose problems count as large from so many columns on."""
    found, ideal_of = [], bound.ideal_of
    monkeypatch.setattr(bound, "_LARGE", many)
    monkeypatch.setattr(
        solver, "ideal_of", lambda *args, **more: found.append(ideal_of(*args, **more)) or found[-1]
    )
    roster.solve(wanted, plan, time_limit_s=2)
    monkeypatch.undo()
    return found[0].bound


def test_large_and_small_problems_have_the_same_bound(monkeypatch):
    plan, wanted = demo(12)
    small = bounds(monkeypatch, plan, wanted, 10**9)
    assert small > 0
    assert bounds(monkeypatch, plan, wanted, 0) == pytest.approx(small, rel=SOLVER)


def test_the_bound_does_not_believe_the_numbers_of_the_solver(monkeypatch):
    plan, wanted = demo(12)
    small = bounds(monkeypatch, plan, wanted, 10**9)

    def careless(*problem, over, **more):
        numbers, prices = linear.minimum(*problem, **more)
        return numbers * 1.01, prices * 0.99

    monkeypatch.setattr(bound, "minimum", careless)
    assert bounds(monkeypatch, plan, wanted, 0) < small
