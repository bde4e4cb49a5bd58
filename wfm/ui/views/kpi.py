"""What does the KPI page show: signals, tree, chart points, parts of a change, people, findings?"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import pandas as pd

from wfm import scorecard, scoretree
from wfm.alerts import has_awt
from wfm.kpi import catalogue
from wfm.kpi.measure import REQUIRED
from wfm.kpi.measures import measure
from wfm.kpi.targets import KpiTarget
from wfm.ui.i18n import day_text, number, percent, plain, signed, t, time_text
from wfm.ui.views.axes import Axis

_SLICES = {"Q": "queue", "T": "team"}  # of people only cards and funnels tell


def figure(value: float, key: str) -> str:
    """Return a KPI's value in its unit; fractions as percent."""
    unit = catalogue.find(key).unit
    if unit.startswith("fraction"):
        return percent(value, 1)
    unit = "" if unit == "money" else f" {unit}"
    return f"{number(value, 0 if abs(value) >= 1000 else 1 if abs(value) >= 10 else 2)}{unit}"


def moved(value: float, key: str) -> str:
    """Return a difference with its sign: points of a share, or the unit."""
    unit = catalogue.find(key).unit
    if unit.startswith("fraction"):
        return t("kpi.points", value=signed(100 * value, 1))
    unit = "" if unit == "money" else f" {unit}"
    return f"{signed(value, 2 if abs(value) < 10 else 1)}{unit}"


def name(key: str) -> str:
    """Return what a KPI is called."""
    return catalogue.find(key).name_en


def word(better: bool | None) -> str:
    """Return whether a difference is good."""
    return t("kpi.different" if better is None else "kpi.better" if better else "kpi.worse")


def where_text(where: tuple[tuple[str, Any], ...] | Mapping[str, Any]) -> str:
    """Return of which part of the centre a figure is."""
    values = [str(v) for _, v in (where.items() if isinstance(where, Mapping) else where)]
    return ", ".join(values) or t("kpi.centre")


def span(actuals: Any) -> tuple[dt.date, dt.date]:
    """Return the first and last day of the actuals."""
    table = next(iter(actuals.tables.values()))
    for one in ("interval_actuals", "agent_actuals"):
        table = actuals.tables.get(one, table)
    column = "start" if "start" in table.columns else "contact_at"
    return table[column].min().date(), table[column].max().date()


def computable(actuals: Any) -> list[str]:
    """Return the KPIs that these actuals can chart, in the order of the catalogue."""
    out = []
    for item in catalogue.kpis():
        how, choices = measure(item.key), scoretree.METHODS.get(item.key, {})
        needs_more = any(choice.default is REQUIRED for choice in how.choices)
        if not needs_more and actuals.has(item.key, ["day"], **choices):
            out.append(item.key)
    return out


def parts(actuals: Any, key: str) -> list[dict[str, Any]]:
    """Return the parts of the centre that a KPI can be charted of; an empty one is all of it."""
    item, choices = catalogue.find(key), scoretree.METHODS.get(key, {})
    found: list[dict[str, Any]] = [{}] if "C" in item.levels else []
    for level in item.levels:
        column = _SLICES.get(level)
        if column is not None and actuals.has(key, [column], **choices):
            table = actuals.tables[actuals.for_kpi(key, [column], **choices)]
            found += [{column: value} for value in sorted(map(str, table[column].unique()))]
    table = actuals.tables[actuals.for_kpi(key, [], **choices)]
    if "awt_s" in table.columns and len(table["awt_s"].unique()) > 1:
        found = [part for part in found if part or not has_awt(key)]
    return found


def spike_text(spike: Any) -> str:
    """Return a spike as a sentence."""
    return t(
        "kpi.spike", queue=plain(spike.queue), contacts=number(abs(spike.contacts)),
        way=t("kpi.spike.more" if spike.contacts > 0 else "kpi.spike.fewer"),
        expected=number(spike.expected), start=time_text(spike.start), last=time_text(spike.last),
        cause=t("kpi.spike.known", event=plain(spike.event)) if spike.event
        else t("kpi.spike.unknown"),
    )  # fmt: skip


