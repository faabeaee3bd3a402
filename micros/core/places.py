"""Who gets a place of the server, and who loses his for it. Loaded when somebody connects."""

from micropython import const

_STRANGERS = const(2)  # sessions of one address that have not logged in


def room_for(server, address):
    """Is there a place for one more, when need be that of somebody who does not use it?"""
    strangers = [session for session in server.sessions if session.half_open]
    if len([session for session in strangers if session.address == address]) >= _STRANGERS:
        return False
    if len(server.sessions) < server.config.get("sessions"):
        return True
    if strangers:
        server.end(strangers[0], "had to make room")
        return True
    longest = max(server.sessions, key=lambda session: session.idle)
    if longest.idle < server.config.get("soctout"):
        return False
    server.end(longest, "had to make room")
    return True
