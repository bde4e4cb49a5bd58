"""How does a roster leave wfm: a workbook, plain tables, or a calendar a person?"""

from wfm.adapters.export_csv import csv_bytes, csv_tables, csv_zip_bytes, write_csv, zip_bytes
from wfm.adapters.export_ics import calendars, ics_zip_bytes, write_ics
from wfm.adapters.export_xlsx import write_xlsx, xlsx_bytes

__all__ = [
    "calendars", "csv_bytes", "csv_tables", "csv_zip_bytes", "ics_zip_bytes", "write_csv",
    "write_ics", "write_xlsx", "xlsx_bytes", "zip_bytes",
]  # fmt: skip
