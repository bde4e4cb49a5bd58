"""Is it a signal, did it work, and how do units compare?"""

from importlib import import_module
from types import ModuleType

__all__ = ["charts", "compare", "effect", "quality"]


def __getattr__(name: str) -> ModuleType:
    if name in __all__:
        return import_module(f"wfm.evidence.{name}")
    raise AttributeError(f"module 'wfm.evidence' has no attribute {name!r}")
