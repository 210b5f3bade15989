"""Pages by which a reader ends what she follows. A GET only shows; a POST acts (RFC 8058)."""

from alerts.web.unsubscribe import Leaving, routes

__all__ = ["Leaving", "routes"]
