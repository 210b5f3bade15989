"""Pages and feeds of what was seen, for readers, feed readers and monitors. No reader's address ever shows here."""

from watcher.web.metrics import Metrics
from watcher.web.pages import Site, routes, templates
from watcher.web.serve import application, serve

__all__ = ["Metrics", "Site", "application", "routes", "serve", "templates"]
