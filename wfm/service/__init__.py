"""The use cases on the store, each checking who asks: shared by REST, commands and pages."""

from wfm.service.service import NotFound, Service

__all__ = ["NotFound", "Service"]
