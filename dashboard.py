"""The dashboard: wires pages, computes nothing. Run ``streamlit run dashboard.py``."""

from wfm.ui.navigation import show

show()
