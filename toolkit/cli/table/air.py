"""Options: nodes over the air, one or many."""

from toolkit.cli.table.option import Group, Option, action, detail, number


def _number(flag: str, help: str, least: int, example: str) -> Option:
    said = f"with --push: {help}"
    read = number(least)
    return detail(flag, help=said, example=example, metavar="N", type=read, default=None)


# What is given over the air, and how: to one node as to many.
GIVEN = ("module", "back", "unattended", "force", "firmware", "set")
GROUP = Group(
    "over the air",
    (
        action(
            "--push",
            help="the same for many nodes at once, some of them first",
            example="--push --set app=hall",
            takes=("select", "canary", "stop_after", "at_once", *GIVEN),
        ),
        detail(
            "--select",
            help="with --push: nodes that meet all terms: board=esp32, 'version<0.3.0', "
            "name=kitchen*, app=…, uid=…, address=… (default: all known ones)",
            example="--push --select board=esp32 app=hall --set gmttime=2",
            metavar="TERM",
            nargs="+",
            default=[],
        ),
        _number(
            "--canary",
            "N nodes of each board go first and must be well (1)",
            0,
            "--push --canary 2 --set app=porch",
        ),
        _number(
            "--stop-after",
            "begin no more nodes after N that failed or rolled back (1)",
            1,
            "--push --stop-after 3 --set app=attic",
        ),
        _number(
            "--at-once",
            "so many nodes are busy at the same time (50)",
            1,
            "--push --at-once 10 --set app=hall",
        ),
        detail(
            "--module",
            help="with -o, --push: load modules alone; they run without a restart",
            example="--push --module micros/modules/LM_value.py",
            metavar="FILE",
            nargs="+",
            default=[],
        ),
        action(
            "--watch",
            help="load each LM_*.py that is saved in a folder on a node, at once",
            example="--new-module user_data/fan\n--watch user_data/ -p '--dev node01'",
            takes=("connect_parameters", "force"),
            no_json="it goes on until Ctrl-C, and a document has an end",
            metavar="FOLDER",
            default=None,
        ),
        detail(
            "--unattended",
            help="with -o, --push: the node confirms itself",
            example="-o --unattended --force -p '--dev node01'",
        ),
        detail(
            "--back",
            help="with -o, --push: back to the release before",
            example="-o --back -p '--dev node01'",
        ),
        detail(
            "-f",
            "--force",
            help="with -o, --push, -r: also where nothing has changed, or the node warns; with "
            "load modules, and --watch: also what --lint finds grave; with --restore: onto a board "
            "that is another node; on a cable (-m, -e, -d, -i, -r): also where a board's settings "
            "cannot be read; with -i, -r: also in place of a release that is on trial",
            example="-o --force micros/modules/LM_average.py -p '--dev node01'",
        ),
    ),
)
