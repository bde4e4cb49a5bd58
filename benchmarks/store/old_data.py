"""A database as each earlier version of wfm left it, with data, written by plain SQL."""

from sqlalchemy import text

from wfm.adapters.store import database as databases
from wfm.adapters.store import migrating

AT = {"sqlite": "1770000000000000", "postgresql": "'2026-02-02 02:40:00+00'"}
KEPT = "version, changed_at, changed_by"


def make(url, revision):
    """Bring an empty database to `revision` and put rows into every kind of table it has."""
    database = databases.connect(url)
    migrating.upgrade(database, to=revision)
    at = AT[database.kind]
    rows = [
        f"INSERT INTO sites (key, timezone, {KEPT}) VALUES ('main', 'UTC', 1, {at}, 'ann')",
        f"INSERT INTO people (site, key, name, {KEPT}) VALUES ('main', 'a', 'Ä', 3, {at}, 'ann')",
        f"INSERT INTO queues (site, key, {KEPT}) VALUES ('main', 'voice', 1, {at}, 'ann')",
        f"INSERT INTO users (key, {KEPT}) VALUES ('ann', 1, {at}, 'ann')",
        f'INSERT INTO roles (key, "user", role, {KEPT}) '
        f"VALUES ('r', 'ann', 'planner', 1, {at}, 'ann')",
        f"INSERT INTO frames VALUES ('d', 0, {blob(database)}, {at})",
        "INSERT INTO scenarios (site, name, version, content_id, content, made_at, made_by) "
        f"VALUES ('main', 'demo', 1, 'c', '{{}}', {at}, 'ann')",
        "INSERT INTO forecasts (site, name, version, frames, campaigns, made_at, made_by) "
        f"VALUES ('main', 'demo', 1, '{{}}', '[]', {at}, 'ann')",
        "INSERT INTO requirements (site, name, version, frame, interval_min, full_time_week_h, "
        f"made_at, made_by) VALUES ('main', 'demo', 1, 'd', 30, 40, {at}, 'ann')",
        "INSERT INTO rosters (site, name, version, frames, figures, violations, first_day, "
        "last_day, status, made_at, made_by) VALUES ('main', 'demo', 1, '{}', '{}', '[]', "
        f"'2026-02-02', '2026-02-08', 'published', {at}, 'bob')",
        "INSERT INTO plans (site, name, version, plan_id, scenario, forecast, requirement, roster, "
        "history, provenance, made_at, made_by) VALUES ('main', 'demo', 1, 'p', 1, 1, 1, 1, 'd', "
        f"'{{}}', {at}, 'bob')",
        'INSERT INTO audit (at, "by", action, kind, site, key, reason) '
        f"VALUES ({at}, 'ann', 'created', 'people', 'main', 'a', 'joined')",
    ]
    if revision >= "0002":
        rows += [
            "INSERT INTO imports (site, kind, source, digest, added, changed, same, refused, "
            f"made_at, made_by) VALUES ('main', 'intervals', 'f', 'x', 1, 0, 0, 0, {at}, 'acd')",
            'INSERT INTO interval_actuals (queue, "start", offered, import_id) '
            f"VALUES (1, {at}, 7, 1)",
            'INSERT INTO agent_actuals (person, "start", paid_s, import_id) '
            f"VALUES (1, {at}, 9, 1)",
            'INSERT INTO kpi_facts (site, kpi, definition, level, unit, "start", "end", numerator, '
            f"made_at) VALUES ('main', 'k', 'd', 'Q', 'voice', {at}, {at}, 5, {at})",
        ]
    with database.write() as connection:
        for row in rows:
            connection.execute(text(row.replace(":", "\\:")))
    database.engine.dispose()
    return url


def blob(database):
    """Return four bytes as a literal."""
    return "X'50415231'" if database.kind == "sqlite" else r"'\x50415231'::bytea"
