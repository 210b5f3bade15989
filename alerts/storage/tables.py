"""The tables of `alerts`. They name Stories by number; the two packages' tables carry no foreign keys to each other."""

import sqlalchemy as sa

from alerts.models import LetterKind, LetterState
from watcher.storage.database import NAMING, Json, Key, Utc

OPEN = (LetterState.PENDING.value, LetterState.SENDING.value)  #: states of a Letter that is not settled
PLAIN = (LetterKind.CONFIRMATION.value, LetterKind.NOTICE.value)  #: kinds that tell no Story: the bot's replies, words to operators

URGENT, REPLIES, REST = LANES = range(3)  #: in which a Letter waits; the lower goes first

metadata = sa.MetaData(naming_convention=NAMING)

subscribers = sa.Table(
    "subscribers",
    metadata,
    sa.Column("id", Key, primary_key=True, autoincrement=True),
    sa.Column("address", sa.Text, nullable=False, unique=True),
    sa.Column("second", sa.Text),
    sa.Column("lang", sa.Text, nullable=False, server_default="en"),
    sa.Column("zone", sa.Text, nullable=False, server_default="UTC"),
    sa.Column("digest_hour", sa.Integer, nullable=False, server_default="7"),
    sa.Column("quiet_start", sa.Text),  #: `22:00`
    sa.Column("quiet_end", sa.Text),
    sa.Column("urgent_passes", sa.Boolean, nullable=False, server_default=sa.true()),
    sa.Column("parked", sa.Text),
    sa.Column("token", sa.Text, nullable=False, unique=True),  #: of the one-click link
    sa.Column("next_daily_at", Utc, index=True),  #: null where no Subscription is daily
    sa.Column("next_weekly_at", Utc, index=True),
    sa.Column("created_at", Utc, nullable=False),
    sa.Column("automatic", sa.Boolean, nullable=False, server_default=sa.false()),  #: follows everything until somebody chooses for it
)

