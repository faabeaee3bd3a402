"""The link against a real node: our core on the real MicroPython of a virtual board."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from tests.network.test_real_node import Installed, installed, real
from tests.support.toolkit import VERSION
from toolkit.model.errors import (
    LoginError,
    RefusedError,
    WrongPassword,
)
from toolkit.model.vault import secret_of
from toolkit.operations import connect
from toolkit.operations.connect import Target
from toolkit.operations.conversation import Conversation
from toolkit.transport.link import Link
from toolkit.transport.steady import Steady

__all__ = ["installed", "real"]  # fixtures


def link_to(real: Installed, **more: Any) -> Link:
    secret = real.vault.get(real.node.uid)
    place = real.node.address, real.node.port
    return Link(*place, **{"uid": real.node.uid, "secret": secret, **more})


def talk(real: Installed, what: Callable[[Link], Awaitable[Any]]) -> Any:
    async def run() -> Any:
        async with link_to(real) as link:
            return await what(link)

    return asyncio.run(run())


def test_the_node_proves_itself_and_names_its_start(real: Installed) -> None:
    async def look(link: Link) -> tuple[str, str, int]:
        return link.uid, link.name, link.rounds

    assert talk(real, look) == (real.node.uid, "node01", 20_000)
    boots = {talk(real, lambda link: asyncio.sleep(0, link.boot)) for _ in range(2)}
    assert len(boots) == 1
    assert len(boots.pop()) == 16


def test_lines_and_calls_are_answered(real: Installed) -> None:
    async def all_of_it(link: Link) -> list[Any]:
        return [
            await link.run("version"),
            await link.call("servo", "angle", 30),
            await link.call("servo", "angle", degrees=40),
        ]

    version, first, second = talk(real, all_of_it)
    assert version == VERSION
    assert "30" in str(first)
    assert "40" in str(second)


def test_a_long_answer_comes_whole(real: Installed) -> None:
    text = talk(real, lambda link: link.run("help"))
    assert "[EXEC]" in text
    assert len(text) > 1500


def test_letters_of_every_language_come_and_go(real: Installed) -> None:
    async def both(link: Link) -> Any:
        await link.request("conf", set={"app": "Zürich 日本 😀"})
        table = await link.request("conf")
        await link.put("/garten 😀.txt", b"roses")
        data = await link.get("/garten 😀.txt")
        await link.request("remove", name="/garten 😀.txt")
        await link.request("conf", set={"app": "n/a"})
        return table["app"], data

    assert talk(real, both) == ("Zürich 日本 😀", b"roses")


def test_a_refusal_is_typed(real: Installed) -> None:
    with pytest.raises(RefusedError, match="node01: refused: "):
        talk(real, lambda link: link.call("servo", "angle", 999))
    with pytest.raises(RefusedError, match="node01: refused: "):
        talk(real, lambda link: link.run("nonsense"))


def test_requests_run_beside_each_other(real: Installed) -> None:
    async def many(link: Link) -> list[str]:
        return await asyncio.gather(*(link.run("version") for _ in range(30)))

    assert talk(real, many) == [VERSION] * 30


def test_a_file_goes_there_and_comes_back(real: Installed, tmp_path: Path) -> None:
    data = bytes(range(256)) * 37

    async def there_and_back(link: Link) -> list[Any]:
        await link.put("/data.bin", data)
        seen = [await link.request("stat", name="/data.bin"), await link.get("/data.bin")]
        await link.get("/data.bin", tmp_path / "copy")
        await link.request("remove", name="/data.bin")
        return seen

    assert talk(real, there_and_back) == [{"size": len(data)}, data]
    assert (tmp_path / "copy").read_bytes() == data


def test_what_is_refused_early_ends_a_long_payload(real: Installed) -> None:
    async def both(link: Link) -> str:
        with pytest.raises(RefusedError):
            await link.put("/secret.json", bytes(200_000))
        return await link.run("version")

    assert talk(real, both) == VERSION


def test_the_log_is_watched_until_the_loop_is_left(real: Installed) -> None:
    async def first(link: Link) -> Any:
        events = link.watch("log")
        asked = asyncio.create_task(link_login_fails(real))
        async for event in events:
            if "login" in str(event):
                break
        await events.aclose()
        await asked
        assert (await link.request("conf"))["soctout"] == 100  # by it a watch stays alive
        return await link.run("version")

    assert talk(real, first) == VERSION


async def link_login_fails(real: Installed) -> None:
    wrong = secret_of(real.node.uid, "not this one, no")
    with pytest.raises(WrongPassword):
        await link_to(real, secret=wrong).open()
    while True:  # until the penalty is over
        try:
            async with link_to(real):
                return
        except LoginError as error:
            await asyncio.sleep(max(error.wait, 0.1))


def test_a_cut_command_is_asked_for_again_and_runs_once(real: Installed) -> None:
    async def run() -> tuple[str, str]:
        made: list[Link] = []

        def make() -> Link:
            made.append(link_to(real))
            return made[-1]

        node = Steady(make)
        await node.run("servo angle 10")
        asked = asyncio.create_task(node.run("servo angle 77"))
        await asyncio.sleep(0)
        wire = made[-1]._requests._wire  # type: ignore[union-attr]
        while not wire._writer.transport.get_write_buffer_size() and not asked.done():
            await asyncio.sleep(0)
            if made[-1]._requests._asked:  # type: ignore[union-attr]
                break
        wire._writer.transport.abort()
        answer = await asked
        await node.close()
        return answer, str(len(made) > 2)

    answer, again = asyncio.run(run())
    assert "77" in answer
    assert again == "True"


def test_settings_are_set_tried_and_kept(real: Installed) -> None:
    talk_ = Conversation(
        Target(real.node.address, real.node.port, real.node.uid), real.cache, real.vault
    )
    talk_.open()
    talk_.ask("conf")
    assert talk_.ask("soctout 77") == "Saved"
    assert talk_.ask("try 60 soctout=88").startswith("On trial for 60 s")
    assert talk_.closed
    talk_.open()
    assert talk_.ask("keep") == "Saved"
    talk_.ask("conf")
    assert talk_.ask("soctout") == "88"
    assert "  soctout   :  88" in talk_.ask("dump")
    assert talk_.ask("reset settings") == "Saved"
    assert talk_.ask("soctout") == "100"
    assert real.password not in talk_.ask("dump")
    talk_.close()


def test_a_long_setting_travels_in_chunks(real: Installed) -> None:
    entries = ";".join(f"*:{n % 24}:0:0!servo angle {n}" for n in range(60))
    assert len(entries) > 1024
    answers = connect.run(
        Target(real.node.address, real.node.port, real.node.uid),
        ["conf", f"crontasks {entries}", "crontasks", "crontasks n/a"],
        real.cache,
        real.vault,
    )
    assert [answer.text for answer in answers][1:] == ["Saved", entries, "Saved"]
