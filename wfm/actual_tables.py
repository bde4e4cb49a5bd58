"""Which tables hold what happened, and what is in their columns?

Every table is optional, and so are most columns: what is not known is left out.
`docs/actuals.md` is generated from this file.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import pandas as pd

from wfm import frames
from wfm.errors import BadInput
from wfm.frames import Column, Table

__all__ = ["TABLES", "as_markdown", "check", "time_of"]

_QUEUE = Column("queue", "text", "name of the queue")
_AGENT = Column("agent", "text", "id of the person")
_TEAM = Column("team", "text", "team of the person that day", True)
_CONTACT_AT = Column("contact_at", "time", "when the contact began")


def _numbers(*names: str, optional: bool = True) -> tuple[Column, ...]:
    return tuple(Column(name, "number", _MEANING[name], optional) for name in names)


def _times(*names: str) -> tuple[Column, ...]:
    return tuple(Column(name, "moment", _MEANING[name], True) for name in names)


_MEANING = {
    "offered": "contacts that entered the queue, of this centre alone",
    "answered": "contacts that reached an agent",
    "abandoned": "contacts that left before an agent",
    "answered_in_awt": "answered within `awt_s`",
    "abandoned_in_awt": "abandoned within `awt_s`",
    "abandoned_short": "abandoned within 5 s",
    "awt_s": "acceptable waiting time the counts were made with, seconds",
    "blocked": "attempts that found every line taken",
    "attempts": "offered and blocked",
    "wait_answered_s": "sum of waits of answered contacts, seconds",
    "wait_abandoned_s": "sum of waits of abandoned contacts, seconds",
    "longest_wait_s": "longest wait of the interval, seconds",
    "talk_s": "sum of talk time, seconds; in `agent_actuals` time busy with it, several chats once",
    "hold_s": "sum of hold time, seconds",
    "acw_s": "sum of after-contact work, seconds",
    "handled": "contacts handled",
    "transferred": "handled contacts passed on",
    "escalated": "handled contacts passed up",
    "aht_s": "mean handle time, seconds; missing where nothing was handled",
    "forecast_volume": "contacts expected by the locked forecast, of this centre alone",
    "forecast_aht_s": "handle time expected by it, seconds",
    "lo": "10 % quantile of the locked forecast",
    "hi": "90 % quantile of it",
    "required": "agents needed on duty, real-valued",
    "scheduled": "agents on duty by the roster",
    "heads": "of them, those who came",
    "shrinkage": "share of their time lost to training, meetings, system failures",
    "adherence": "share of the rest spent where the roster says",
    "on_seat": "heads x (1 - shrinkage) x adherence",
    "available_s": "waiting for a contact, seconds",
    "signed_in_s": "signed in, seconds",
    "paid_s": "paid, seconds",
    "scheduled_s": "on duty by the roster, seconds",
    "worked_s": "worked, seconds",
    "in_adherence_s": "in the activity of the roster at its time, seconds",
    "planned_offphone_s": "planned work away from contacts, seconds",
    "unplanned_absent_s": "absent without plan, seconds",
    "shrink_internal_s": "training, meetings and breaks, paid, seconds",
    "shrink_external_s": "leave and absence, paid, seconds",
    "overtime_s": "beyond the contract, seconds",
    "late_starts": "shifts begun late",
    "shifts_attended": "shifts worked, also in part",
    "shifts_scheduled": "shifts in the roster",
    "chat_s": "sum of chat durations, seconds",
    "chat_busy_s": "time with at least one chat, seconds",
    "survey": "1 the customer says solved, 0 not, missing without an answer",
    "csat": "satisfaction 1 to 5, missing without an answer",
    "nps": "recommendation 0 to 10, missing without an answer",
    "ces": "ease 1 to 7, missing without an answer",
    "invitations": "invitations to the survey",
    "qa_item": "score of the question, 0 to 1",
    "qa_weight": "weight of the question",
    "qa_critical": "critical errors found",
    "wait_s": "wait, seconds",
    "cost": "labour, technology and facility, money",
    "complaints": "complaints received",
    "complaints_valid": "of them, valid",
    "leavers": "people who left",
    "headcount": "people, mean over the month",
    "customers": "active customers",
    "enps": "recommendation as an employer 0 to 10",
    "opened_at": "opened",
    "due_at": "to be answered or closed by",
    "first_reply_at": "first answer; missing while there is none",
    "closed_at": "closed; missing while open",
    "follow_up_at": "customer called back about it; missing where not done",
    "reopened_at": "opened again; missing where not",
    "promised_at": "promised for",
    "fulfilled_at": "done; missing while not",
    "callback_due_at": "call-back due",
    "reached_at": "customer reached; missing while not",
    "notice_date": "when the planners were told; missing: never",
}

_SUMS = ("talk_s", "hold_s", "acw_s", "handled", "transferred", "escalated")

_ALL = (
    Table("interval_actuals", "What came and how it was served, an interval a row.",
          ("queue", "start"), (
        _QUEUE, Column("start", "time", "start of the interval, with time zone"),
        *_numbers("offered", "answered", "abandoned", optional=False),
        *_numbers("answered_in_awt", "abandoned_in_awt", "abandoned_short", "awt_s", "blocked",
                  "attempts", "wait_answered_s", "wait_abandoned_s", "longest_wait_s", *_SUMS,
                  "aht_s", "forecast_volume", "forecast_aht_s", "lo", "hi", "required",
                  "scheduled", "heads", "shrinkage", "adherence", "on_seat"),
    )),
    Table("agent_contacts", "Who handled what, a day, queue and reason a row.",
          ("agent", "start", "queue", "reason"), (
        _AGENT, _TEAM, Column("start", "time", "start of the local day"), _QUEUE,
        Column("reason", "text", "why the customer came"), *_numbers(*_SUMS),
    )),
    Table("agent_actuals", "How people spent their time, a day a row.", ("agent", "start"), (
        _AGENT, _TEAM, Column("start", "time", "start of the local day"),
        *_numbers(*_SUMS, "available_s", "signed_in_s", "paid_s", "scheduled_s", "worked_s",
                  "in_adherence_s", "planned_offphone_s", "unplanned_absent_s",
                  "shrink_internal_s", "shrink_external_s", "overtime_s", "late_starts",
                  "shifts_attended", "shifts_scheduled", "chat_s", "chat_busy_s"),
    )),
    Table("contacts", "Single contacts, of the last weeks.", ("contact",), (
        Column("contact", "text", "id"), _CONTACT_AT,
        Column("customer_key", "text", "one key a customer over all channels"),
        Column("reason", "text", "why the customer came"), Column("channel", "text", "channel"),
        _QUEUE, Column("agent", "text", "id of the person; `-` where none was reached"), _TEAM,
        *_numbers("wait_s", "answered"),
    )),
    Table("surveys", "Customers who were asked, an invitation a row.", ("contact",), (
        Column("contact", "text", "id"), _CONTACT_AT, _QUEUE, _AGENT, _TEAM,
        Column("reason", "text", "why the customer came", True),
        *_numbers("survey", "csat", "nps", "ces", "invitations"),
    )),
    Table("checks", "Quality checks, a question a row.", ("contact", "qa_question"), (
        Column("contact", "text", "id"), _CONTACT_AT, _AGENT, _TEAM,
        Column("qa_question", "text", "question"), *_numbers("qa_item", "qa_weight"),
    )),
    Table("critical", "Critical errors, a checked contact and kind a row.",
          ("contact", "qa_kind"), (
        Column("contact", "text", "id"), _CONTACT_AT, _AGENT, _TEAM,
        Column("qa_kind", "text", "customer, business or compliance"), *_numbers("qa_critical"),
    )),
    Table("calibration", "Contacts scored twice, a scorer a row.", ("contact", "qa_scorer"), (
        Column("contact", "text", "id"), _CONTACT_AT, _TEAM,
        Column("qa_scorer", "text", "who scored"), Column("qa_item", "text", "pass or fail"),
    )),
    Table("cases", "Deferred work, a case a row.", ("case",), (
        Column("case", "text", "id"), _QUEUE,
        *_times("opened_at", "due_at", "first_reply_at", "closed_at"),
    )),
    Table("complaints", "Complaints, a case a row.", ("case",), (
        Column("case", "text", "id"), _QUEUE,
        *_times("opened_at", "due_at", "closed_at", "follow_up_at", "reopened_at"),
    )),
    Table("callbacks", "Promises and call-backs, one a row.", ("case",), (
        Column("case", "text", "id"), _QUEUE, _AGENT,
        *_times("promised_at", "fulfilled_at", "callback_due_at", "reached_at"),
        Column("attempts", "number", "attempts made", True),
    )),
    Table("days", "Cost and complaints, a queue and day a row.", ("queue", "start"), (
        _QUEUE, Column("start", "time", "start of the local day"),
        *_numbers("cost", "handled", "complaints", "complaints_valid"),
    )),
    Table("months", "People who are there and who leave, a team and month a row.",
          ("team", "start"), (
        Column("team", "text", "team"), Column("start", "time", "first day of the month"),
        *_numbers("leavers", "headcount"),
    )),
    Table("customers", "Contacts held against customers, a month a row.", ("start",), (
        Column("start", "time", "first day of the month"), *_numbers("offered", "customers"),
    )),
    Table("wishes", "What people wished and what the roster gave, a wish a row.",
          ("agent", "start"), (
        _AGENT, _TEAM, Column("start", "time", "start of the local day"),
        Column("preference", "text", "shift wished"), Column("roster", "text", "shift given"),
    )),
    Table("duties", "Shifts worked, one a row.", ("agent", "start"), (
        _AGENT, _TEAM, Column("start", "time", "begin"), Column("end", "time", "end"),
    )),
    Table("staff_surveys", "What people say of their work, an answer a row.", ("answer",), (
        Column("answer", "text", "id; names are not kept"), _TEAM,
        Column("start", "time", "day"), *_numbers("enps"),
    )),
    Table("campaigns", "Campaigns, one a row.", ("name",), (
        Column("name", "text", "name"), Column("start", "time", "first day"),
        *_times("notice_date"),
    )),
)  # fmt: skip
TABLES: Mapping[str, Table] = MappingProxyType({table.name: table for table in _ALL})


def check(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Return `frame` if it keeps the contract of table `name` of the actuals.

    Parameters
    ----------
    name : str
        A key of `TABLES`.
    frame : DataFrame

    Raises
    ------
    BadInput
        Names the column, the first bad row, and how many there are.
    """
    if name not in TABLES:
        raise BadInput(f"actuals: no table {name!r}; expected one of {', '.join(TABLES)}")
    return frames.check_table(TABLES[name], frame)


def time_of(name: str) -> str:
    """Return the column that says when a row of table `name` counts."""
    known = [column.name for column in TABLES[name].columns]
    names = ("start", "contact_at", "opened_at", "promised_at")
    return next(column for column in names if column in known)


def as_markdown() -> str:
    """Return the tables as the generated part of `docs/actuals.md`."""
    out = []
    for table in _ALL:
        out += ["", f"### {table.name}", "", table.meaning, "",
                "| column | kind | key | meaning |", "|---|---|---|---|"]  # fmt: skip
        for column in table.columns:
            key = "key" if column.name in table.key else ("where known" if column.optional else "")
            out.append(f"| `{column.name}` | {column.kind} | {key} | {column.meaning} |")
    return "\n".join(out) + "\n"
