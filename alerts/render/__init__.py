"""Letter -> Message, within a channel's limits. Pure: the same Letter always reads the same."""

from alerts.render.chat import TEXT_LIMIT, telegram
from alerts.render.mail import HTML_LIMIT, email
from alerts.render.room import room
from alerts.render.terminal import console

__all__ = ["HTML_LIMIT", "TEXT_LIMIT", "console", "email", "room", "telegram"]
