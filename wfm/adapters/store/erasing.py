"""Where in the store does a person stand, and what stands there afterwards?

Works inside the transaction of `wfm.adapters.store.privacy`, which holds the pass for the log.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Table, delete, insert, select, update

from wfm.adapters.scenario_file import scenario_from_json
from wfm.adapters.store import blobs
from wfm.adapters.store.audit import Author
from wfm.adapters.store.tables import (
    AVAILABILITY,
    COMPLAINTS,
    LOCKS,
    PEOPLE,
    REQUESTS,
    ROLES,
    SKILLS,
    USERS,
)
from wfm.adapters.store.tables_facts import AUDIT, KPIS
from wfm.adapters.store.tables_plans import (
    FORECASTS,
    FRAMES,
    HAPPENED,
    OVERRIDES,
    PLANS,
    REQUIREMENTS,
    ROSTERS,
    SCENARIOS,
)
from wfm.adapters.store.tables_service import TOKENS

# Rows about a person: the columns with the key, and what else in them may tell who it is.
_ABOUT: tuple[tuple[Table, tuple[str, ...], tuple[str, ...]], ...] = (
    (SKILLS, ("person",), ("content",)),
    (AVAILABILITY, ("person",), ("text", "content")),
    (REQUESTS, ("person", "with_person"), ("text", "content")),
    (LOCKS, ("person",), ("text", "content")),
    (COMPLAINTS, ("person",), ("text", "content")),
)
# Columns that say who did something.
_WHO = frozenset({
    "by", "changed_by", "made_by", "status_by", "locked_by", "owner", "undone_by", "revoked_by",
    "decided_by",
})  # fmt: skip
# Of the log of such rows nothing of this stays.
_PRIVATE = frozenset({"text", "content", "email"})
# Columns of kept tables that name people.
_PEOPLE = ("agent", "qa_scorer")
# Below this a key without a digit may be any word, and is not looked for inside a sentence.
_SHORTEST = 3


@dataclass(frozen=True)
class Person:
    """Whom to erase, and what stands there instead."""

    site: str
    key: str
    pseudonym: str
    names: tuple[str, ...]

    @property
    def words(self) -> tuple[str, ...]:
        """Everything that tells who it is."""
        return (self.key, *self.names)


def erase(connection: Connection, who: Person, author: Author) -> dict[str, int]:
    """Put the pseudonym everywhere; return how many rows changed, by table."""
    rows: dict[str, int] = {}
    kept = {"changed_at": author.at, "changed_by": author.by}
    for table, columns, told in _ABOUT:
        for column in columns:
            same = (table.c.site == who.site, table.c[column] == who.key)
            blank = dict.fromkeys(told) if column == "person" else {}
            values = {column: who.pseudonym, "version": table.c.version + 1, **blank, **kept}
            done = connection.execute(update(table).where(*same).values(values)).rowcount
            rows[table.name] = rows.get(table.name, 0) + done
    rows["people"] = connection.execute(
        update(PEOPLE)
        .where(PEOPLE.c.site == who.site, PEOPLE.c.key == who.key)
        .values(key=who.pseudonym, name=who.pseudonym, email=None, content=None,
                version=PEOPLE.c.version + 1, **kept)
    ).rowcount  # fmt: skip
    rows["kpi_facts"] = connection.execute(
        update(KPIS)
        .where(KPIS.c.site == who.site, KPIS.c.unit == who.key,
               KPIS.c.level.in_(("A", "agent", "person")))
        .values(unit=who.pseudonym)
    ).rowcount  # fmt: skip
    rows["tokens"] = connection.execute(
        update(TOKENS)
        .where(TOKENS.c.person == who.key, (TOKENS.c.site == who.site) | TOKENS.c.site.is_(None))
        .values(person=who.pseudonym, label="", revoked_at=author.at, revoked_by=author.by)
    ).rowcount
    who = _erase_users(connection, who, author, rows)
    rows["scenarios"] = _scenarios(connection, who)
    rows["rosters"] = _rosters(connection, who)
    rows["happened"] = _happened(connection, who)
    rows["plans"] = _notes(connection, who)
    rows["overrides"] = _reasons(connection, who)
    rows["audit"] = _log(connection, who)
    rows["frames"] = drop_unused_frames(connection)
    return rows


def _erase_users(
    connection: Connection, who: Person, author: Author, rows: dict[str, int]
) -> Person:
    """Disable the person's users under the pseudonym; return the person with the users' names."""
    names = list(who.names)
    for number, user in enumerate(_users(connection, who)):
        key = who.pseudonym + (f"-{number}" if number else "")
        connection.execute(
            insert(USERS).values(key=key, person=who.pseudonym, disabled=True, version=1,
                                 changed_at=author.at, changed_by=author.by)
        )  # fmt: skip
        for table in (ROLES, TOKENS):
            connection.execute(update(table).where(table.c.user == user["key"]).values(user=key))
        connection.execute(delete(USERS).where(USERS.c.id == user["id"]))
        rows["users"] = rows.get("users", 0) + 1
        for table in PEOPLE.metadata.sorted_tables:
            for column in table.columns:
                if column.name in _WHO:
                    connection.execute(
                        update(table).where(column == user["key"]).values({column.name: key})
                    )
        names += [str(user[name]) for name in ("key", "name", "email") if user[name]]
    return Person(who.site, who.key, who.pseudonym, tuple(dict.fromkeys(names)))


def _users(connection: Connection, who: Person) -> list[Any]:
    """Return the users of this person and not of a namesake: another site may have the same key."""
    asked = select(USERS).where(USERS.c.person == who.key)
    users = list(connection.execute(asked).mappings())
    others = select(PEOPLE.c.id).where(PEOPLE.c.key == who.key, PEOPLE.c.site != who.site)
    if connection.execute(others).first() is None:
        return users
    here = []
    for user in users:
        roles = select(ROLES.c.site).where(ROLES.c.user == user["key"])
        if who.site in set(connection.execute(roles).scalars()):
            here.append(user)
    return here


def _scenarios(connection: Connection, who: Person) -> int:
    """Rename the person in every scenario of the site; a plan keeps the id it was given."""
    count = 0
    asked = select(SCENARIOS).where(SCENARIOS.c.site == who.site)
    for row in connection.execute(asked).all():
        content = dict(row.content)
        # A scenario that was never revised says no reason.
        said = (row.reason, content.get("reason", ""))
        reasons = [without(text, who) if text else text for text in said]
        mine = [person for person in content["people"] if person["id"] == who.key]
        if not mine and reasons == [*said]:
            continue
        for person in mine:
            person |= {"id": who.pseudonym, "name": ""}
        if "reason" in content:
            content["reason"] = reasons[1]
        new = scenario_from_json(json.dumps(content)).id
        connection.execute(
            update(SCENARIOS)
            .where(SCENARIOS.c.id == row.id)
            .values(content=content, content_id=new, reason=reasons[0])
        )
        connection.execute(
            update(SCENARIOS)
            .where(SCENARIOS.c.site == who.site, SCENARIOS.c.parent == row.content_id)
            .values(parent=new)
        )
        count += 1
    return count


def _rosters(connection: Connection, who: Person) -> int:
    """Rename the person in the tables and violations of every roster of the site."""
    count = 0
    asked = select(ROSTERS.c.id, ROSTERS.c.frames, ROSTERS.c.violations, ROSTERS.c.made_at).where(
        ROSTERS.c.site == who.site
    )
    for row in connection.execute(asked).all():
        frames = _renamed(connection, row.frames, who, row.made_at)
        found = _everywhere(row.violations, lambda text: without(text, who))
        if frames != row.frames or found != row.violations:
            connection.execute(
                update(ROSTERS)
                .where(ROSTERS.c.id == row.id)
                .values(frames=frames, violations=found)
            )
            count += 1
    return count


def _notes(connection: Connection, who: Person) -> int:
    """Take the person out of what every plan of the site tells of how it was made."""
    count = 0
    asked = select(PLANS.c.id, PLANS.c.provenance).where(PLANS.c.site == who.site)
    for row in connection.execute(asked).all():
        told = _everywhere(row.provenance, lambda text: without(text, who))
        if told != row.provenance:
            connection.execute(update(PLANS).where(PLANS.c.id == row.id).values(provenance=told))
            count += 1
    return count


def _reasons(connection: Connection, who: Person) -> int:
    """Take the person out of why forecasts of the site were changed by hand, and by whom."""
    count = 0
    asked = (
        select(OVERRIDES.c.id, OVERRIDES.c.reason, OVERRIDES.c.by)
        .join(FORECASTS, FORECASTS.c.id == OVERRIDES.c.forecast)
        .where(FORECASTS.c.site == who.site)
    )
    for row in connection.execute(asked).all():
        values = {"reason": without(row.reason, who), "by": without(row.by, who)}
        if values != {"reason": row.reason, "by": row.by}:
            connection.execute(update(OVERRIDES).where(OVERRIDES.c.id == row.id).values(values))
            count += 1
    return count


def _happened(connection: Connection, who: Person) -> int:
    """Rename the person in every version of the site's tables of actuals."""
    count = 0
    asked = select(HAPPENED).where(HAPPENED.c.site == who.site)
    for row in connection.execute(asked).all():
        frames = _renamed(connection, row.frames, who, row.made_at)
        if frames != row.frames:
            connection.execute(
                update(HAPPENED).where(HAPPENED.c.id == row.id).values(frames=frames)
            )
            count += 1
    return count


