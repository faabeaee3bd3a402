from sys import platform
from LogicalPins import get_pin_on_platform_by_key, pinmap_dump
from ConfigHandler import cfgget, cfgput
from Debug import console_write

__LAMP = None
__LEVELS = [200, 400, 600]


def __init():
    global __LAMP
    if __LAMP is None:
        from machine import Pin, PWM
        pins = [get_pin_on_platform_by_key(name) for name in ('pwm_0', 'pwm_1', 'pwm_2')]
        __LAMP = [PWM(Pin(number), freq=200) for number in pins]
    return __LAMP


def lamp(r=None, g=None, b=None, f=1):
    """
    Sets all three channels, 0-1000
    """
    for index, value in enumerate((r, g, b)):
        if value is not None:
            __LEVELS[index] = value
    for channel, value in zip(__init(), __LEVELS):
        channel.duty(int(value * f * 1.023))
    with open('oldlamp.pds', 'w') as kept:
        kept.write(','.join([str(value) for value in __LEVELS]))
    console_write("[oldlamp] {}".format(__LEVELS))
    return "LAMP {}".format(__LEVELS)


def lamp_cache_load_n_init(cache=None):
    try:
        with open('oldlamp.pds') as kept:
            __LEVELS[:] = [int(value) for value in kept.read().split(',')]
    except Exception:
        return "CACHE: none"
    return lamp()


def where():
    return {'platform': platform, 'name': cfgget('devfid'), 'port': cfgget('socport'),
            'cron': cfgget('cron'), 'nothing': cfgget('nothing'), 'secret': cfgget('appwd'),
            'pin': get_pin_on_platform_by_key('pwm_7')}


def rename(name):
    return cfgput('devfid', name)


def lock(word):
    return cfgput('appwd', word)


def help():
    return 'lamp r=<0-1000> g=<0-1000> b=<0-1000>', 'lamp_cache_load_n_init', 'where', 'rename'


def pinmap():
    return {"one": pinmap_dump('pwm_0'), "more": pinmap_dump(['pwm_1', 'no_such'])}
