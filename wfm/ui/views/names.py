"""How are queues and people called on screen?"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from wfm.ui.i18n import t


def shown_name(queue: Any) -> str:
    """Return the queue's name, with the word synthetic where its history was generated."""
    return t("queue.synthetic", queue=queue.name) if queue.synthetic else str(queue.name)


def shown_names(scenario: Any) -> dict[str, str]:
    """Return how each queue of `scenario` is called on screen, by its name."""
    return {queue.name: shown_name(queue) for queue in scenario.queues}


def skills_text(person: Any, shown: dict[str, str]) -> str:
    """Return the queues that `person` serves, as they are called on screen."""
    return ", ".join(shown[name] for name in person.skills)


def person_name(person: Any, agent: str) -> str:
    """Return how a person is called on screen: name and id, or the id alone."""
    name = person.name if person is not None else ""
    return f"{name} ({agent})" if name and name != agent else str(agent)


def serving(people: Iterable[Any], queue: str | None) -> set[str]:
    """Return the ids of the people who serve `queue`; None is any.

    The skills are asked and not the roster's skill group: a queue's name may hold the ``+`` that
    joins names there.
    """
    return {person.id for person in people if queue is None or queue in person.skills}
