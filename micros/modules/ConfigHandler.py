"""For load modules written for micrOS v0.4: settings. In memory once one of them imports it."""

import lm


def cfgget(key):
    """Return a setting, None where there is none of that name; secrets are not for modules."""
    try:
        return lm.setting(key)
    except lm.CommandError:
        return None


def cfgput(key, value, type_check=False):  # noqa: ARG001 - all values are checked
    """Change a setting, as in config mode; return whether that was possible; no secret."""
    if cfgget(key) is None:
        lm.log.warn("cfgput: no setting '%s'" % key)
        return False
    try:
        lm.node.config.set(key, str(value))
        return True
    except lm.CommandError as refusal:
        lm.log.warn(str(refusal))
        return False


def console_write(msg):
    """Note a line, where micrOS printed it."""
    lm.log.debug(str(msg))
