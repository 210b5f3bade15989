"""Telegram's three rate limits as sliding windows. The exact ones are not published; these are the documented ones, kept strictly.

Bot API FAQ, "My bot is hitting limits": about one message a second in a chat, 20 a minute in a group, 30 a second in all.
"""

from collections import deque
from dataclasses import dataclass, field

_SLACK = 1e-6  # seconds: what a scaled clock may round away


@dataclass(slots=True)
class Window:
    """At most `most` in any `span` seconds."""

    span: float
    most: int
    past: deque[float] = field(default_factory=deque)

    def wait(self, now: float) -> float:
        """Seconds until one more is allowed; 0 where it is allowed now."""
        while self.past and self.past[0] <= now - self.span:
            self.past.popleft()
        wait = self.past[-self.most] + self.span - now if len(self.past) >= self.most else 0.0
        return wait if wait > _SLACK else 0.0

    def add(self, now: float) -> None:
        self.past.append(now)


class Limits:
    """Which message may pass now. Times are Telegram's seconds, from any fixed start; a refused message counts for nothing."""

    def __init__(self, *, overall: int = 30, burst: int = 1, group: int = 20, paid: int = 1000) -> None:
        """`burst`: messages a second in one chat; Telegram lets short bursts pass, 1 does not. `paid`: a second, of paid broadcasts."""
        self._overall = Window(1.0, overall)
        self._paid = Window(1.0, paid)
        self._burst = burst
        self._group = group
        self._chats: dict[int, Window] = {}
        self._groups: dict[int, Window] = {}

    def take(self, chat: int, now: float, *, group: bool, paid: bool = False) -> float:
        """Let one message pass and count it: 0.0. Or refuse it: how many seconds to wait."""
        windows = [self._paid if paid else self._overall, self._chats.setdefault(chat, Window(1.0, self._burst))]
        if group:
            windows.append(self._groups.setdefault(chat, Window(60.0, self._group)))
        wait = max(window.wait(now) for window in windows)
        if not wait:
            for window in windows:
                window.add(now)
        return wait
