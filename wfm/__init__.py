"""wfm: forecast, size, roster and follow a contact centre. Submodules load on first use."""

from importlib import import_module
from types import ModuleType

__version__ = "0.1.0"
_LAZY = (
    "app", "confidence", "errors", "evidence", "frames", "kpi", "plan", "queueing", "requirement",
    "roster", "scenario",
)  # fmt: skip
__all__ = ["__version__", *_LAZY]  # noqa: PLE0604


def __getattr__(name: str) -> ModuleType:
    if name in _LAZY:
        return import_module(f"wfm.{name}")
    raise AttributeError(f"module 'wfm' has no attribute {name!r}")
