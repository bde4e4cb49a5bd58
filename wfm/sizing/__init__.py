"""Which model sizes a queue, and what does it say?"""

from wfm.sizing.batch import Batch, Figures, Part
from wfm.sizing.choice import model_of
from wfm.sizing.duty import ROUNDING, gross_up
from wfm.sizing.explained import deferred, explained
from wfm.sizing.models import Model
from wfm.sizing.parts import asked, batches, parts_of

__all__ = [
    "ROUNDING", "Batch", "Figures", "Model", "Part", "asked", "batches", "deferred", "explained",
    "gross_up", "model_of", "parts_of",
]  # fmt: skip
