"""Runs before /main.py, and alone after Ctrl-D on a raw prompt, which stops timers and no watchdog.

Were it to fail, some firmware would not go on to /main.py, which says what is wrong.
"""

try:
    __import__("slots").hold()
except Exception:  # noqa: BLE001 - see above
    pass
