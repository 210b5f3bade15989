"""Habeas Watch sees what is published and decides what of it matters; its sibling `alerts` tells."""

__version__ = "0.1.0"
