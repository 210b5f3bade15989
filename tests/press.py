"""A press of our own: feeds that a test publishes, and the tables of `sources.toml` that watch them."""

from watcher.app import Current
from watcher.testing.payloads import Answer

CECOT = '[[doctrine]]\nid = "cecot"\ntitle = "The prison CECOT"\nterms = ["CECOT prison"]\n'
ABREGO = '[[case]]\nid = "abrego-garcia"\ntitle = "Abrego Garcia v. Noem"\nnames = ["Kilmar Abrego Garcia"]\n'

OLD, NEW = "A football match was played", "Men flown to the CECOT prison in El Salvador"


def feed(*titles: str, paper: str = "news.example") -> Answer:
    items = "".join(
        f"<item><guid>{title}</guid><title>{title}</title><link>https://{paper}/{number}</link></item>"
        for number, title in enumerate(titles)
    )
    body = f'<rss version="2.0"><channel><title>t</title>{items}</channel></rss>'
    return Answer(body=body.encode(), headers={"Content-Type": "application/rss+xml"})


def feed_table(name: str, base: str, *more: str) -> str:
    """A feed at `/NAME` of that server, with more lines of its table."""
    return "\n".join(["[[source]]", f'id = "{name}"', 'kind = "feed"', f'url = "{base}/{name}"', *more, ""])


def reload(current: Current, *, force: bool = False) -> bool:
    """Look and take, as the service does; answers whether rules changed."""
    newer = current.look(force=force)
    if newer is not None:
        current.take(newer)
    return newer is not None
