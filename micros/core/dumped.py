"""All settings as they are shown. Loaded for one answer, which the rest of the settings is not."""

from core.once import once


def shown(config, part, kept, form=str):
    """Yield name and value as text, secrets masked; `kept` is what the file holds."""
    table = once("table")
    for name, default, limits, flags, _ in table.rows(config):
        if part not in name:
            continue
        if "s" in flags:
            yield name, form("***")
        elif name in config.values:
            yield name, form(config.values[name])
        else:
            yield name, form(table.sound(name, default, limits, flags, kept.get(name, default)))
