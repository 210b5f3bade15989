"""A strict Bot API: refuses what Telegram refuses, keeps its rate limits, loses answers on demand, and remembers all that was said.

    async with BotApi(scale=50) as api:
        api.say(7, "/start")
        ...
        assert api.sent(7) == ["…"]

`python -m watcher.testing.telegram --port 9100` runs it in a process of its own, steered over HTTP.
"""

from watcher.testing.telegram.limits import Limits
from watcher.testing.telegram.markup import ENTITIES, Entity, MarkupError, Text, parse, units
from watcher.testing.telegram.methods import TEXT_LIMIT
from watcher.testing.telegram.server import BotApi, application
from watcher.testing.telegram.state import Called, Chat, Fault, Posted, Telegram, Version

__all__ = [
    "ENTITIES",
    "TEXT_LIMIT",
    "BotApi",
    "Called",
    "Chat",
    "Entity",
    "Fault",
    "Limits",
    "MarkupError",
    "Posted",
    "Telegram",
    "Text",
    "Version",
    "application",
    "parse",
    "units",
]
