"""The ESP8266's watchdog: a timer that resets unless it is set anew, beside the chip's own."""

import machine


class Dog:
    """Must be fed at least every 8 s. The chip's, 3 s, goes on guarding the firmware itself."""

    def __init__(self):
        self.timer = machine.Timer(-1)
        self.feed()

    def feed(self):
        self.timer.init(
            mode=machine.Timer.ONE_SHOT, period=8000, callback=lambda _: machine.reset()
        )