def alert_label(alert: Any) -> str:
    """Return what an alert is called in a list."""
    return f"{name(alert.key)} – {where_text(alert.where)} – {day_text(alert.flag.first)}"


def alert_table(alerts: tuple[Any, ...]) -> pd.DataFrame:
    """Return the signals, a row each."""
    return pd.DataFrame([
        {
            t("kpi.col.kpi"): name(a.key), t("kpi.col.where"): where_text(a.where),
            t("kpi.col.since"): day_text(a.flag.first),
            t("kpi.col.until"): t("kpi.now") if a.flag.ongoing else day_text(a.flag.last),
            t("kpi.col.now"): figure(a.flag.level, a.key),
            t("kpi.col.usual"): figure(a.flag.centre, a.key),
            t("kpi.col.size"): moved(a.flag.size, a.key), t("kpi.col.word"): word(a.flag.better),
        }
        for a in alerts
    ])  # fmt: skip


def flag_text(charted: Any, flag: Any) -> str:
    """Return one signal of a chart in words."""
    if flag.first == flag.last:
        since = t("kpi.flag.on", first=day_text(flag.first))
    elif flag.ongoing:
        since = t("kpi.flag.since", first=day_text(flag.first))
    else:
        since = t("kpi.flag.between", first=day_text(flag.first), last=day_text(flag.last))
    way = "different" if flag.better is None else "better" if flag.better else "worse"
    return t(
        "kpi.flag", since=since, level=figure(flag.level, charted.key),
        points=t(f"kpi.flag.one_{charted.every}") if flag.points == 1
        else t(f"kpi.flag.{charted.every}s", points=flag.points),
        centre=figure(flag.centre, charted.key), size=moved(flag.size, charted.key),
        word=t(f"kpi.flag.{way}"), rules="; ".join(t(f"kpi.rule.{rule}") for rule in flag.rules),
    )  # fmt: skip


def points(charted: Any) -> pd.DataFrame:
    """Return the points of a chart, placed in days since the first."""
    frame = charted.frame
    first = frame["day"].iloc[0]
    x = pd.Series([(day - first).days for day in frame["day"]], index=frame.index, dtype=float)
    low, high = frame["lower"], frame["upper"]
    inside = frame["plotted"].between(0, 1).all() and charted.kind != "cusum"
    if inside and catalogue.find(charted.key).unit == "fraction":
        # A share cannot leave 0 to 1.
        low, high = low.clip(lower=0.0), high.clip(upper=1.0)
    step = {"day": 1.0, "week": 7.0, "month": 28.0}[charted.every]
    return frame.assign(
        x=x, x2=x + step, mid=x + step / 2, when=[day_text(day) for day in frame["day"]],
        centre=charted.centre, lower=low, upper=high,
    )  # fmt: skip


def day_axis(frame: pd.DataFrame) -> Axis:
    """Return an axis with the first day of each month."""
    low, high = float(frame["x"].min()), float(frame["x2"].max())
    first = frame["day"].iloc[0]
    days = [first + dt.timedelta(days=i) for i in range(int(high) + 1)]
    ticks = [(float(i), f"{day:%Y-%m}") for i, day in enumerate(days) if day.day == 1]
    return Axis(low, high, tuple(x for x, _ in ticks), tuple(label for _, label in ticks))


def tree_table(rows: tuple[Any, ...]) -> pd.DataFrame:
    """Return the tree as rows, indented, one a part."""
    out = []
    for row in rows:
        indent = "\N{EM SPACE}" * (2 * row.depth)
        empty = dict.fromkeys(("kpi.col.where", "kpi.col.value", "kpi.col.limits",
                               "kpi.col.before", "kpi.col.n"), "")  # fmt: skip
        if not row.parts:
            out.append({"kpi.col.kpi": f"{indent}{row.node.name_en}", **empty})
        for number_of, part in enumerate(row.parts):
            key = row.node.kpi
            limits = f"{figure(part.lo, key)} – {figure(part.hi, key)}"
            out.append({
                "kpi.col.kpi": f"{indent}{row.node.name_en}" if number_of == 0 else "",
                "kpi.col.where": part.label or t("kpi.centre"),
                "kpi.col.value": figure(part.value, key), "kpi.col.limits": limits,
                "kpi.col.before": figure(part.before, key), "kpi.col.n": number(part.n),
            })  # fmt: skip
    return pd.DataFrame(out).rename(columns=t)


