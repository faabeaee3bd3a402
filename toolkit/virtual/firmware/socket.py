"""`socket` of the board; in mean mode its sockets are as unkind as a board's."""

from _link import SETTINGS
from _sockets import *

if SETTINGS["mean"]:
    from _mean import MeanSocket as socket
else:
    from _sockets import BoardSocket as socket  # noqa: F401
