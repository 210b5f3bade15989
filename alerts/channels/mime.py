"""Message -> the bytes of a mail, as they go over the wire. Pure.

We serialise by ourselves because the standard library encodes a List-Unsubscribe of over 78 characters as `=?utf-8?q?=3Chttps…?=`, which
breaks one-click unsubscribe (RFC 8058), and mail libraries undo whatever was done about it: only finished bytes are left alone.
"""

import re
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy
from email.utils import format_datetime, parseaddr
from typing import Any

from alerts.models import Letter, LetterKind, Message
from alerts.render.plain import clean

NAME = "Habeas Watch"  #: beside the sender's address where the operator gave none

_WORDS = SMTP.clone(max_line_length=76)  # subjects fold: an encoded word is at most 75 characters (RFC 2047, 2)
_WHOLE = SMTP.clone(max_line_length=998)  # ids and addresses do not: a line is at most 998 octets (RFC 5322, 2.1.1)
_ID = re.compile(r"<[^\s<>@]+@[^\s<>@]+>")
_TOKEN = re.compile(r"[A-Za-z0-9_.~-]+")


@dataclass(frozen=True, slots=True)
class Sender:
    """Who our mail comes from."""

    name: str
    address: str

    @classmethod
    def parse(cls, text: str) -> "Sender":
        """Read `alerts@example.org` or `Name <alerts@example.org>`."""
        name, address = parseaddr(text)
        return cls(clean(name) or NAME, address)

    @property
    def domain(self) -> str:
        return self.address.rpartition("@")[2]


def message_id(letter: Letter, sender: Sender) -> str:
    """The Letter's own id, the same in every attempt, so that a repeat collapses in the mailbox."""
    return letter.message_id if _ID.fullmatch(letter.message_id) else f"<letter-{letter.id}@{sender.domain}>"


def envelope_id(letter: Letter, sender: Sender) -> str:
    """What a bounce names the Letter by: the left half of its Message-ID, which only its reader has seen; 50 characters at most."""
    token = message_id(letter, sender)[1:].partition("@")[0]
    return token if _TOKEN.fullmatch(token) and len(token) <= 50 else f"letter-{letter.id}"


def return_path(letter: Letter, sender: Sender) -> str:
    """The envelope's sender, one for each Letter (VERP): `bounces+TOKEN@DOMAIN`."""
    return f"bounces+{envelope_id(letter, sender)}@{sender.domain}"


def written(letter: Letter, message: Message, *, sender: Sender, to: str, public_url: str = "") -> bytes:
    """Write the mail: headers of ours, text first, then HTML; text alone where markup was refused once.

    Args:
        to: the mailbox, with its domain in ASCII.
        public_url: where this service is seen from outside, for the one-click link (RFC 8058 asks for https).
    """
    headers = [*_addressed(letter, message, sender, to), *_threaded(letter, sender), *_automatic(letter, sender, public_url)]
    return b"".join(headers) + _body(letter, message, sender)


def _addressed(letter: Letter, message: Message, sender: Sender, to: str) -> list[bytes]:
    return [
        _header("From", str(Address(sender.name, addr_spec=sender.address)), _WORDS),
        f"To: {to}\r\n".encode(),
        _header("Subject", clean(message.subject), _WORDS),
        _header("Date", format_datetime(letter.created_at), _WHOLE),
    ]


def _threaded(letter: Letter, sender: Sender) -> list[bytes]:
    """Its id, and the mail of which it is news or whose series it belongs to."""
    headers = [_header("Message-ID", message_id(letter, sender), _WHOLE)]
    if _ID.fullmatch(letter.reply_to):
        headers += [_header("In-Reply-To", letter.reply_to, _WHOLE), _header("References", letter.reply_to, _WHOLE)]
    return headers


def _automatic(letter: Letter, sender: Sender, public_url: str) -> list[bytes]:
    """That no person wrote it (RFC 3834), and for subscribed mail which list it is (RFC 2919) and how to leave it (RFC 2369, 8058)."""
    headers = [_header("Auto-Submitted", "auto-generated", _WHOLE), _header("Content-Language", letter.lang, _WHOLE)]
    if letter.kind in (LetterKind.CONFIRMATION, LetterKind.NOTICE):
        return headers
    headers += [_header("Precedence", "bulk", _WHOLE), _header("List-Id", f"{NAME} <alerts.{sender.domain}>", _WHOLE)]
    if not _TOKEN.fullmatch(letter.unsubscribe):
        return headers
    ways = [f"<mailto:unsubscribe+{letter.unsubscribe}@{sender.domain}?subject=unsubscribe>"]
    if public_url:
        ways.insert(0, f"<{public_url.rstrip('/')}/unsubscribe/{letter.unsubscribe}>")
    headers.append(_header("List-Unsubscribe", ", ".join(ways), _WHOLE))
    if public_url.startswith("https://"):
        headers.append(_header("List-Unsubscribe-Post", "List-Unsubscribe=One-Click", _WHOLE))
    return headers


def _header(name: str, value: str, policy: "EmailPolicy[Any]") -> bytes:
    return str(policy.header_factory(name, value).fold(policy=policy)).encode("ascii")


def _body(letter: Letter, message: Message, sender: Sender) -> bytes:
    mail = EmailMessage(policy=_WHOLE)
    mail.set_content(message.text, cte="quoted-printable")
    if message.html and not letter.plain:
        mail.add_alternative(message.html, subtype="html", cte="quoted-printable")
        mail.set_boundary(f"=_{envelope_id(letter, sender)}")  # "=_" never occurs in quoted-printable (RFC 2045, 6.7)
    return mail.as_bytes()
