"""`machine` of the board: resets and sleep, clock, timers, watchdog, kept memory."""

import time

import _alarms
import _late
import ubinascii
from _buses import I2C, SPI, UART, SoftI2C, SoftSPI  # noqa: F401
from _link import SETTINGS, exit_now, tell
from _pins import ADC, PWM, Pin  # noqa: F401
from umachine import Signal, mem8, mem16, mem32  # noqa: F401

_ESP8266 = SETTINGS["chip"] == "esp8266"
_SOFT_RESET, _RESET, _DEEP_SLEEP = 42, 43, 44

PWRON_RESET, HARD_RESET, WDT_RESET, DEEPSLEEP_RESET, SOFT_RESET = SETTINGS["causes"]
DEEPSLEEP = 4
if not _ESP8266:
    SLEEP = 2
    PIN_WAKE, EXT0_WAKE, EXT1_WAKE, TIMER_WAKE, TOUCHPAD_WAKE, ULP_WAKE = 2, 2, 3, 4, 5, 6
_FREQUENCIES = {
    "esp8266": (80, 160),
    "esp32": (20, 40, 80, 160, 240),
    "esp32c3": (20, 40, 80, 160),
    "esp32c6": (20, 40, 80, 160),
    "esp32s2": (20, 40, 80, 160, 240),
    "esp32s3": (20, 40, 80, 160, 240),
}[SETTINGS["chip"]]
_frequency = (80 if _ESP8266 else 160) * 1000000
_MAC = ubinascii.unhexlify(SETTINGS["mac"])


def reset():
    tell("now", time._now())
    exit_now(_RESET)


def soft_reset():
    tell("now", time._now())
    _alarms.soft_reset(_SOFT_RESET)


def deepsleep(milliseconds=0):
    tell("now", time._now())
    tell("sleep", milliseconds)
    exit_now(_DEEP_SLEEP)


def lightsleep(milliseconds=0):
    time.sleep_ms(milliseconds)


def reset_cause():
    return SETTINGS["cause"]


def unique_id():
    return bytes((_MAC[5], _MAC[4], _MAC[3], 0)) if _ESP8266 else _MAC


def freq(hertz=None):
    global _frequency
    if hertz is None:
        return _frequency
    if hertz // 1000000 not in _FREQUENCIES:
        names = ["%dMHz" % f for f in _FREQUENCIES]
        raise ValueError("frequency must be " + " or ".join([", ".join(names[:-1]), names[-1]]))
    _frequency = hertz // 1000000 * 1000000
    return None


def idle():
    pass


def disable_irq():
    return 0


def enable_irq(_state=True):
    pass


def time_pulse_us(pin, level, timeout=1000000):
    return _late.bring("_pulses").pulse(pin, level, timeout)


def dht_readinto(pin, buffer):
    _late.bring("_dht").readinto(pin, buffer)


def bitstream(pin, _encoding, timing, data):
    tell("neopixel", pin._number, ubinascii.hexlify(data).decode(), time._now(), timing)


if not _ESP8266:
    sleep = lightsleep

    def UART(*args, **options):
        return _late.bring("_uart").UART(*args, **options)

    def wake_reason():
        return 4 if SETTINGS["cause"] == DEEPSLEEP_RESET else 0


class Timer:
    """Calls back from the interrupt queue, on the board's clock."""

    ONE_SHOT, PERIODIC = 0, 1

    def __init__(self, id=-1, **options):
        if not _ESP8266 and not -1 <= id <= 3:
            raise ValueError("invalid Timer number")
        self.id = id
        self.due = self.period = 0
        self.callback = None
        if options:
            self.init(**options)

    def init(self, *, mode=PERIODIC, freq=-1, period=-1, callback=None, tick_hz=1000, hard=False):
        micros = int(1000000 / freq) if freq > 0 else max(period, 1) * 1000000 // tick_hz
        self.callback = callback
        self.period = micros if mode == Timer.PERIODIC else 0
        self.due = time._now() + micros
        _alarms.add(self)

    def deinit(self):
        _alarms.remove(self)

    if not _ESP8266:

        def value(self):
            return max(self.due - time._now(), 0) // 1000


class RTC:
    """The real-time clock and the memory beside it that outlives a reset, not the power."""

    ALARM0 = 0
    _memory = ubinascii.unhexlify(SETTINGS.pop("rtc_memory"))

    def __init__(self, _id=0):
        pass

    def datetime(self, moment=None):
        if moment is None:
            now = time.gmtime()
            micros = time.time_ns() // 1000 % 1000000
            if _ESP8266:
                micros //= 1000
            return now[0], now[1], now[2], now[6], now[3], now[4], now[5], micros
        year, month, day, _weekday, hour, minute, second = moment[:7]
        time._set(time.mktime((year, month, day, hour, minute, second)) * 1000000)
        return None

    def init(self, moment):
        self.datetime((moment[0], moment[1], moment[2], 0, moment[3], moment[4], moment[5], 0))

    def memory(self, data=None):
        if data is None:
            return RTC._memory
        data = bytes(data)
        if len(data) > SETTINGS["rtc_size"]:
            raise ValueError("buffer too long")
        RTC._memory = data
        tell("rtc", ubinascii.hexlify(data).decode())
        return None

    if _ESP8266:

        def alarm(self, id=0, time=0, repeat=False):
            pass

        def irq(self, *, trigger=0, handler=None, wake=0):
            pass


class WDT:
    """Once started it cannot be stopped; an ESP8266 knows no other time than its own."""

    _ESP8266_MS = 3200

    if _ESP8266:

        def __init__(self, id=0):
            self._start(WDT._ESP8266_MS)

    else:

        def __init__(self, id=0, timeout=5000):
            self._start(timeout)

    def _start(self, timeout):
        if timeout <= 0:
            raise ValueError("WDT timeout too short")
        self._timeout = timeout
        tell("watchdog", timeout)
        self.feed()

    def feed(self):
        _alarms.feed(self._timeout)
