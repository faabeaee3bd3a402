"""A heater behind a pipe, and a controller written anew from its law."""

import math

GAIN, LAG, DEAD = 2.0, 120.0, 15.0  # degrees for a percent, seconds, seconds


class Plant:
    """First order with dead time, solved exactly between the changes of its input."""

    def __init__(self, value=20.0):
        self.outside = self.value = value
        self.inputs = [(-1e9, 0.0)]  # (since when, percent)
        self.now = 0.0

    def advance(self, seconds, percent):
        """Go on with an output that arrives after the dead time."""
        self.inputs.append((self.now + DEAD, percent))
        end = self.now + seconds
        while self.now < end:
            while len(self.inputs) > 1 and self.inputs[1][0] <= self.now:
                self.inputs.pop(0)
            until = min(end, self.inputs[1][0]) if len(self.inputs) > 1 else end
            rest = self.outside + GAIN * self.inputs[0][1]
            self.value = rest + (self.value - rest) * math.exp((self.now - until) / LAG)
            self.now = until
        return self.value


class Reference:
    """P on the error, I no further than the limit, D on the value, smoothed over td / 8."""

    def __init__(self, low=0.0, high=100.0):
        self.low, self.high = low, high
        self.integral = self.slope = 0.0
        self.value = self.output = None

    def step(self, gains, aim, value, seconds, hold=None, fresh=False):
        """Tell the output; `fresh`: the gains or the mode are new, the output is to stay."""
        kp, ti, td = gains
        begun = self.value is not None
        if begun:
            share = seconds / (td / 8 + seconds)
            self.slope = self.slope * (1 - share) + (value - self.value) / seconds * share
        self.value = value
        others = kp * (aim - value) - kp * td * self.slope
        if hold is not None:
            self.output = hold
            return hold
        if fresh:
            self.integral = self.output - others if ti else 0.0
        elif begun and ti:
            more = kp / ti * (aim - value) * seconds
            room = others + self.integral
            if more > 0:
                self.integral += max(0.0, min(more, self.high - room))
            else:
                self.integral += min(0.0, max(more, self.low - room))
        self.output = min(self.high, max(self.low, others + self.integral))
        return self.output
