"""Buzzer: tones and melodies on a passive buzzer; each command ends what sounded before.

Examples:
    buzzer tone 880 300
    buzzer beep 3
    buzzer play "c4 d4 e4:2 -:1/2 f#4:1/2 c5:4" tempo=150
    buzzer stop
"""

import lm

PIN = "buzzer_0"
LETTERS = "c d ef g a b"  # a letter's place is the half tones above c
GAP = 20  # ms of silence that part two notes
MOST = 120  # notes
LONGEST = 60000  # ms of a tone

_output = None
_player = None


def load() -> dict:
    """Prepare the output; it is silent."""
    global _output, _player
    if _output is None:
        _player = lm.player(__name__)
        _output = lm.pwm(PIN, __name__)  # last: what memory was short for is done by the next call
    return status()


def tone(hz: int, ms: int = 500) -> dict:
    """Sound a frequency (Hz) for so many ms."""
    _in_range("hz", hz, 20, 20000)
    _in_range("ms", ms, GAP + 10, LONGEST)
    return _play([(hz, ms)], 1)


def beep(times: int = 1, hz: int = 880) -> dict:
    """Beep 1 to 100 times."""
    _in_range("hz", hz, 20, 20000)
    return _play([(hz, 120), (0, 100)], times)


def play(notes: str, tempo: int = 120, times: int = 1) -> dict:
    """Play notes: c4, f#4, bb4, - is a rest, :2 and :1/2 are beats; tempo is beats a minute."""
    _in_range("tempo", tempo, 30, 600)
    each = str(notes).split()
    if not 1 <= len(each) <= MOST:
        raise lm.CommandError("notes: expected 1 to %d, got %d" % (MOST, len(each)))
    return _play([_note(symbol, 60000 // tempo) for symbol in each], times)


def stop() -> dict:
    """Be silent."""
    load()
    _player.play(None)
    return status()


def _play(tones, times):
    _in_range("times", times, 1, 100)
    load()
    for hz in {hz for hz, _ in tones if hz}:
        _reach(hz)
    _player.play(_sounding(tones, times))
    return status()


def _reach(hz):
    """Refuse what the chip's pulses cannot be: an ESP8266 ends at 1000 Hz."""
    _player.play(None)
    try:
        _output.freq(hz)
        found = _output.freq()
    except ValueError:
        found = 0
    if abs(found - hz) * 50 > hz:
        raise lm.CommandError("hz: this chip has no pulses of %d Hz" % hz)


def _sounding(tones, times):
    try:
        for _ in range(times):
            for hz, ms in tones:
                if hz:
                    _output.freq(hz)
                    _output.duty_u16(32768)
                yield ms - GAP
                _output.duty_u16(0)
                yield GAP
    finally:
        _output.duty_u16(0)


def _note(symbol, beat):
    """Return the frequency (0 for a rest) and the ms of a note."""
    name, _, length = symbol.partition(":")
    above, _, below = (length or "1").partition("/")
    below = below or "1"
    ms = beat * int(above) // int(below) if above.isdigit() and below.strip("0").isdigit() else 0
    half = LETTERS.find(name[:1] or "?") + {"#": 1, "b": -1}.get(name[1:-1], 0)
    known = name[:1] in "cdefgab" and name[1:-1] in ("", "#", "b") and name[-1:].isdigit()
    if not GAP < ms <= LONGEST or not (name == "-" or (known and len(name) > 1)):
        raise lm.CommandError("notes: expected one like c4, f#5:2 or -:1/2, got %r" % symbol)
    if name == "-":
        return 0, ms
    # Equal temperament: 440 Hz is a4, 12 half tones are twice as high; a4 is number 57.
    return int(440 * 2 ** ((12 * int(name[-1]) + half - 57) / 12) + 0.5), ms


def _in_range(name, value, lowest, highest):
    """Refuse what is not between two numbers."""
    if value.__class__ is not int or not lowest <= value <= highest:
        raise lm.CommandError("%s: expected %d to %d, got %r" % (name, lowest, highest, value))


def status() -> dict:
    """Tell whether it sounds."""
    return {"sounding": _player is not None and _player.busy()}


def pinmap() -> dict:
    """Tell the pin."""
    return lm.pinmap(PIN)
