"""The demo's plan without its roster search, small enough to be made in a test."""

from functools import cache

from wfm import plan as planning
from wfm.adapters import demo, demo_actuals


@cache
def plan():
    """Return the demo plan, planned without people, who come back afterwards."""
    import dataclasses

    history, notes = demo.demo_history()
    scenario = demo.demo_scenario()
    # Weeks enough for forecast and actuals; the roster is the slow part.
    made = planning.make_plan(scenario.revise("no roster", people=()), history, notes=notes)
    return dataclasses.replace(
        made, scenario=dataclasses.replace(made.scenario, people=scenario.people)
    )


@cache
def actuals():
    """Return its actuals."""
    return demo_actuals.demo_actuals(plan())
