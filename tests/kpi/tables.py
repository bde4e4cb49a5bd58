"""Small tables whose KPIs can be counted by hand; the counts stand beside them."""

import pandas as pd

NAN = float("nan")


def at(*texts):
    """Return zone-aware times; an empty text is a missing one."""
    return pd.to_datetime([text or None for text in texts]).tz_localize("Asia/Shanghai")


# Ten contacts of a Monday: 7 answered (5 within 20 s), 3 abandoned (1 within 20 s, and short).
CONTACTS = pd.DataFrame({
    "queue": "voice",
    "agent": ["ann", "ann", "ann", "ann", "bob", "bob", "bob", "-", "-", "-"],
    "contact_at": at(
        "2026-03-02 09:01", "2026-03-02 09:05", "2026-03-02 09:10", "2026-03-02 09:20",
        "2026-03-02 09:29", "2026-03-02 09:31", "2026-03-02 09:40", "2026-03-02 09:02",
        "2026-03-02 09:15", "2026-03-02 09:45",
    ),
    "wait_s": [0, 5, 10, 20, 15, 30, 60, 4, 40, 90],
    "answered": [1, 1, 1, 1, 1, 1, 1, 0, 0, 0],
    "talk_s": [100, 200, 150, 250, 300, 100, 200, NAN, NAN, NAN],
    "hold_s": [0, 20, 0, 30, 0, 10, 0, NAN, NAN, NAN],
    "acw_s": [30, 40, 30, 50, 60, 30, 40, NAN, NAN, NAN],
    "transferred": [0, 1, 0, 0, 0, 0, 1, NAN, NAN, NAN],
    "escalated": [0, 0, 0, 0, 1, 0, 0, NAN, NAN, NAN],
})  # fmt: skip

# Four intervals: the third without contacts, the fourth lost everybody within 20 s.
INTERVALS = pd.DataFrame({
    "queue": "voice",
    "start": at("2026-03-02 09:00", "2026-03-02 09:30", "2026-03-02 10:00", "2026-03-02 10:30"),
    "offered": [10, 10, 0, 2], "answered": [9, 8, 0, 0], "abandoned": [1, 2, 0, 2],
    "answered_in_awt": [8, 5, 0, 0], "abandoned_in_awt": [1, 0, 0, 2],
    "abandoned_short": [1, 0, 0, 1], "wait_answered_s": [90, 240, 0, 0],
    "wait_abandoned_s": [4, 100, 0, 16], "longest_wait_s": [30, 75, 0, 12],
    "blocked": [0, 1, 0, 4], "attempts": [10, 11, 0, 6], "ivr_entered": [20, 20, 4, 6],
    "ivr_served": [8, 7, 2, 2],
    "forecast_volume": [8.0, 12.0, 1.0, 3.0], "lo": [6, 8, 0, 3], "hi": [12, 16, 2, 6],
    "required": [4.0, 5.0, 1.0, 2.0], "scheduled": [5, 4, 2, 2],
    "aht_s": [200.0, 230.0, NAN, 400.0], "forecast_aht_s": [210.0, 210.0, 210.0, 200.0],
    "handled": [9, 8, 0, 1], "chat_s": [900, 600, 0, 0], "chat_busy_s": [450, 300, 0, 0],
})  # fmt: skip

# Two agents on two days.
AGENTS = pd.DataFrame({
    "agent": ["ann", "bob", "ann", "bob"], "team": "red",
    "start": at("2026-03-02", "2026-03-02", "2026-03-03", "2026-03-03"),
    "talk_s": [9000, 8000, 10000, 7000], "hold_s": [500, 400, 600, 300],
    "acw_s": [1500, 1600, 1400, 1700], "available_s": [3000, 4000, 2000, 5000],
    "handled": [50, 40, 50, 35], "transferred": [5, 2, 4, 3], "escalated": [1, 0, 1, 2],
    "signed_in_s": [18000, 18000, 18000, 18000], "paid_s": [28800, 28800, 28800, 28800],
    "scheduled_s": [25200, 25200, 25200, 25200], "worked_s": [25200, 24000, 26000, 23000],
    "in_adherence_s": [24000, 22000, 24500, 21000], "planned_offphone_s": [1800, 1800, 0, 0],
    "unplanned_absent_s": [0, 1200, 0, 2200], "shrink_internal_s": [3600, 3600, 1800, 1800],
    "shrink_external_s": [3000, 4200, 3000, 5200], "overtime_s": [0, 0, 1800, 5400],
    "late_starts": [0, 1, 0, 1], "shifts_attended": [1, 1, 1, 1], "shifts_scheduled": [1, 1, 1, 2],
    "dials": [100, 80, 120, 60], "connects": [40, 30, 50, 20], "right_party": [20, 15, 30, 10],
    "successes": [5, 3, 6, 1],
})  # fmt: skip

