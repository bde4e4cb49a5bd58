"""What tests of several folders share: the demo's plan and its actuals, made once."""

import dataclasses

import pytest


@pytest.fixture(scope="session")
def demo_plan():
    """The demo plan without its roster, whose search is the slow part."""
    from wfm import plan as planning
    from wfm.adapters import demo

    history, notes = demo.demo_history()
    scenario = demo.demo_scenario()
    made = planning.make_plan(scenario.revise("no roster", people=()), history, notes=notes)
    return dataclasses.replace(
        made, scenario=dataclasses.replace(made.scenario, people=scenario.people)
    )


@pytest.fixture(scope="session")
def demo_actuals(demo_plan):
    """What happened in the demo centre; not to be changed."""
    from wfm.adapters import demo_actuals as generator

    return generator.demo_actuals(demo_plan)
