"""What is measured, by which definition, and how sure is it?"""

from wfm.kpi.catalogue import Kpi, kpis
from wfm.kpi.definitions import Definition, definition
from wfm.kpi.engine import compute, difference, variants

__all__ = [
    "Definition", "Kpi", "compute", "definition", "difference", "kpis", "variants",
]  # fmt: skip
