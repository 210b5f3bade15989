"""Stand-ins for the places we read, in the shapes their servers really answer: the register, CourtListener, the Supreme Court, the press.

Each is a class with `routes` for one Starlette application and with methods by which something is published, changed or withdrawn
between two polls. They hold no texts of their own.
"""
