"""Letter -> Message, within a channel's limits. Pure: the same Letter always reads the same."""

from alerts.render.chat import TEXT_LIMIT, telegram
from alerts.render.terminal import console

__all__ = ["TEXT_LIMIT", "console", "telegram"]
