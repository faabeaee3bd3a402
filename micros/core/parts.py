"""The parts that commands go through, built once the settings are known. Loaded for that.

They are imported apart from core/start.py: the reading of the settings needs the memory first.
"""

from core.builtins import Words
from core.executor import Executor
from core.modules import Modules
from core.network import Network
from core.pins import Pins
from core.server import Server
from core.tasks import Tasks


def connect(node):
    """Build the parts, each handed what it needs."""
    log = node.log
    node.pins = Pins(node.board, node.config, log)
    node.modules = Modules(node.slot + "/manual.tsv", log)
    node.tasks = Tasks(log)
    node.executor = Executor(node.modules, node.tasks, log)
    node.network = Network(node.port, log, node.announce, node.keep_time)
    node.words = Words(node)
    node.server = Server(node.config, node.session, node.tasks, log)
