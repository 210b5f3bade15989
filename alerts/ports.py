"""What the use cases of `alerts` need from the world."""

from typing import Protocol

from alerts.models import Letter, Outcome


class Channel(Protocol):
    """A way out: Telegram, mail, the terminal."""

    name: str  #: `telegram`, `mailto`, `console`: the scheme of the addresses it serves
    per_second: float  #: Letters a second over all addresses; 0 means no limit
    per_chat: float  #: seconds between two Letters to one address; 0 means no limit
    parallel: int  #: Letters in flight at once, over all addresses

    async def send(self, letter: Letter) -> Outcome:
        """Hand over one Letter (new, edit or reply, as it says) and report what the world answered; raise only for our own bugs.

        Sent(reference)      settled; `reference` is what a later edit, reply or Message-ID needs
        Later(wait, scope)   nothing was delivered; hold this chat, or the whole channel, for `wait`
        Never(reason)        this address is gone: park the Subscriber
        Moved(address)       the chat has a new id: rename, send again
        Refused(reason)      our text was not accepted: once more as plain text, and report
        Down(reason)         token or account refused: stop the channel, tell the operator by another
        Unknown(reason)      the request left and no answer came: it may have arrived
        """
        ...

    async def close(self) -> None:
        """Let go of connections. Sending afterwards is a bug."""
        ...
