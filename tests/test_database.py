"""The database itself, on SQLite and on PostgreSQL."""

import io
import logging

import pytest
import sqlalchemy as sa

from alerts.storage import tables as t
from tests.papers import NOW
from watcher.logs import Redaction, TextFormatter
from watcher.storage import Database

MUNAF = "Munaf v. Geren"


async def test_what_a_statement_was_given_is_in_no_log_when_it_fails(database: Database) -> None:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(TextFormatter(Redaction()))
    log = logging.getLogger("tests.database")
    log.addHandler(handler)
    row = {"subscriber": 404, "phrase": MUNAF, "folded": "munaf geren", "created_at": NOW}
    try:
        async with database.writing() as connection:
            with pytest.raises(sa.exc.IntegrityError) as caught:
                await connection.execute(sa.insert(t.own_watches).values(row))
            await connection.rollback()
        log.error("a fault of ours", exc_info=caught.value)
    finally:
        log.removeHandler(handler)
    assert "INSERT INTO own_watches" in stream.getvalue()
    assert MUNAF not in stream.getvalue()
