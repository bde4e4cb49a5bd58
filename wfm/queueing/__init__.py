"""What does a queue do with these agents, and how many agents does it need?"""

from importlib import import_module
from types import ModuleType

__all__ = [
    "anypatience", "blending", "callback", "channels", "concurrency", "economics", "erlang",
    "hazard", "outbound", "patience", "retrials", "tiers", "timevarying", "transient", "uncertain",
]  # fmt: skip


def __getattr__(name: str) -> ModuleType:
    if name in __all__:
        return import_module(f"wfm.queueing.{name}")
    raise AttributeError(f"module 'wfm.queueing' has no attribute {name!r}")
