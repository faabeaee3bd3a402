"""For load modules written for micrOS v0.4: its console. In memory once one of them imports it."""

from ConfigHandler import console_write  # noqa: F401 - what it is imported for
