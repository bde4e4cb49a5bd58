"""What do customers and quality checks say?"""

from __future__ import annotations

import numpy as np
import pandas as pd

from wfm import confidence
from wfm.errors import BadInput
from wfm.kpi import summaries
from wfm.kpi.measure import (
    Choice,
    Floats,
    Groups,
    Measure,
    Options,
    Rows,
    Summarise,
    Summary,
    column,
)
from wfm.kpi.people import net_rows

__all__ = ["MEASURES"]

SCALE = Choice("scale", 5, "highest score; the lowest is 1", (5, 7, 10))


def _scores(frame: pd.DataFrame, name: str, scale: int) -> Floats:
    score = column(frame, name, missing=True)
    wrong = ~np.isnan(score) & ((score < 1) | (score > scale))
    if wrong.any():
        raise BadInput(
            f"kpi {name}: {int(wrong.sum())} answers lie outside 1 to {scale} (first: "
            f"{score[wrong][0]:g}); is it another scale?"
        )
    return score


def _csat(frame: pd.DataFrame, options: Options) -> Rows:
    score = _scores(frame, "csat", options["scale"])
    least = options["scale"] - (1 if options["top"] == "two" else 0)
    return Rows(frame, (score >= least).astype(float), (~np.isnan(score)).astype(float))


def _response(frame: pd.DataFrame, options: Options) -> Rows:
    asked = column(frame, "invitations")
    answered = frame["csat"].notna().to_numpy(float)
    if (answered > asked).any():
        raise BadInput(
            f"kpi survey_response: {int((answered > asked).sum())} rows have an answer without an "
            "invitation"
        )
    return Rows(frame, answered, asked)


def _ces(frame: pd.DataFrame, options: Options) -> Rows:
    score = _scores(frame, "ces", options["scale"])
    given = ~np.isnan(score)
    if options["measure"] == "agree":
        agreed = score >= float(options["agree_from"])
        return Rows(frame, agreed.astype(float), given.astype(float))
    return Rows(frame, np.where(given, score, 0.0), given.astype(float))


def _ces_summary(options: Options) -> Summarise:
    return summaries.share if options["measure"] == "agree" else summaries.ratio()


def _qa(frame: pd.DataFrame, options: Options) -> Rows:
    weight = column(frame, "qa_weight")
    return Rows(frame, weight * column(frame, "qa_item"), weight)


def _qa_summary(rows: Rows, group: Groups, count: int, level: float, options: Options) -> Summary:
    """Items of one contact hang together: limits and n go by contact where it is known."""
    if "contact" not in rows.frame.columns:
        return summaries.ratio()(rows, group, count, level, options)
    table = pd.DataFrame({
        "group": group, "contact": rows.frame["contact"].to_numpy(), "x": rows.numerator,
        "n": rows.denominator,
    })  # fmt: skip
    merged = table.groupby(["group", "contact"], sort=True)[["x", "n"]].sum().reset_index()
    whole = Rows(merged, merged["x"].to_numpy(float), merged["n"].to_numpy(float))
    return summaries.ratio()(whole, merged["group"].to_numpy(np.int64), count, level, options)


def _uncritical(frame: pd.DataFrame, options: Options) -> Rows:
    flag = column(frame, "qa_critical")
    counted = np.ones(len(frame), bool)
    if options["kind"] is not None:
        if "qa_kind" not in frame.columns:
            raise BadInput("kpi critical_error_accuracy: kind needs the column 'qa_kind'")
        counted = (frame["qa_kind"] == options["kind"]).to_numpy()
    return Rows(frame, (counted & (flag == 0)).astype(float), counted.astype(float))


