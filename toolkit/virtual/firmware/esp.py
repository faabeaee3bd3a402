"""`esp` odds and ends."""

from _link import SETTINGS
from _storage import chip_read

LOG_NONE, LOG_ERROR, LOG_WARNING, LOG_INFO, LOG_DEBUG, LOG_VERBOSE = range(6)
SLEEP_NONE, SLEEP_LIGHT, SLEEP_MODEM = range(3)


def osdebug(*_level):
    pass


def sleep_type(*_kind):
    return SLEEP_MODEM


def flash_size():
    return SETTINGS["flash_size"]


def flash_user_start():
    return SETTINGS["fs_offset"]


def flash_read(offset, buffer):
    buffer[:] = chip_read(offset, len(buffer))


def flash_id():
    return 0x1640EF


def check_fw():
    return True


def freemem():
    import gc

    return gc.mem_free()
