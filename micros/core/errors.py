"""The one error family of the board that is meant for the person at the other end."""


class CommandError(Exception):
    """A refusal: its text is the answer. Whatever else is raised is a fault of ours."""


class LinkError(CommandError):
    """One that a program tells apart: text, kind (busy, unknown, auth, cancelled).

    Behind the kind there may stand a word of the op's own, then the seconds to wait.
    """