def _uncritical_summary(
    rows: Rows, group: Groups, count: int, level: float, options: Options
) -> Summary:
    if options["kind"] is None and "qa_kind" in rows.frame.columns:
        kinds = rows.frame["qa_kind"].groupby(group).nunique()
        if len(kinds) and kinds.max() > 1:
            raise BadInput(
                "kpi critical_error_accuracy: the kinds of error are kept apart; pass "
                "kind='customer' or by=['qa_kind']"
            )
    return summaries.share(rows, group, count, level, options)


def _double(frame: pd.DataFrame, options: Options) -> Rows:
    none = frame[["qa_scorer", "qa_item", "contact"]].isna().any(axis=1)
    if none.any():
        raise BadInput(f"kpi qa_agreement: {int(none.sum())} rows lack scorer, item or contact")
    return Rows(frame, np.zeros(len(frame)), np.ones(len(frame)))


def _agreement(rows: Rows, level: float, options: Options) -> Summary:
    """Return Cohen's kappa: (observed - chance) / (1 - chance) over contacts scored twice."""
    frame = rows.frame
    scorers = sorted(map(str, frame["qa_scorer"].unique()))
    if not len(frame):
        return summaries.one()
    if len(scorers) > 2:
        raise BadInput(
            f"kpi qa_agreement: Cohen's kappa is of two scorers, got {len(scorers)} "
            f"({scorers[:5]}); compute each pair"
        )
    unit = [name for name in ("contact", "qa_question") if name in frame.columns]
    if frame.duplicated([*unit, "qa_scorer"]).any():
        raise BadInput("kpi qa_agreement: a scorer scored one contact twice; name the qa_question")
    wide = frame.set_index([*unit, "qa_scorer"])["qa_item"].unstack().dropna()  # noqa: PD010
    n = len(wide)
    if n == 0 or wide.shape[1] < 2:
        return summaries.one()
    first, second = wide.iloc[:, 0], wide.iloc[:, 1]
    codes = sorted({*first, *second}, key=str)
    seen = float((first.to_numpy() == second.to_numpy()).mean())
    chance = sum(float((first == c).mean() * (second == c).mean()) for c in codes)
    if chance >= 1:
        return summaries.one(numerator=seen - chance, denominator=0.0, n=n)
    value = (seen - chance) / (1 - chance)
    # Cohen (1960): chance taken as known; wfm.evidence.quality.kappa has the full error.
    half = confidence.z_value(level) * np.sqrt(seen * (1 - seen) / n) / (1 - chance)
    return summaries.one(
        numerator=seen - chance, denominator=1 - chance, value=value,
        lo=max(value - half, -1.0), hi=min(value + half, 1.0), n=n,
    )  # fmt: skip


MEASURES = (
    Measure("csat", _csat, summaries.share, lambda o: ("csat",), (
        Choice("top", "two", "the best two scores, or the best only", ("two", "one")), SCALE,
    ), "contact_at"),
    Measure("survey_response", _response, summaries.share, lambda o: ("csat", "invitations"),
            time="contact_at"),
    Measure("nps", lambda frame, o: net_rows(frame, "nps"), summaries.net(), lambda o: ("nps",),
            time="contact_at"),
    Measure("ces", _ces, summaries.chosen(_ces_summary), lambda o: ("ces",), (
        Choice("measure", "mean", "mean score, or share agreeing", ("mean", "agree")),
        Choice("scale", 7, "highest score; the lowest is 1", (5, 7, 10)),
        Choice("agree_from", 5, "lowest score that agrees; mind which way the scale runs"),
    ), "contact_at"),
    Measure("qa_score", _qa, _qa_summary, lambda o: ("qa_item", "qa_weight"), time="contact_at"),
    Measure("critical_error_accuracy", _uncritical, _uncritical_summary, lambda o: ("qa_critical",),
            (Choice("kind", None, "customer, business or compliance; None: the rows' only kind"),),
            "contact_at"),
    Measure("qa_agreement", _double, summaries.each(_agreement),
            lambda o: ("qa_scorer", "qa_item", "contact"), time="contact_at"),
)  # fmt: skip