# Customers a to e; a comes back after a day about the same, b in another channel, c about another
# matter, d after ten days. Observation ends with e.
VISITS = pd.DataFrame({
    "customer_key": ["a", "a", "b", "b", "c", "c", "d", "d", "e"],
    "reason": ["bill", "bill", "bill", "bill", "bill", "move", "bill", "bill", "bill"],
    "channel": ["voice", "voice", "voice", "chat", "voice", "voice", "voice", "voice", "voice"],
    "agent": ["ann", "bob", "bob", "bob", "ann", "ann", "ann", "ann", "bob"],
    "contact_at": at(
        "2026-03-02 09:00", "2026-03-03 09:00", "2026-03-02 10:00", "2026-03-03 10:00",
        "2026-03-02 11:00", "2026-03-03 11:00", "2026-03-02 12:00", "2026-03-12 12:00",
        "2026-03-25 09:00",
    ),
    "survey": [0, NAN, 1, NAN, 1, NAN, 1, 1, NAN], "tick": [1, 1, 1, 1, 1, 1, 1, 1, 0],
})  # fmt: skip

SURVEYS = pd.DataFrame({
    "contact_at": at(*["2026-03-02 09:00"] * 10), "agent": "ann", "queue": "voice",
    "csat": [5, 5, 4, 4, 3, 2, 1, NAN, NAN, NAN], "invitations": [1] * 10,
    "nps": [10, 9, 9, 8, 7, 6, 0, NAN, NAN, NAN], "ces": [7, 6, 5, 4, 3, NAN, NAN, NAN, NAN, NAN],
    "enps": [10, 9, 8, 6, 3, NAN, NAN, NAN, NAN, NAN],
})  # fmt: skip

CHECKS = pd.DataFrame({
    "contact": [1, 1, 2, 2, 3, 3], "agent": "ann", "qa_question": ["greet", "solve"] * 3,
    "qa_item": [1.0, 1.0, 0.0, 1.0, 1.0, 0.5], "qa_weight": [1, 3, 1, 3, 1, 3],
})  # fmt: skip

# Twenty contacts, two scorers: both yes 8, only first 2, only second 4, both no 6.
TWICE = pd.DataFrame({
    "contact": list(range(20)) * 2,
    "qa_scorer": ["kim"] * 20 + ["lee"] * 20,
    "qa_item": ["yes"] * 10 + ["no"] * 10 + ["yes"] * 8 + ["no"] * 2 + ["yes"] * 4 + ["no"] * 6,
})  # fmt: skip

# Five cases; the count is made on the 5th at noon.
CASES = pd.DataFrame({
    "queue": "mail",
    "opened_at": at("2026-03-02 09:00", "2026-03-02 10:00", "2026-03-03 09:00",
                    "2026-03-04 12:00", "2026-03-05 10:00"),
    "due_at": at("2026-03-03 09:00", "2026-03-03 10:00", "2026-03-04 09:00",
                 "2026-03-05 11:00", "2026-03-06 10:00"),
    "first_reply_at": at("2026-03-03 08:00", "2026-03-03 11:00", "", "2026-03-05 11:00", ""),
    "closed_at": at("2026-03-03 08:30", "2026-03-04 10:00", "", "2026-03-05 10:30", ""),
    "reopened_at": at("2026-03-04 10:00", "", "", "", ""),
    "follow_up_at": at("2026-03-05 09:00", "", "", "2026-03-06 10:00", ""),
})  # fmt: skip
NOON = pd.Timestamp("2026-03-05 12:00", tz="Asia/Shanghai")

