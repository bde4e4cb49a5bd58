"""Why do improvements fail, and who may take which step?"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from wfm.errors import BadInput

__all__ = ["ACTION_TYPES", "Actor", "Cause", "Role", "Step", "allowed"]

ACTION_TYPES = ("data", "process", "training", "innovation")


class Cause(StrEnum):
    """The seven failure causes: ticks of the pre-mortem at Plan, codes at failure."""

    F1 = "F1"
    F2 = "F2"
    F3 = "F3"
    F4 = "F4"
    F5 = "F5"
    F6 = "F6"
    F7 = "F7"

    @property
    def english(self) -> str:
        """The cause in words."""
        return _TEXTS[self][0]

    @property
    def chinese(self) -> str:
        """The cause in the words of the method."""
        return _TEXTS[self][1]


_TEXTS = {
    Cause.F1: ("no management pull", "管理层牵引"),
    Cause.F2: ("wrong link chosen", "错误选择环节"),
    Cause.F3: ("time or conditions not ripe", "时机不成熟、条件不允许"),
    Cause.F4: ("system over- or under-trusted", "不能正确对待系统的作用"),
    Cause.F5: ("not operable", "可操作性"),
    Cause.F6: ("practice ignored", "不能正视实践性"),
    Cause.F7: ("not integrated with other methods", "不注重和其他管理方法的集成"),
}


class Role(StrEnum):
    """Roles of people (PRODUCT.md, section 1)."""

    PLANNER = "planner"
    SCHEDULER = "scheduler"
    LEAD = "lead"
    ANALYST = "analyst"
    AGENT = "agent"
    VIEWER = "viewer"


class Step(StrEnum):
    """Where a cycle stands; it moves on in this order, and only by its transitions."""

    PLAN = "plan"
    DO = "do"
    CHECK = "check"
    ACT = "act"
    CLOSED = "closed"


_STAFF = {Role.PLANNER, Role.LEAD, Role.ANALYST}
_MAY = {
    "open": _STAFF,
    "plan": _STAFF,
    "lock": {Role.PLANNER, Role.LEAD},
    "log": {*_STAFF, Role.SCHEDULER},
    "check": _STAFF,
    "sign": _STAFF,
    "act": {Role.PLANNER, Role.LEAD},
}


@dataclass(frozen=True)
class Actor:
    """Who does something: a name and a `Role`; agents and viewers only read."""

    name: str
    role: Role

    def __post_init__(self) -> None:
        if not self.name.strip() or not self.name.isprintable():
            raise BadInput(f"pdca: an actor has a printable name, got {self.name!r}")
        try:
            object.__setattr__(self, "role", Role(self.role))
        except ValueError as error:
            raise BadInput(f"pdca: role is one of {', '.join(Role)}; got {self.role!r}") from error


def allowed(actor: Actor, what: str) -> None:
    """Raise BadInput unless the actor's role may do `what`.

    Examples
    --------
    >>> allowed(Actor("Ana", "planner"), "lock")
    >>> allowed(Actor("Ben", "agent"), "lock")
    Traceback (most recent call last):
    forecasts.errors.BadInput: pdca: an agent may not lock a cycle; ask a lead or planner
    """
    if actor.role not in _MAY[what]:
        who = " or ".join(sorted(_MAY[what]))
        article = "an" if actor.role[0] in "aeiou" else "a"
        raise BadInput(f"pdca: {article} {actor.role} may not {what} a cycle; ask a {who}")
