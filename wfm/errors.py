"""The two ways a stage refuses: input that cannot be used, rules that cannot be met."""

from forecasts.errors import BadInput

__all__ = ["BadInput", "Infeasible"]


class Infeasible(Exception):  # noqa: N818 - named in the public contract
    """No legal answer exists.

    The text names the rule, the agent and the day that clash. Shortage of staff is
    never infeasible: it is listed in ``Roster.unmet``.
    """
