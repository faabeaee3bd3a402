"""The PWM outputs of the ESP8266 in the terms of the other families; the chip counts to 1023."""


class Pwm:
    """An output of the chip behind the names that every family has."""

    def __init__(self, output):
        self.output = output

    def duty_u16(self, value=None):
        """Return the share of the period in which the output is high, 0 to 65535, or set it."""
        if value is None:
            return self.output.duty() << 6
        return self.output.duty(value >> 6)

    def freq(self, *hertz):
        """Return the frequency, or set it for all outputs of this chip."""
        return self.output.freq(*hertz)

    def deinit(self):
        """Let go of the pin."""
        self.output.deinit()
