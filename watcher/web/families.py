"""How pages put the dockets of a case, and why each is one of its."""

from watcher import families
from watcher.families import command as command
from watcher.families import court_shown as court_shown
from watcher.models import Docket, Link, Watch

IN_TEMPLATES = ("command", "court_shown", "kin", "shown_docket", "tied_by")


def kin(watch: Watch) -> list[tuple[Docket, Link | None]]:
    """The dockets of a case, each with the link that brought it; None for one that the operator gave it."""
    links = {link.docket: link for link in watch.links}
    return [(docket, links.get(docket)) for docket in watch.dockets]


def shown_docket(docket: Docket) -> str:
    """A docket as the operator writes it."""
    return families.shown(docket)


def tied_by(link: Link) -> str:
    """Why a docket is of its case, in a line."""
    return families.reason(link.named)
