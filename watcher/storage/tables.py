"""The tables of `watcher`. Identity is in `documents` and `document_keys`, words in `versions`: all of them are kept."""

import sqlalchemy as sa

from watcher.storage.database import NAMING, Json, Key, Utc

metadata = sa.MetaData(naming_convention=NAMING)

sources = sa.Table(
    "sources",
    metadata,
    sa.Column("source", sa.Text, primary_key=True),
    sa.Column("host", sa.Text, nullable=False),  #: paced together
    #: SHA-256 of the configured address that this row is the state of: an address may hold a password. None: not known yet
    sa.Column("address", sa.Text),
    sa.Column("next_poll_at", Utc, nullable=False, index=True),
    sa.Column("failures", sa.Integer, nullable=False, server_default="0"),
    sa.Column("polls", sa.Integer, nullable=False, server_default="0"),
    sa.Column("etag", sa.Text),
    sa.Column("last_modified", sa.Text),
    sa.Column("body_hash", sa.Text),
    sa.Column("moved_to", sa.Text),
    sa.Column("moved_seen", sa.Integer, nullable=False, server_default="0"),
    sa.Column("gone", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("unreached", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("last_ok_at", Utc),
    sa.Column("last_new_at", Utc),
    sa.Column("last_error", sa.Text),
    sa.Column("gaps", sa.Integer, nullable=False, server_default="0"),
    sa.Column("lease_until", Utc),
    sa.Column("attempt", sa.Integer, nullable=False, server_default="0"),
)

documents = sa.Table(
    "documents",
    metadata,
    sa.Column("id", Key, primary_key=True, autoincrement=True),
    sa.Column("key", sa.Text, nullable=False, unique=True),
    sa.Column("source", sa.Text, nullable=False, index=True),
    sa.Column("version", sa.Integer, nullable=False),  #: the current one
    sa.Column("first_seen", Utc, nullable=False, index=True),
    sa.Column("changed_at", Utc, nullable=False),
    sa.Column("backfill", sa.Boolean, nullable=False),  #: older than the source's max_age when first seen: never told
    sa.Column("tell", sa.Boolean, nullable=False),  #: False: backfill, or found by a first run
)

document_keys = sa.Table(
    "document_keys",
    metadata,
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("document", sa.ForeignKey("documents.id", ondelete="CASCADE"), nullable=False, index=True),
)

versions = sa.Table(
    "versions",
    metadata,
    sa.Column("document", sa.ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True),  #: from 1
    sa.Column("seen_at", Utc, nullable=False),
    sa.Column("fingerprint", sa.Text, nullable=False),
    sa.Column("source", sa.Text, nullable=False),  #: who brought this version
    sa.Column("source_kind", sa.Text, nullable=False),
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("headline", sa.Text, nullable=False),
    sa.Column("summary", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("lang", sa.Text, nullable=False),
    sa.Column("published", Utc),
    sa.Column("day_only", sa.Boolean, nullable=False),
    sa.Column("type", sa.Text, nullable=False),
    sa.Column("stage", sa.Text, nullable=False),
    sa.Column("severity", sa.Integer, nullable=False),
    sa.Column("is_primary", sa.Boolean, nullable=False),
    sa.Column("docket", Json),
    sa.Column("case_name", sa.Text, nullable=False),
    sa.Column("number", sa.Text, nullable=False),
    sa.Column("enclosure", sa.Text, nullable=False),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("outlet", sa.Text, nullable=False),
    sa.Column("relates", Json, nullable=False),
    sa.Column("deadlines", Json, nullable=False),
)

matches = sa.Table(
    "matches",
    metadata,
    sa.Column("document", sa.ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True),  #: the version judged
    sa.Column("watch", sa.Text, primary_key=True),
    sa.Column("score", sa.Float, nullable=False),
    sa.Column("threshold", sa.Float, nullable=False),
    sa.Column("because", Json, nullable=False),
    sa.Column("matched_at", Utc, nullable=False),
    sa.Index("ix_matches_watch_document", "watch", "document"),
)

stories = sa.Table(
    "stories",
    metadata,
    sa.Column("id", Key, primary_key=True, autoincrement=True),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("severity", sa.Integer, nullable=False),
    sa.Column("stage", sa.Text, nullable=False),
    sa.Column("type", sa.Text, nullable=False),
    sa.Column("lead", sa.ForeignKey("documents.id"), nullable=False),
    sa.Column("first_seen", Utc, nullable=False, index=True),
    sa.Column("revised_at", Utc, nullable=False, index=True),
    sa.Column("tell", sa.Boolean, nullable=False),  #: whether any revision of it was to be told
)

story_moves = sa.Table(
    "story_moves",
    metadata,
    #: a Story that turned out to be one with another: its papers are there, its own row and revisions stay for what was told of it
    sa.Column("story", sa.ForeignKey("stories.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("into", sa.ForeignKey("stories.id", ondelete="CASCADE"), nullable=False, index=True),  #: never one that has moved itself
    sa.Column("revision", sa.Integer, nullable=False),  #: of `into`, that the merger made
    sa.Column("at", Utc, nullable=False),
    sa.Column("because", sa.Text, nullable=False),
)

story_documents = sa.Table(
    "story_documents",
    metadata,
    sa.Column("document", sa.ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("story", sa.ForeignKey("stories.id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("joined_at", Utc, nullable=False, index=True),
    sa.Column("because", Json, nullable=False),
)

story_watches = sa.Table(
    "story_watches",
    metadata,
    sa.Column("story", sa.ForeignKey("stories.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("watch", sa.Text, primary_key=True),
    sa.Column("revision", sa.Integer, nullable=False),  #: that brought it; with `history` the one there was
    sa.Column(
        "history", sa.Boolean, nullable=False, server_default=sa.false()
    ),  #: found by looking back, or untold: its followers never heard
    sa.Index("ix_story_watches_watch_story", "watch", "story"),
)

watches = sa.Table(
    "watches",
    metadata,
    sa.Column("watch", sa.Text, primary_key=True),
    sa.Column("met_at", Utc, nullable=False),  #: when the file first had it
    sa.Column("reached", sa.BigInteger, nullable=False),  #: the last of the stored documents that was judged by it
    sa.Column("done_at", Utc),  #: None: it is still judging what was stored before it
)

#: Dockets that are of a case though the file does not say so, or might be (`models.Link`).
family_links = sa.Table(
    "family_links",
    metadata,
    sa.Column("watch", sa.Text, primary_key=True),
    sa.Column("court", sa.Text, primary_key=True),  #: "" where no court is named
    sa.Column("number", sa.Text, primary_key=True),  #: in one spelling (`families.key_of`); "" where no number is named
    sa.Column("written", sa.Text, nullable=False),  #: the number as it stands
    sa.Column("courtlistener", sa.BigInteger),
    sa.Column("state", sa.Text, nullable=False),  #: linked | proposed | refused
    sa.Column("how", sa.Text, nullable=False),
    sa.Column("named_by", Json, nullable=False),  #: the docket that says so
    sa.Column("document", sa.Text, nullable=False),  #: key of the paper that says it; "" where the docket's own data does
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("found", sa.Text, nullable=False),
    sa.Column("field", sa.Text, nullable=False),
    sa.Column("start", sa.Integer, nullable=False),
    sa.Column("end", sa.Integer, nullable=False),
    sa.Column("missing", sa.Text, nullable=False),  #: why it is only proposed
    sa.Column("at", Utc, nullable=False),
)

revisions = sa.Table(
    "revisions",
    metadata,
    sa.Column("story", sa.ForeignKey("stories.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("at", Utc, nullable=False),
    sa.Column("change", sa.Text, nullable=False),
    sa.Column("loud", sa.Boolean, nullable=False),
    sa.Column("new_watches", Json, nullable=False),
    sa.Column("tell", sa.Boolean, nullable=False),
    sa.Column("fanned", sa.Boolean, nullable=False),  #: every Delivery of it is made; set by `alerts`
    sa.Column("document", Key),  #: whose change or joining made it; null where none did, and in old rows
    sa.Index("ix_revisions_open", "at", sqlite_where=sa.text("NOT fanned"), postgresql_where=sa.text("NOT fanned")),
)

buckets = sa.Table(
    "buckets",
    metadata,
    sa.Column("key", sa.Text, primary_key=True),  #: `host:…`, `channel:…`, `chat:…`
    sa.Column("free_at", Utc, nullable=False),  #: GCRA's theoretical arrival time
)

leases = sa.Table(
    "leases",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("holder", sa.Text, nullable=False),
    sa.Column("until", Utc, nullable=False),
)

presence = sa.Table(
    "presence",
    metadata,
    sa.Column("role", sa.Text, primary_key=True),  #: `poll`, `deliver`
    sa.Column("seen_at", Utc, nullable=False),  #: when somebody with this role was last at work
    sa.Column("away_from", Utc),  #: of the last outage; null where there was none
    sa.Column("away_until", Utc),  #: later than `seen_at`: until then the clock had come, when it went back to `away_from`
)
