"""What the manifest in a slot says of its release; its files, which come last, are not read."""

import json


def facts(slot):
    """Return it; OSError or ValueError where there is none that is whole."""
    with open(slot + "/manifest.json") as file:
        head = file.read(256)
    return json.loads(head[: head.index('"files"')].rstrip(", ") + "}")