def _renamed(
    connection: Connection, frames: dict[str, str], who: Person, at: Any
) -> dict[str, str]:
    """Return the digests of `frames` with the pseudonym in the columns that name people."""
    out = dict(frames)
    for name, digest in frames.items():
        frame = blobs.fetch(connection, digest)
        mine = [
            column for column in _PEOPLE
            if column in frame and frame[column].astype(str).isin(who.words).any()
        ]  # fmt: skip
        for column in mine:
            same = frame[column].astype(str).isin(who.words)
            frame[column] = frame[column].astype("str").where(~same, who.pseudonym)
        if mine:
            out[name] = blobs.keep(connection, frame, at)
    return out


def _log(connection: Connection, who: Person) -> int:
    """Put the pseudonym into every entry that names the person; what they wrote goes."""
    count = 0
    names = ("key", "before", "after", "reason", "by")
    asked = select(AUDIT.c.id, AUDIT.c.kind, *(AUDIT.c[name] for name in names)).where(
        AUDIT.c.site.in_((who.site, ""))
    )
    rows = connection.execute(asked).mappings().all()
    theirs = {("people", who.key)}
    theirs |= {
        (row["kind"], row["key"])
        for row in rows
        for values in (row["before"], row["after"])
        if isinstance(values, dict) and values.get("person") == who.key
    }
    for row in rows:
        values = {name: _everywhere(row[name], lambda text: without(text, who)) for name in names}
        if (row["kind"], row["key"]) in theirs:
            for side in ("before", "after"):
                if values[side]:
                    values[side] |= dict.fromkeys(_PRIVATE & values[side].keys())
        changed = {name: value for name, value in values.items() if value != row[name]}
        if changed:
            connection.execute(update(AUDIT).where(AUDIT.c.id == row["id"]).values(changed))
            count += 1
    return count


