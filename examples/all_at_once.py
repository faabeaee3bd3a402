"""Ask all known nodes at once how they are.

./devToolKit.py -a all_at_once
"""

import asyncio

from toolkit.model import paths
from toolkit.model.cache import Cache
from toolkit.model.errors import ToolkitError
from toolkit.node import AsyncNode
from toolkit.script import run


async def ask(uid: str) -> str:
    try:
        async with AsyncNode(uid) as node:
            return f"{node.name}: {(await node.system.memfree())['memfree']} bytes free"
    except ToolkitError as error:
        return str(error)


async def all_known() -> None:
    known = Cache(paths.user_data() / "device_conn_cache.json").nodes()
    for line in await asyncio.gather(*(ask(node.uid) for node in known)):
        print(line)


def main() -> None:
    asyncio.run(all_known())


if __name__ == "__main__":
    run(main)
