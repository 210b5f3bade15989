"""The kinds of source: which address to ask, how to read what comes. A module a kind, all alike; none does I/O."""

from collections.abc import Mapping
from types import MappingProxyType

from watcher.ports import SourceAdapter
from watcher.sources import docket_feeds, federal_register, feed, public_inspection, scotus_docket

_ADAPTERS: tuple[SourceAdapter, ...] = (feed, federal_register, public_inspection, docket_feeds, scotus_docket)

KINDS: Mapping[str, SourceAdapter] = MappingProxyType({adapter.KIND: adapter for adapter in _ADAPTERS})
