"""Which tables does the store have? All of them, registered on one `METADATA`."""

from wfm.adapters.store import tables_facts, tables_plans, tables_service
from wfm.adapters.store.tables import KINDS, METADATA

__all__ = ["KINDS", "METADATA", "tables_facts", "tables_plans", "tables_service"]