subscriptions = sa.Table(
    "subscriptions",
    metadata,
    sa.Column("subscriber", sa.ForeignKey("subscribers.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("watch", sa.Text, primary_key=True),
    sa.Column("cadence", sa.Text, nullable=False),
    sa.Column("floor", sa.Integer, nullable=False),
    sa.Column("created_at", Utc, nullable=False),
    sa.Column("types", Json, nullable=False, server_default="[]"),  #: of papers that are wanted; none: all
    sa.Index("ix_subscriptions_watch_subscriber", "watch", "subscriber"),
)

own_watches = sa.Table(
    "own_watches",
    metadata,
    sa.Column("id", Key, primary_key=True, autoincrement=True),  #: 17 is the Watch `own-17`; no number is ever given twice
    sa.Column("subscriber", sa.ForeignKey("subscribers.id", ondelete="CASCADE"), nullable=False),
    sa.Column("phrase", sa.Text, nullable=False),
    sa.Column("folded", sa.Text, nullable=False),  #: its words as they are compared (`alerts.own.folded`)
    sa.Column("created_at", Utc, nullable=False),
    sa.UniqueConstraint("subscriber", "folded"),
    sqlite_autoincrement=True,  # else SQLite gives the number of the last row again once that is deleted
)

fanouts = sa.Table(
    "fanouts",
    metadata,
    sa.Column("story", Key, primary_key=True, autoincrement=False),
    sa.Column("revision", sa.Integer, primary_key=True),
    sa.Column("cursor", Key, nullable=False),  #: the last Subscriber asked; the next batch begins behind it
)

letters = sa.Table(
    "letters",
    metadata,
    sa.Column("id", Key, primary_key=True, autoincrement=True),
    sa.Column("subscriber", sa.ForeignKey("subscribers.id", ondelete="CASCADE")),  #: null: a notice to an operator
    sa.Column("address", sa.Text, nullable=False),
    sa.Column("channel", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("content", Json, nullable=False),  #: what it says, frozen when composed (`rows.content_json`)
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("urgent", sa.Boolean, nullable=False),
    sa.Column("lane", sa.Integer, nullable=False, server_default="2"),  #: of LANES; REPLIES are of the PLAIN kinds
    sa.Column("attempt", sa.Integer, nullable=False, server_default="0"),
    sa.Column("repeat", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("plain", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("message_id", sa.Text, nullable=False, unique=True),
    sa.Column("window", sa.Text),  #: of a digest: one for each subscriber and window
    sa.Column("reference", sa.Text),
    sa.Column("error", sa.Text),
    sa.Column("created_at", Utc, nullable=False),
    sa.Column("due_at", Utc, nullable=False),
    sa.Column("lease_until", Utc),
    sa.Column("settled_at", Utc),
    sa.UniqueConstraint("subscriber", "window"),
    sa.Index(
        "ix_letters_waiting",
        "channel",
        "lane",
        "due_at",
        "id",
        sqlite_where=sa.text("state = 'pending'"),
        postgresql_where=sa.text("state = 'pending'"),
    ),
    sa.Index(
        "ix_letters_open",
        "address",
        sqlite_where=sa.text("state IN ('pending', 'sending')"),
        postgresql_where=sa.text("state IN ('pending', 'sending')"),
    ),
    sa.Index(
        "ix_letters_flying",
        "lease_until",
        sqlite_where=sa.text("state = 'sending'"),
        postgresql_where=sa.text("state = 'sending'"),
    ),
    sa.Index(
        "ix_letters_troubled",
        "state",
        "channel",
        "lane",
        "settled_at",
        sqlite_where=sa.text("state IN ('unknown', 'dead')"),
        postgresql_where=sa.text("state IN ('unknown', 'dead')"),
    ),
)

attempts = sa.Table(
    "attempts",
    metadata,
    sa.Column("letter", sa.ForeignKey("letters.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),  #: `attempt` of the Letter then
    sa.Column("at", Utc, nullable=False, index=True),  #: when its end was known
    sa.Column("channel", sa.Text, nullable=False),  #: by which it went: its address may be another since
    sa.Column("fate", sa.Text, nullable=False),  #: `alerts.ledger.Fate`: what was decided; an attempt that was `sent` stands in the Letter
    sa.Column("error", sa.Text),
    sa.Column("next_at", Utc),  #: when it was to be tried again; null: not by this Letter
)


def in_state(*states: LetterState, table: sa.FromClause = letters) -> sa.ColumnElement[bool]:
    """Whether a Letter is in one of these states, written out: only so does SQLite see that a partial index holds all it is asked for."""
    names: list[sa.ColumnElement[str]] = [sa.literal_column(f"'{state.value}'") for state in states]
    state: sa.ColumnElement[str] = table.c.state
    return state == names[0] if len(names) == 1 else state.in_(names)


deliveries = sa.Table(
    "deliveries",
    metadata,
    sa.Column("id", Key, primary_key=True, autoincrement=True),
    sa.Column("subscriber", sa.ForeignKey("subscribers.id", ondelete="CASCADE"), nullable=False),
    sa.Column("story", Key, nullable=False),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("duty", sa.Text, nullable=False),  #: alert | update | edit
    sa.Column("watches", Json, nullable=False),
    sa.Column("cadence", sa.Text, nullable=False),
    sa.Column("channel", sa.Text, nullable=False, server_default="telegram"),  #: of the address when it was made: which line it stands in
    sa.Column("lane", sa.Integer, nullable=False, server_default="2"),  #: URGENT, where a Letter of it is; else REST
    sa.Column("due_at", Utc, nullable=False),
    sa.Column("change", sa.Text, nullable=False),
    sa.Column("skipped", sa.Text),
    sa.Column("letter_id", sa.ForeignKey("letters.id", ondelete="SET NULL"), index=True),
    sa.Column("created_at", Utc, nullable=False),
    sa.UniqueConstraint("subscriber", "story", "revision"),
    sa.Index("ix_deliveries_story_subscriber", "story", "subscriber"),
    sa.Index(
        "ix_deliveries_due",
        "channel",
        "lane",
        "due_at",
        "subscriber",
        sqlite_where=sa.text("letter_id IS NULL AND skipped IS NULL"),
        postgresql_where=sa.text("letter_id IS NULL AND skipped IS NULL"),
    ),
    sa.Index(
        "ix_deliveries_waiting",
        "subscriber",
        sqlite_where=sa.text("letter_id IS NULL AND skipped IS NULL"),
        postgresql_where=sa.text("letter_id IS NULL AND skipped IS NULL"),
    ),
)

told = sa.Table(
    "told",
    metadata,
    sa.Column("subscriber", sa.ForeignKey("subscribers.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("story", Key, primary_key=True, autoincrement=False),
    sa.Column("reference", sa.Text),  #: of the last Letter that told it, which is deleted by now; null where it may never have arrived
    sa.Column("kind", sa.Text, nullable=False),  #: of that Letter
    sa.Column("at", Utc, nullable=False, index=True),  #: when that Letter was settled
    sa.Index("ix_told_story_subscriber", "story", "subscriber"),
)

updates = sa.Table(
    "updates",
    metadata,
    sa.Column("id", Key, primary_key=True, autoincrement=False),  #: Telegram's update_id: each is acted on once
    sa.Column("seen_at", Utc, nullable=False, index=True),
)

votes = sa.Table(
    "votes",
    metadata,
    sa.Column("id", Key, primary_key=True, autoincrement=True),
    sa.Column("story", Key, nullable=False),
    sa.Column("watch", sa.Text, nullable=False),  #: a vote on a Story told under several is a row for each
    sa.Column("terms", Json, nullable=False),  #: of its score cards when it was told
    sa.Column("relevant", sa.Boolean, nullable=False),
    sa.Column("day", sa.Date, nullable=False, index=True),  #: UTC; no hour
    sa.Column("letter", sa.ForeignKey("letters.id", ondelete="SET NULL"), index=True),  #: that was voted on; null once that is deleted
    sa.Column("voter", sa.Text),  #: keyed hash (`alerts.tickets.voter`), so that a second vote changes the first; null once `letter` is
    sa.UniqueConstraint("story", "watch", "voter"),
)
