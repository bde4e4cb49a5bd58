"""How does strategy break down to agents, and how far has the whole moved?"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from wfm.errors import BadInput
from wfm.kpi import catalogue

__all__ = ["Achievement", "Movement", "Node", "Tree", "achievement", "default_tree"]

_CLOSE = 1e-9
_ORDER = "CQTA"


@dataclass(frozen=True)
class Node:
    """One node: a goal in words, or a KPI.

    Attributes
    ----------
    id : str
    name_en, name_zh : str
    parent : str or None
        None for the one root.
    weight : float
        Share among the children of its parent; they add up to 1.
    kpi : str or None
        Key of the catalogue; None for a goal.
    level : str
        ``"C"``, ``"Q"``, ``"T"`` or ``"A"``: where it is read.
    owner : str
    review_days : int
    counter : str or None
        KPI that guards it.
    """

    id: str
    name_en: str
    name_zh: str
    parent: str | None = None
    weight: float = 1.0
    kpi: str | None = None
    level: str = "C"
    owner: str = ""
    review_days: int = 30
    counter: str | None = None


@dataclass(frozen=True)
class Movement:
    """Baseline, target and present value of one KPI, all by one definition."""

    baseline: float
    target: float
    now: float


@dataclass(frozen=True)
class Achievement:
    """How far a node has moved.

    Attributes
    ----------
    id : str
    score : float
        -1 to 1; 1 means that every target below is reached; NaN where nothing is known.
    known : float
        Share of the weight below that has values, 0 to 1.
    """

    id: str
    score: float
    known: float


@dataclass(frozen=True)
class Tree:
    """Nodes from strategy to agent; checked when made.

    Raises
    ------
    BadInput
        For ids used twice, unknown or circular parents, more than one root, weights that do not
        add up to 1, a KPI at a level it does not have, or a child above its parent.
    """

    nodes: tuple[Node, ...]

    def __post_init__(self) -> None:
        ids = [node.id for node in self.nodes]
        twice = sorted({i for i in ids if ids.count(i) > 1})
        if twice:
            raise BadInput(f"kpi tree: ids {twice} stand twice; ids are unique")
        roots = [node.id for node in self.nodes if node.parent is None]
        if len(roots) != 1:
            raise BadInput(f"kpi tree: one node has no parent, got {roots}")
        for node in self.nodes:
            self._check(node, set(ids))
        for node in self.nodes:
            parts = [child.weight for child in self.children(node.id)]
            if parts and abs(sum(parts) - 1) > _CLOSE:
                raise BadInput(
                    f"kpi tree: the children of {node.id!r} weigh {sum(parts):g} together, not 1"
                )

    def _check(self, node: Node, ids: set[str]) -> None:
        if node.parent is not None and node.parent not in ids:
            raise BadInput(f"kpi tree: {node.id!r} has the unknown parent {node.parent!r}")
        if not 0 <= node.weight <= 1:
            raise BadInput(f"kpi tree: weight of {node.id!r} is a share, got {node.weight!r}")
        if node.level not in catalogue.LEVELS:
            raise BadInput(f"kpi tree: level of {node.id!r} is C, Q, T or A, got {node.level!r}")
        if node.kpi is not None and node.level not in catalogue.find(node.kpi).levels:
            raise BadInput(
                f"kpi tree: {node.kpi} is not a measure of {catalogue.LEVELS[node.level]} "
                f"(node {node.id!r})"
            )
        if node.counter is not None:
            catalogue.find(node.counter)
        above = self.path(node.id)[:-1]
        if above and _ORDER.index(node.level) < _ORDER.index(above[-1].level):
            raise BadInput(f"kpi tree: {node.id!r} lies above its parent {above[-1].id!r}")

    def node(self, id: str) -> Node:  # noqa: A002 - the attribute's name
        """Return the node called `id`."""
        for node in self.nodes:
            if node.id == id:
                return node
        raise BadInput(f"kpi tree: no node {id!r}")

    def children(self, id: str) -> tuple[Node, ...]:  # noqa: A002
        """Return the nodes below `id`, in order."""
        return tuple(node for node in self.nodes if node.parent == id)

    def path(self, id: str) -> tuple[Node, ...]:  # noqa: A002
        """Return the nodes from the root to `id`."""
        way: list[Node] = []
        step: str | None = id
        while step is not None:
            node = self.node(step)
            if node in way:
                raise BadInput(f"kpi tree: {id!r} is its own ancestor")
            way.append(node)
            step = node.parent
        return tuple(reversed(way))

    @property
    def root(self) -> Node:
        """The node without a parent."""
        return next(node for node in self.nodes if node.parent is None)


def achievement(tree: Tree, moved: Mapping[str, Movement]) -> tuple[Achievement, ...]:
    """Return how far every node has moved: sum of weight x change / |target - baseline|.

    Each KPI is capped at -1 and 1, so that one cannot hide another. Nodes without values are left
    out and their weight is spread over the rest; `known` says how much that is.

    Parameters
    ----------
    tree : Tree
    moved : mapping of node id to Movement

    Returns
    -------
    tuple of Achievement
        In the order of the nodes.

    Raises
    ------
    BadInput
        For unknown nodes or a target equal to its baseline.

    Examples
    --------
    >>> tree = Tree((Node("top", "", ""), Node("a", "", "", "top", 0.6, "service_level"),
    ...              Node("b", "", "", "top", 0.4, "cost_per_contact")))
    >>> got = achievement(tree, {"a": Movement(0.7, 0.8, 0.75), "b": Movement(5.0, 4.0, 5.5)})
    >>> round(got[0].score, 3)
    0.1
    """
    known = {node.id for node in tree.nodes}
    unknown = sorted(set(moved) - known)
    if unknown:
        raise BadInput(f"kpi tree: values for unknown nodes {unknown}")
    done: dict[str, Achievement] = {}
    for node in sorted(tree.nodes, key=lambda n: -len(tree.path(n.id))):
        below = [done[child.id] for child in tree.children(node.id)]
        weights = [child.weight for child in tree.children(node.id)]
        if node.id in moved:
            done[node.id] = Achievement(node.id, _score(node.id, moved[node.id]), 1.0)
            continue
        parts = [(w * a.known, a.score) for w, a in zip(weights, below, strict=True) if a.known]
        whole = sum(weight for weight, _ in parts)
        score = sum(w * s for w, s in parts) / whole if whole else math.nan
        done[node.id] = Achievement(node.id, score, whole)
    return tuple(done[node.id] for node in tree.nodes)


def _score(id: str, move: Movement) -> float:  # noqa: A002
    way = move.target - move.baseline
    if way == 0 or not math.isfinite(way) or not math.isfinite(move.now):
        raise BadInput(f"kpi tree: {id!r} needs a target other than its baseline, and a value")
    return max(-1.0, min(1.0, (move.now - move.baseline) / way))


def default_tree() -> Tree:
    """Return a tree to start from: two objectives, with the service profit chain as spine.

    Examples
    --------
    >>> tree = default_tree()
    >>> [node.id for node in tree.path("agent_adherence")]
    ['strategy', 'service', 'service_level', 'agent_adherence']
    """
    return Tree((
        Node("strategy", "Service level and cost-effectiveness", "服务水平与成本效益"),
        Node("service", "Service level", "服务水平", "strategy", 0.5),
        Node("cost", "Cost-effectiveness", "成本效益", "strategy", 0.5),
        Node("service_level", "Answered in time", "接通及时", "service", 0.4, "service_level",
             counter="cost_per_contact"),
        Node("abandonment", "Few give up", "放弃少", "service", 0.2, "abandonment",
             counter="asa_s"),
        Node("fcr", "Solved at once", "一次解决", "service", 0.2, "fcr", counter="aht_s"),
        Node("csat", "Satisfied customers", "客户满意", "service", 0.2, "csat",
             counter="survey_response"),
        Node("cost_per_contact", "Cost of a contact", "单次成本", "cost", 0.4,
             "cost_per_contact", counter="service_level"),
        Node("occupancy", "Busy, not overloaded", "占用适度", "cost", 0.2, "occupancy",
             counter="service_level"),
        Node("wape", "Forecast close", "预测准确", "cost", 0.2, "wape", counter="forecast_bias"),
        Node("attrition", "People stay", "员工稳定", "cost", 0.2, "attrition_annual",
             counter="enps"),
        Node("agent_adherence", "Right place, right time", "遵时", "service_level", 0.5,
             "adherence", "A", counter="schedule_satisfaction"),
        Node("team_absence", "Present", "出勤", "service_level", 0.5, "absenteeism", "T",
             counter="enps"),
        Node("agent_qa", "Good contacts", "质检", "csat", 1.0, "qa_score", "A", counter="aht_s"),
        Node("agent_aht", "Handle time at equal mix", "处理时长", "cost_per_contact", 1.0,
             "aht_s", "A", counter="fcr"),
    ))  # fmt: skip
