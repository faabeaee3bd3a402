"""The key of a node that has none yet. Loaded for the first login on its link."""

from binascii import hexlify

from core.errors import CommandError
from core.once import once


async def make(link, request):
    """Make it from the password, keep it, and go on with the login."""
    node = link.node
    file = "linklogin"
    password = node.secrets.get("appwd")
    if not password:
        return link.shut("expected a node that has a password")
    key = hexlify(await once("key").derive(password, node.uid)).decode()
    try:
        node.config.keep_secrets({"k": key, "i": 400})
    except (CommandError, MemoryError):
        node.secrets.update({"k": key, "i": 400})  # the next start makes the same
    return link.later, file, "greet", request
