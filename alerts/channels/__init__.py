"""The ways out. Each module is one Channel: Letter -> Message -> the world -> Outcome."""

import os

# A 429 carries its wait as a timedelta, which python-telegram-bot 22 gives only to those who ask; without this it warns each time.
os.environ.setdefault("PTB_TIMEDELTA", "1")
