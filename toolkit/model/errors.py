"""The errors meant for a person: each is one sentence with an exit code.

Everything else that is raised is a bug of ours and ends with exit code 1 and a traceback.
"""


class ToolkitError(Exception):
    """A sentence for the person: what was tried, what came back, what to do next."""

    exit_code = 1


class UsageError(ToolkitError):
    """The options contradict each other or make no sense together."""

    exit_code = 2


class InputError(ToolkitError):
    """A file, profile, setting or answer that cannot be used."""

    exit_code = 3


class PortError(ToolkitError):
    """The serial port, or the board behind it, cannot be used."""

    exit_code = 4


class FlashError(ToolkitError):
    """Erasing, writing or verifying the flash failed."""

    exit_code = 5


class NodeError(ToolkitError):
    """A node could not be reached over the network, or went away."""

    exit_code = 6


class HungUp(NodeError):
    """The node ended the connection, or fell silent on it."""


class Busy(NodeError):
    """All places of the node are taken, or it has as many requests at hand as it takes."""


class NoLink(NodeError):
    """What answers speaks text alone: an older node, or none of ours."""


class ValueLost(NodeError):
    """The command has run, but its answer was lost with the connection."""


class LoginError(ToolkitError):
    """A node refused the login; `wait` is for how many seconds it takes none, where it says so."""

    exit_code = 7

    def __init__(self, sentence: str, wait: float = 0) -> None:
        super().__init__(sentence)
        self.wait = wait


class WrongPassword(LoginError):
    """Another password may be right."""


class EngineError(ToolkitError):
    """Something this computer needs is missing: the MicroPython engine, a package, a tool."""

    exit_code = 8


class RefusedError(ToolkitError):
    """The node refused the command.

    `kind` is what a program can do about it, `wait` the seconds after which to ask again, where
    the node says so.
    """

    exit_code = 9

    def __init__(self, sentence: str, kind: str = "", wait: float = 0) -> None:
        super().__init__(sentence)
        self.kind = kind
        self.wait = wait


class Cancelled(RefusedError):
    """The command was ended before its time, because somebody asked for that."""


class FaultError(ToolkitError):
    """The command failed on the node; `kind` is the node's name of the error, where it tells."""

    exit_code = 10

    def __init__(self, sentence: str, kind: str = "") -> None:
        super().__init__(sentence)
        self.kind = kind


class Interrupted(ToolkitError):
    """A person has left a question, before anything was done."""

    exit_code = 130


class UnknownOutcome(ToolkitError):
    """Whether the command has run cannot be found out any more; it was not sent again."""

    exit_code = 11


class SelfcheckError(ToolkitError):
    """Some steps of a board's self-check did not pass; the report says which."""

    exit_code = 13


class PartError(ToolkitError):
    """Of several nodes not all got what they were to get; the table says which."""

    exit_code = 12
