"""Which shifts does a calendar program get that asks with a person's secret address?"""

from __future__ import annotations

import dataclasses

from wfm.adapters.export_feed import joined
from wfm.adapters.export_ics import calendars
from wfm.adapters.store import Store, Version
from wfm.errors import BadInput
from wfm.scenario import Scenario
from wfm.service.finding import NotFound
from wfm.service.keys import FEED

_PUBLISHED = "published"
# A calendar shows the near past and what is to come, not every roster there was.
_NEWEST = 12


def calendar_of(store: Store, secret: str) -> bytes:
    """Return the person's shifts of published rosters as one calendar.

    It is always the whole of it, so that a shift that was withdrawn vanishes from the calendar.

    Raises
    ------
    NotFound
        The secret is unknown, revoked, or no calendar's; all three look the same.
    """
    token = store.access.check(secret)
    if token is None or token.person is None or token.site is None or token.scopes != FEED:
        raise NotFound("calendar: there is none at this address")
    site, person = token.site, token.person
    found = [_calendar(store, site, person, version) for version in _published(store, site)]
    return joined(content for content in found if content is not None)


def _published(store: Store, site: str) -> list[Version]:
    """Return the published rosters of `site` that cover the latest days."""
    found, after = [], 0
    while page := store.plans.versions("rosters", site=site, after=after, limit=1000):
        found += [version for version in page if version.told["status"] == _PUBLISHED]
        after = page[-1].id
    return sorted(found, key=lambda version: version.told["first_day"])[-_NEWEST:]


def _calendar(store: Store, site: str, person: str, version: Version) -> bytes | None:
    roster = store.plans.load_roster(version.name, site=site, version=version.version)
    mine = roster.frame[roster.frame["agent"] == person]
    if mine.empty:
        return None
    own = dataclasses.replace(roster, frame=mine)
    scenario = _scenario(store, site, version)
    (content,) = calendars(own, scenario, sequence=version.version).values()
    return content


def _scenario(store: Store, site: str, roster: Version) -> Scenario:
    """Return the choices of the plan that the roster is of."""
    after, plans = 0, store.plans
    while page := plans.versions("plans", site=site, name=roster.name, after=after, limit=1000):
        for plan in page:
            if plan.told["roster"] == roster.id:
                return plans.load(plan.name, site=site, version=plan.version).scenario
        after = page[-1].id
    raise BadInput(
        f"calendar: roster {roster.name!r} version {roster.version} belongs to no plan; publish "
        "one that does"
    )