def without(text: str, who: Person) -> str:
    """Return `text` with the pseudonym where it is, or contains as a word, what tells who it is."""
    if text in who.words:
        return who.pseudonym
    for word in sorted(who.words, key=len, reverse=True):
        telling = len(word) >= _SHORTEST or any(letter.isdigit() for letter in word)
        if telling and word in text:
            text = re.sub(rf"(?<!\w){re.escape(word)}(?!\w)", who.pseudonym, text)
    return text


def _everywhere(value: Any, change: Callable[[str], str]) -> Any:
    """Return a document with `change` made to every text in it; names of fields stay."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {name: _everywhere(item, change) for name, item in value.items()}
    return [_everywhere(item, change) for item in value] if isinstance(value, list) else value


def drop_unused_parts(connection: Connection, before: Any) -> dict[str, int]:
    """Remove forecasts, requirements, rosters and scenarios older than `before` without a plan.

    Those of a name without any plan, the published and the locked ones stay.
    """
    gone = {}
    for column, table in (("forecast", FORECASTS), ("requirement", REQUIREMENTS),
                          ("roster", ROSTERS), ("scenario", SCENARIOS)):  # fmt: skip
        used = select(PLANS.c[column]).where(PLANS.c[column].is_not(None))
        planned = select(PLANS.c.name).where(PLANS.c.site == table.c.site)
        where = [table.c.made_at < before, table.c.id.not_in(used), table.c.name.in_(planned)]
        if table is ROSTERS:
            where.append(table.c.status != "published")
        if table is FORECASTS:
            where.append(table.c.locked_at.is_(None))
            old = select(FORECASTS.c.id).where(*where)
            connection.execute(delete(OVERRIDES).where(OVERRIDES.c.forecast.in_(old)))
        gone[table.name] = connection.execute(delete(table).where(*where)).rowcount
    return gone


def drop_unused_frames(connection: Connection) -> int:
    """Remove tables that nothing refers to any more."""
    used = set(connection.execute(select(PLANS.c.history)).scalars())
    used |= set(connection.execute(select(REQUIREMENTS.c.frame)).scalars())
    for table in (FORECASTS, ROSTERS, HAPPENED):
        for frames in connection.execute(select(table.c.frames)).scalars():
            used |= set(frames.values())
    unused = set(connection.execute(select(FRAMES.c.digest)).scalars()) - used
    for digest in unused:
        connection.execute(delete(FRAMES).where(FRAMES.c.digest == digest))
    return len(unused)
