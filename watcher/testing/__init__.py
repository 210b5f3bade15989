"""Strict stand-ins for the outside, used by tests and the demo. They speak real HTTP or SMTP on a loopback address."""
