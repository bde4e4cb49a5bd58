"""The service over HTTP: `make` gives the application, `wfm serve` runs it."""

from wfm.rest.application import Limits, make

__all__ = ["Limits", "make"]
