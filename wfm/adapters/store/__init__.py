"""The store in SQLite or PostgreSQL: `open_store` gives a `Store`."""

from wfm.adapters.store.access import Issued, Role, Token
from wfm.adapters.store.actuals import Import
from wfm.adapters.store.audit import Entry
from wfm.adapters.store.database import StoreDown
from wfm.adapters.store.privacy import Erased, Retention
from wfm.adapters.store.records import Record
from wfm.adapters.store.store import Store, open_store
from wfm.adapters.store.versions import Version
from wfm.adapters.store.work import Answer, Job

__all__ = [
    "Answer", "Entry", "Erased", "Import", "Issued", "Job", "Record", "Retention", "Role", "Store",
    "StoreDown", "Token", "Version", "open_store",
]  # fmt: skip
