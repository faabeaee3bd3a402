"""The one error family of the board that is meant for the person at the other end."""


class CommandError(Exception):
    """A refusal: its text is the answer. Whatever else is raised is a fault of ours."""


# One that a program tells apart has a second argument: busy, unknown, auth, cancelled, or refused
# with a word of the op's own and the seconds to wait, such as "refused early 20". No class of its
# own: it would lie in the memory of every node.
