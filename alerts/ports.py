"""What the use cases of `alerts` need from the world."""

from collections.abc import Sequence
from typing import Protocol

from alerts.models import Address, Cadence, Item, Letter, Outcome, QuietHours, Subscriber, Subscription
from watcher.models import DocumentType, Severity, Watch


class Channel(Protocol):
    """A way out: Telegram, mail, the terminal."""

    name: str  #: `telegram`, `mailto`, `console`: the scheme of the addresses it serves
    per_second: float  #: Letters a second over all addresses; 0 means no limit
    per_chat: float  #: seconds between two Letters to one address; 0 means no limit
    parallel: int  #: Letters in flight at once, over all addresses
    patience: float  #: seconds that one `send` may take; after them its fate is unknown

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


class Desk(Protocol):
    """What the bot knows and does about chats. All of it may be done twice: an update can come again after a crash."""

    async def handled(self, update: int) -> bool:
        """Was this update of Telegram (its update_id) acted on before?"""
        ...

    async def settle(self, update: int) -> None:
        """Remember that it was, once everything it asked for is stored."""
        ...

    async def topics(self) -> Sequence[Watch]:
        """What can be followed, in the order it is shown."""
        ...

    async def subscriber(self, address: Address) -> Subscriber | None: ...

    async def subscriptions(self, address: Address) -> Sequence[Subscription]: ...

    async def follow(
        self,
        address: Address,
        watches: Sequence[str],
        *,
        cadence: Cadence,
        floor: Severity,
        types: Sequence[DocumentType] = (),
        lang: str,
    ) -> None:
        """Follow these from now on; one followed already gets the new cadence, floor and types. `lang` is that of a new Subscriber."""
        ...

    async def unfollow(self, address: Address, watches: Sequence[str]) -> None: ...

    async def set_quiet(self, address: Address, quiet: QuietHours | None, zone: str | None) -> None:
        """Set quiet hours, or none; `zone` None leaves the reader's zone."""
        ...

    async def set_lang(self, address: Address, lang: str) -> None: ...

    async def latest(self, watch: str | None, count: int, *, lang: str = "en") -> Sequence[Item]:
        """The newest Stories, of one Watch or of all, newest first; a report's headline rather in this language."""
        ...

    async def why(self, address: Address, story: int) -> Item | None:
        """A Story with the reasons it was or would be told to this address; None where there is no such Story."""
        ...

    async def vote(self, chat: Address, letter: int, user: int, *, relevant: bool) -> bool:
        """Keep what a user says of an alert that this chat was sent; saying it again changes it. False: it was sent no such alert."""
        ...

    async def forget(self, address: Address) -> None:
        """Delete all that is stored about this address."""
        ...

    async def park(self, chat: Address, reason: str) -> None:
        """Write to this chat no more, in none of its threads; a chat we do not know is none of ours."""
        ...

    async def unpark(self, chat: Address) -> None:
        """Write to this chat and its threads again."""
        ...

    async def rename(self, old: Address, new: Address) -> None:
        """The chat has a new id, for all that is stored about it."""
        ...

    async def refused(self, reason: str) -> None:
        """The account of the bot is refused: tell the operators by another channel, once for all that find it."""
        ...

    async def reply(self, address: Address, text: str, *, lang: str, reply_to: str = "") -> None:
        """Put a confirmation into the outbox: plain text, to an address that need not be a Subscriber's. `reply_to` is `CHAT/MESSAGE`."""
        ...
