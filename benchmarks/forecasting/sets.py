"""Which histories is the forecaster judged on, and from which origins?

Every file of the shared folder of real contact arrivals, at the lengths of interval in which it
can be planned. Origins are evenly spaced over what the span allows, the first after a third of it
(at least two weeks); the last leaves the whole horizon. Nothing depends on a set's name.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

ROOT = Path(__file__).resolve().parents[2]
AHEAD_DAYS = 28


@dataclass(frozen=True)
class Set:
    """One history with everything that was known in advance.

    Attributes
    ----------
    name : str
    history : DataFrame
        queue, start, offered (one queue).
    freq : str
    zone : str
        Of the wall clock; taken from the folder's README.
    holidays : str, Series or None
    events : DataFrame or None
    """

    name: str
    history: pd.DataFrame
    freq: str
    zone: str
    holidays: str | pd.Series | None = None
    events: pd.DataFrame | None = None

    @property
    def daily(self) -> bool:
        return self.freq == "D"

    @property
    def steps_a_day(self) -> int:
        return {"D": 1, "h": 24, "30min": 48, "15min": 96, "5min": 288}[self.freq]

    @property
    def ahead_days(self) -> int:
        """Days ahead: 28, or a third of a short history."""
        return min(AHEAD_DAYS, max(7, self._span() // 21 * 7))

    def origins(self, count: int) -> pd.DatetimeIndex:
        """Return the local dates whose eve is the moment of forecasting."""
        first_day = self.history["start"].iloc[0].tz_localize(None).normalize()
        span, ahead = self._span(), self.ahead_days
        first = max(14, span // 3)
        at = np.unique(np.linspace(first, span - ahead, count).astype(int))
        return pd.DatetimeIndex([first_day + pd.Timedelta(days=int(day)) for day in at])

    def _span(self) -> int:
        ends = self.history["start"].iloc[[0, -1]].dt.tz_localize(None).dt.normalize()
        return int((ends.iloc[1] - ends.iloc[0]).days) + 1


def folder() -> Path:
    """Return the shared folder of contact arrivals beside the project."""
    return ROOT.parent / "shared" / "data" / "contacts"


def localised(name: str, start: pd.Series, offered: pd.Series, zone: str) -> pd.DataFrame:
    """Return wall-clock times and counts as a history; wall times that never were are dropped."""
    local = start.dt.tz_localize(zone, ambiguous=np.ones(len(start), bool), nonexistent="NaT")
    table = pd.DataFrame({"queue": name, "start": local, "offered": offered.astype(float)})
    return table.dropna().reset_index(drop=True)


def load() -> list[Set]:
    """Return every set, intraday ones first."""
    return [made for source in (_bank, _emergency, _tickets, _county, _israel, _city, _bookings,
                                _ambulance, _county_days) for made in source()]  # fmt: skip


def _read(name: str, **given: object) -> pd.DataFrame:
    return pd.read_csv(folder() / name, **given)  # type: ignore[call-overload, no-any-return]


def _known_holidays(name: str) -> pd.Series:
    table = _read("holidays.csv", parse_dates=["date"])
    own = table[table["set"] == name]
    return pd.Series(own["name"].to_numpy(), index=pd.DatetimeIndex(own["date"]))


def _bank() -> Iterator[Set]:
    raw = _read("bank_voice_5min.csv.gz", parse_dates=["timestamp"])
    raw = raw[raw["timestamp"].dt.hour < 21]  # the last bin is five minutes long
    for freq in ("5min", "30min"):
        counts = raw.groupby(raw["timestamp"].dt.floor(freq))["contacts"].sum().reset_index()
        yield Set(f"bank {freq}", localised("bank", counts["timestamp"], counts["contacts"],
                                            "America/New_York"),
                  freq, "America/New_York", "US")  # fmt: skip


def _emergency() -> Iterator[Set]:
    raw = _read("emergency_ems_30min.csv.gz", parse_dates=["timestamp"])
    zone = "America/New_York"
    yield Set("emergency 30min", localised("ems", raw["timestamp"], raw["contacts"], zone),
              "30min", zone, _known_holidays("emergency_ems"))  # fmt: skip


def _tickets() -> Iterator[Set]:
    raw = _read("itsm_phone_tickets_30min.csv.gz", parse_dates=["timestamp"])
    zone = "America/Sao_Paulo"
    yield Set("tickets 30min", localised("itsm", raw["timestamp"], raw["contacts"], zone),
              "30min", zone, _known_holidays("itsm_phone_tickets"))  # fmt: skip


def _county_register() -> pd.DataFrame:
    raw = _read("county_events.csv")
    return pd.DataFrame({"start": raw["start_date"], "end": raw["end_date"],
                         "name": raw["feature"]})  # fmt: skip


def _county() -> Iterator[Set]:
    raw = _read("county_voice_hourly.csv", parse_dates=["timestamp"])
    zone = "America/Denver"
    yield Set("county 60min", localised("county", raw["timestamp"], raw["contacts"], zone),
              "h", zone, "US-NM", _county_register())  # fmt: skip


def _israel() -> Iterator[Set]:
    raw = _read("israel_bank_1999_jan_call_level.csv.gz", parse_dates=["timestamp"])
    raw = raw[raw["outcome"] != "PHANTOM"]
    raw = raw.assign(start=raw["timestamp"].dt.floor("30min"))
    for kind in ("PS", "NE"):
        counts = raw[raw["type"] == kind].groupby("start").size().reset_index(name="contacts")
        yield Set(f"small bank {kind} 30min",
                  localised(kind, counts["start"], counts["contacts"], "Asia/Jerusalem"),
                  "30min", "Asia/Jerusalem")  # fmt: skip


def _daily(file: str, columns: list[str], zone: str, **known: object) -> Iterator[Set]:
    raw = _read(file, parse_dates=["date"])
    for column in columns:
        yield Set(f"{file.removesuffix('_daily.csv').split('_')[0]} {column} day",
                  localised(column, raw["date"], raw[column], zone), "D", zone,
                  **known)  # type: ignore[arg-type] # fmt: skip


def _city() -> Iterator[Set]:
    return _daily("vancouver_311_daily.csv", ["offered"], "America/Vancouver",
                  holidays=_known_holidays("vancouver_311"))  # fmt: skip


def _bookings() -> Iterator[Set]:
    return _daily("bookings_voice_daily.csv", ["contacts"], "UTC")


def _ambulance() -> Iterator[Set]:
    regions = ["Trust", "BNSSG", "Cornwall", "Devon", "Dorset", "Gloucestershire", "Somerset",
               "Wiltshire"]  # fmt: skip
    return _daily("ambulance_regions_daily.csv", regions, "Europe/London",
                  holidays=_known_holidays("ambulance_regions"))  # fmt: skip


def _county_days() -> Iterator[Set]:
    return _daily("county_channels_daily.csv", ["voice", "walk_in", "chatbot"], "America/Denver",
                  holidays="US-NM", events=_county_register())  # fmt: skip
