"""The options: one table, a file for each group; parsing, help and docs/toolkit.md are made of it.

A new action is one `action(…)` in the file of its group and one line in `commands.COMMANDS`, which
says what it does and when. It `takes` the options that change what it does, any other is refused
with it; what else contradicts what stands in `contradictions.py`. Its example is run for
docs/toolkit.md.
"""

from toolkit.cli.table.air import GROUP as AIR
from toolkit.cli.table.applications import GROUP as APPLICATIONS
from toolkit.cli.table.base import GROUP as BASE
from toolkit.cli.table.how import GROUP as HOW
from toolkit.cli.table.option import Group, Option
from toolkit.cli.table.own import GROUP as OWN
from toolkit.cli.table.steps import GROUP as STEPS
from toolkit.cli.table.virtual import GROUP as VIRTUAL
from toolkit.cli.table.with_what import GROUP as WITH_WHAT

GROUPS: tuple[Group, ...] = (
    BASE,
    STEPS,
    AIR,
    OWN,
    APPLICATIONS,
    VIRTUAL,
    WITH_WHAT,
    HOW,
)
OPTIONS: tuple[Option, ...] = tuple(option for group in GROUPS for option in group.options)
