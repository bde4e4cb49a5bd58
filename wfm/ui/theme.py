"""Which colours and sizes does the dashboard use?

The hues are Okabe and Ito's, told apart by people with any common colour blindness. A colour
never carries meaning alone: legends, numbers or texts stand beside it.
"""

from __future__ import annotations

REQUIRED = "#30343B"
ROSTERED = "#0072B2"
SHORT = "#D55E00"
OVER = "#56B4E9"
MET = "#F7F7F7"
TARGET = "#9C3D00"
HISTORY = "#8A94A3"
FORECAST = "#0072B2"
BAND = "#A9CFE8"
LAST_WEEK = "#E69F00"
UNTOUCHED = "#7B3294"
BEFORE = "#8A94A3"
AFTER = "#0072B2"
GRID = "#E4E8EE"
TEXT = "#1B2430"

ACTIVITIES = {"work": "#6BAED6", "break": "#E69F00", "lunch": "#7B3294"}
OTHER_ACTIVITY = "#009E73"
SHIFTS = ("#CFE3F3", "#FCE3B5", "#D9D2EC", "#CDEBDD", "#F6D3E2", "#E3E6EA", "#F2EDA8", "#D4EEF2")
LEAVE = "#EDEDED"
STATES = {
    "complete": "#6BAED6",
    "zero": "#B8A7D9",
    "part": "#E69F00",
    "missing": "#D55E00",
    "closed": "#E4E8EE",
}

# Total heights in pixels: Streamlit fits legend and axes into them.
CHART_HEIGHT = 300
LOW_HEIGHT = 220
ROW_HEIGHT = 17
CELL_HEIGHT = 30
LEGEND_HEIGHT = 60
AXIS_HEIGHT = 40
