"""The text login: one password, penalties that are told, nothing open before it."""

from core.key import derive
from core.login import answer, failed, guesses, owed_wait, succeeded

from fake_node import PASSWORD, FakeNode, talk

OWED = "[password] node01 $ "
PROMPT = "node01 $ "
HELLO = "hello:node01:240ac4000001:dev\n"


async def login(node, *lines, address="10.0.0.9"):
    return await talk(node, [line.encode() + b"\n" for line in lines], address)


async def test_the_right_password_opens():
    text = await login(FakeNode(auth="on"), PASSWORD, "version")
    assert text == OWED + "AuthOk\n" + PROMPT + "0.1.0-0\n" + PROMPT


async def test_hello_and_exit_are_open_and_nothing_else_is():
    text = await login(FakeNode(auth="on"), "hello", "", "exit")
    assert text == OWED + HELLO + OWED + OWED + "Bye!\n"
    for word in ("version", "help", "conf", "status", "lamp text x"):
        assert await login(FakeNode(auth="on"), word, "hello") == OWED + "AuthFailed\nBye!\n"


async def test_a_wrong_password_closes():
    node = FakeNode(auth="on")
    assert await login(node, PASSWORD.lower(), PASSWORD) == OWED + "AuthFailed\nBye!\n"


async def test_the_wait_is_told_and_the_right_password_does_not_help_before():
    node = FakeNode(auth="on")
    await login(node, "wrong")
    assert await login(node, PASSWORD) == OWED + "AuthWait: 1\n"
    assert await login(node, "hello", "exit") == OWED + HELLO + OWED + "Bye!\n"
    node.clock.seconds += 1
    assert "AuthOk" in await login(node, PASSWORD)


async def test_without_a_password_nobody_gets_in():
    node = FakeNode(auth="on")
    node.secrets.clear()
    assert "AuthFailed" in await login(node, "None")


async def test_link_only_tells_text_nothing():
    text = await login(FakeNode(auth="link"), "hello", "version", PASSWORD, "exit")
    assert text.startswith(PROMPT + HELLO + PROMPT + "refused: ")
    assert text.count("refused: ") == 2 and text.endswith("Bye!\n")


async def test_a_password_without_newline():
    node, quiet = FakeNode(auth="on"), [None] * 10
    text = await talk(node, [PASSWORD.encode()] + quiet + [b"version"] + quiet)
    assert text == OWED + "AuthOk\n" + PROMPT + "0.1.0-0\n" + PROMPT


async def test_the_password_is_in_no_log():
    node = FakeNode(auth="on")
    await login(node, "sesame open!")
    await login(node, PASSWORD)
    assert not [line for line in node.log.lines() if PASSWORD in line or "sesame" in line]


def test_each_failure_doubles_the_wait_up_to_a_minute():
    kept, now, waits = guesses(), 100, []
    for _ in range(9):
        assert answer(kept, "a", now, "x", PASSWORD).startswith("AuthFailed")
        waits.append(owed_wait(kept, "a", now))
        now += waits[-1]
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    assert owed_wait(kept, "b", now) == 0


def test_a_refused_try_is_no_failure():
    kept = guesses()
    failed(kept, "a", 100)
    for _ in range(20):
        assert answer(kept, "a", 100, "x", PASSWORD) == "AuthWait: 1"
    assert owed_wait(kept, "a", 100) == 1


def test_failures_are_forgotten_after_ten_minutes_and_by_a_success():
    kept = guesses()
    for _ in range(8):
        failed(kept, "a", 100)
    assert owed_wait(kept, "a", 101) == 59
    failed(kept, "a", 100 + 600)
    assert owed_wait(kept, "a", 100 + 600) == 60
    assert owed_wait(kept, "a", 1301) == 0
    failed(kept, "a", 1301)
    assert owed_wait(kept, "a", 1301) == 1
    succeeded(kept, "a")
    assert owed_wait(kept, "a", 1301) == 0


def test_the_table_holds_eight_and_the_least_guilty_goes():
    kept = guesses()
    for _ in range(3):
        failed(kept, "guilty", 100)
    for number in range(20):
        failed(kept, "address %d" % number, 101 + number)
    rows = kept[0]
    assert len(rows) == 8 and "guilty" in [row[0] for row in rows]
    assert "address 19" in [row[0] for row in rows] and "address 0" not in [row[0] for row in rows]


def test_a_storm_of_failures_makes_strangers_wait_and_not_friends():
    kept = guesses()
    for number in range(5):
        succeeded(kept, "friend %d" % number)
    for number in range(21):
        failed(kept, "bad %d" % number, 100)
    assert owed_wait(kept, "stranger", 101) == 4
    assert owed_wait(kept, "friend 0", 101) == 4  # only the last four are remembered
    assert [owed_wait(kept, "friend %d" % number, 101) for number in range(1, 5)] == [0] * 4
    assert owed_wait(kept, "stranger", 105) == 0
    failed(kept, "stranger", 105)
    assert owed_wait(kept, "another", 106) == 4
    assert owed_wait(kept, "another", 170) == 0
    assert len(kept[1]) <= 21


async def test_the_key_of_the_link_is_the_published_one():
    key = await derive("7K2M9QXT4WZ8B3HN", "240ac4000001", 50)
    assert "".join("%02x" % byte for byte in key) == (
        "33a0a156c56ef0e427eba91767bc11cfe12934f48f12595b10256db7d5331fa9"
    )


async def test_making_a_key_lets_the_loop_in():
    import asyncio

    turns = []

    async def other():
        while True:
            turns.append(1)
            await asyncio.sleep_ms(0)

    task = asyncio.create_task(other())
    await derive(PASSWORD, "240ac4000001", 400)
    task.cancel()
    assert len(turns) >= 20