CALLBACKS = pd.DataFrame({
    "queue": "voice",
    "callback_due_at": at("2026-03-02 10:00", "2026-03-02 11:00", "2026-03-02 12:00",
                          "2026-03-02 13:00"),
    "reached_at": at("2026-03-02 10:01", "2026-03-02 15:00", "", "2026-03-02 13:00"),
    "attempts": [1, 3, 2, 1],
    "promised_at": at("2026-03-02 10:00", "2026-03-02 11:00", "2026-03-02 12:00",
                      "2026-03-02 13:00"),
    "fulfilled_at": at("2026-03-02 10:00", "2026-03-02 11:30", "", "2026-03-02 12:00"),
})  # fmt: skip

# x is served by the machine, y too but calls an agent 3 h later, z fails and is put through.
MACHINE = pd.DataFrame({
    "customer_key": ["x", "y", "y", "z", "x"],
    "contact_at": at("2026-03-02 09:00", "2026-03-02 09:00", "2026-03-02 12:00",
                     "2026-03-02 10:00", "2026-03-04 10:00"),
    "ivr_entered": [1, 1, 0, 1, 0], "ivr_served": [1, 1, 0, 0, 0],
})  # fmt: skip

MONTHS = pd.DataFrame({
    "team": "red", "start": at("2026-01-01", "2026-02-01"), "leavers": [2, 1],
    "headcount": [50, 40], "ever_employed": [52, 41], "complaints": [6, 3],
    "complaints_valid": [4, 1], "handled": [2000, 1000], "cost": [9000.0, 6000.0],
    "resolved": [1500, 1000], "offered": [2500, 1500], "customers": [10000, 10000],
})  # fmt: skip

# Ann has two nights, bob one, eva none.
DUTIES = pd.DataFrame({
    "agent": ["ann", "ann", "bob", "bob", "eva", "eva"],
    "start": at("2026-03-02 22:00", "2026-03-03 22:00", "2026-03-04 21:00", "2026-03-07 09:00",
                "2026-03-02 09:00", "2026-03-03 12:00"),
    "end": at("2026-03-03 06:00", "2026-03-04 06:00", "2026-03-05 05:00", "2026-03-07 17:00",
              "2026-03-02 17:00", "2026-03-03 20:30"),
})  # fmt: skip
WISHES = pd.DataFrame({
    "agent": ["ann", "ann", "bob", "eva"], "team": "red", "preference": ["A", "B", None, "C"],
    "roster": ["A", "C", "A", "C"], "satisfaction": [4, 2, NAN, 3],
})  # fmt: skip

CAMPAIGNS = pd.DataFrame({
    "start": at("2026-03-20", "2026-03-10", "2026-03-15", "2026-03-05"),
    "notice_date": at("2026-03-01", "2026-03-08", "", "2026-03-07"),
})  # fmt: skip
SPIKES = pd.DataFrame({
    "start": at("2026-03-02", "2026-03-03", "2026-03-04"), "spike": [96, 40, 55],
    "event": ["mailing", None, "outage"],
})  # fmt: skip
CYCLES = pd.DataFrame({
    "opened_at": at("2026-01-01", "2026-01-01", "2026-02-01", "2026-03-01"),
    "locked_at": at("2026-01-05", "2026-01-12", "2026-02-03", ""),
    "do_at": at("2026-01-06", "2026-01-10", "2026-02-04", "2026-03-02"),
    "closed_at": at("2026-02-10", "2026-02-20", "2026-02-11", ""),
    "checked_at": at("2026-02-01", "2026-02-15", "2026-02-10", ""),
    "opposite_signal_at": at("", "2026-03-15", "", ""),
    "verdict": ["confirmed", "confirmed", "no evidence", None],
})  # fmt: skip
LISTS = pd.DataFrame({"queue": ["out"], "records_tried": [400], "records": [1000]})
