"""What a person reads on a page drawn without a browser."""

from __future__ import annotations

import re

from . import fakes

NO_WIDTH = "\N{WORD JOINER}"


def read(text: str) -> str:
    """What a person reads where Markdown is drawn: no backslashes, nothing invisible."""
    return re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", text).replace(NO_WIDTH, "")


def control(name: str, queue: str = "voice") -> str:
    """The key of a what-if widget on the fake plan."""
    return f"whatif_{name}_{queue}_{fakes.plan().id}"


def texts(page) -> str:
    """Everything a person can read on `page`."""
    kinds = ("title", "subheader", "markdown", "caption", "info", "success", "error", "warning",
             "text")  # fmt: skip
    shown = [read(str(item.value)) for kind in kinds for item in page.get(kind)]
    shown += [f"{item.label} {item.value}" for item in page.metric]
    return "\n".join(shown)
