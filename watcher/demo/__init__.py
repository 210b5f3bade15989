"""The demo's world: its sources, what they publish as time passes, and what is expected of each step."""