def spread_table(spread: pd.DataFrame, key: str) -> pd.DataFrame:
    """Return the values under every variant."""
    return pd.DataFrame({
        t("kpi.col.variant"): spread["variant"].astype(str),
        t("kpi.col.share"): [figure(v, key) for v in spread["value"]],
        t("kpi.col.limits"): [
            f"{figure(low, key)} – {figure(high, key)}"
            for low, high in zip(spread["lo"], spread["hi"], strict=True)
        ],
    })  # fmt: skip


def spread_points(spread: pd.DataFrame) -> str:
    """Return how far the variants lie apart, in points."""
    return signed(100 * float(spread["value"].max() - spread["value"].min()), 1).lstrip("+")


def change_rows(made: Any) -> pd.DataFrame:
    """Return the parts of a change, a type and kind a row, the largest types first."""
    frame = made.frame
    names = list(frame.columns[: list(frame.columns).index("value_before")])
    label = frame[names].astype(str).agg(", ".join, axis=1)
    rows = [
        frame.assign(label=label, part=frame[kind], series=t(f"kpi.series.{kind}"),
                     told=[moved(v, made.key) for v in frame[kind]])
        for kind in ("mix", "rate")
    ]  # fmt: skip
    return pd.concat(rows, ignore_index=True)[["label", "series", "part", "told"]]


def people_rows(made: Any, *, secret: str, named: bool) -> pd.DataFrame:
    """Return the people of a comparison under names or pseudonyms, in order of these."""
    frame = made.frame
    label = [a if named else scorecard.mask(str(a), secret) for a in frame["agent"]]
    told = frame["outside"].map({True: t("kpi.series.outside"), False: t("kpi.series.person")})
    return frame.assign(
        label=label, series=told, raw_text=[figure(v, made.key) for v in frame["standardised"]],
        estimate=[figure(v, made.key) for v in frame["value"]],
    ).sort_values("label", ignore_index=True)  # fmt: skip


def card_table(card: Any) -> pd.DataFrame:
    """Return the figures of a card."""
    return pd.DataFrame([
        {
            t("kpi.col.kpi"): name(f.key), t("kpi.col.shrunk"): figure(f.value, f.key),
            t("kpi.col.limits"): f"{figure(f.lo, f.key)} – {figure(f.hi, f.key)}",
            t("kpi.col.usual"): figure(f.centre, f.key), t("kpi.col.n"): number(f.n),
            t("kpi.col.said"): f.text.partition(": ")[2],
            t("kpi.col.ranks"): t("kpi.ranks", low=f.ranks[0], high=f.ranks[1], units=f.units),
        }
        for f in card.figures
    ])  # fmt: skip


def finding_table(review: Any) -> pd.DataFrame:
    """Return what the validator found."""
    return pd.DataFrame([
        {
            t("kpi.col.rule"): f.rule, t("kpi.col.severity"): t(f"kpi.severity.{f.severity}"),
            t("kpi.col.finding"): f.text,
        }
        for f in review.findings
    ])  # fmt: skip


def target(key: str, baseline: float, until: dt.date, **asked: Any) -> KpiTarget:
    """Return a target of the form's fields; fractions were asked for in percent."""
    from wfm import kpi

    share = catalogue.find(key).unit.startswith("fraction")
    value = asked.pop("value")
    return KpiTarget(
        key, value=value / 100 if share else value, direction="up" if value_up(key) else "down",
        definition=kpi.definition(key, **scoretree.METHODS.get(key, {})), baseline=baseline,
        baseline_until=until, source="actuals", **asked,
    )  # fmt: skip


def value_up(key: str) -> bool:
    """Return whether more is wanted."""
    return catalogue.find(key).direction == "up"
