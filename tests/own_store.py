"""The store that commands and use cases open by themselves, closed between tests."""

import sys


def forget_store():
    """Let go of the store and of the use cases on it."""
    wiring = sys.modules.get("wfm.wiring")
    if wiring is not None and hasattr(wiring, "store"):
        if wiring.store.cache_info().currsize:
            wiring.store().close()
        wiring.store.cache_clear()
        wiring.app.cache_clear()
