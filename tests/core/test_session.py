"""The conversation: prompts, lines out of bytes, modes, what the words answer."""

import asyncio

from core import session as session_file
from core import words
from core.once import once
from core.session import TABLE, Session

from fake_node import FakeNode, FakeStream, no_sleep, talk

PROMPT = "node01 $ "
HELLO = "hello:node01:240ac4000001:dev\n"


def splits(data, size):
    return [data[at : at + size] for at in range(0, len(data), size)]


async def say(*lines, **settings):
    """The answers to these lines, one text each."""
    node = FakeNode(**settings)
    stream = FakeStream()
    session = Session(stream, "10.0.0.9", node, sleep_ms=no_sleep)
    answers = []
    for line in lines:
        stream.writes = []
        await session.take([line.encode()])
        answers.append(stream.text())
    return answers


async def test_the_prompt_comes_first_and_after_each_answer():
    assert await talk(FakeNode(), [b"hello\n"]) == PROMPT + HELLO + PROMPT


async def test_an_empty_line_prompts_again():
    assert await talk(FakeNode(), [b"\n\r\n  \n"]) == PROMPT * 4


async def test_answer_and_prompt_leave_in_one_write():
    stream = FakeStream([b"hello\n", b"lamp text abc\n", b"help\n"])
    await Session(stream, "x", FakeNode(), sleep_ms=no_sleep).run()
    assert stream.writes[:3] == [
        PROMPT.encode(),
        (HELLO + PROMPT).encode(),
        ("abc\n" + PROMPT).encode(),
    ]
    assert all(len(data) <= 1024 + len(PROMPT) for data in stream.writes)


async def test_a_line_is_the_same_however_it_is_split():
    data = b"hello\nversion\r\nlamp text 'a b'\n\nlamp text \xc3\xa4\n"
    whole = await talk(FakeNode(), [data])
    assert whole == (
        PROMPT + HELLO + PROMPT + "0.1.0-0\n" + PROMPT + "a b\n" + PROMPT * 2 + "ä\n" + PROMPT
    )
    for size in range(1, len(data)):
        assert await talk(FakeNode(), splits(data, size)) == whole, size
    for cut in range(1, len(data)):
        assert await talk(FakeNode(), [data[:cut], data[cut:]]) == whole, cut


async def test_a_hundred_commands_in_one_packet_are_answered_in_order():
    lines = [b"lamp text %d\n" % number for number in range(100)]
    answers = "".join("%d\n" % number + PROMPT for number in range(100))
    assert await talk(FakeNode(), [b"".join(lines)]) == PROMPT + answers


async def test_a_packet_full_of_commands_lets_others_in_between():
    turns = []

    async def sleep_ms(milliseconds):
        turns.append(milliseconds)

    session = Session(FakeStream([b"hello\n" * 50]), "x", FakeNode(), sleep_ms)
    await session.run()
    assert turns == [0] * 49


async def test_a_client_without_newline_is_answered_after_silence():
    quiet = [None] * 10
    text = await talk(FakeNode(), [b"hello"] + quiet + [b"version"] + quiet)
    assert text == PROMPT + HELLO + PROMPT + "0.1.0-0\n" + PROMPT


async def test_bytes_that_come_within_the_silence_belong_to_the_line():
    quiet = [None] * 9
    text = await talk(FakeNode(), [b"he"] + quiet + [b"l"] + quiet + [b"lo", None] + quiet)
    assert text == PROMPT + HELLO + PROMPT


async def test_silence_never_ends_a_line_of_a_client_that_sends_newlines():
    text = await talk(FakeNode(), [b"hello\nver"] + [None] * 50 + [b"sion\n"])
    assert text == PROMPT + HELLO + PROMPT + "0.1.0-0\n" + PROMPT


async def test_a_line_cut_by_the_end_of_the_connection_is_not_run():
    text = await talk(FakeNode(), [b"hello\nlamp text 10"])
    assert text == PROMPT + HELLO + PROMPT


async def test_the_end_is_silence_for_a_client_that_sends_no_newline():
    assert await talk(FakeNode(), [b"hello"]) == PROMPT + HELLO + PROMPT


async def test_a_line_may_have_1024_bytes_and_not_one_more():
    word = "x" * (1024 - len("lamp text "))
    for end in ("\n", "\r\n"):
        line = "lamp text " + word + end
        assert await talk(FakeNode(), [line.encode()]) == PROMPT + word + "\n" + PROMPT
    line = "lamp text x" + word
    for packets in ([line.encode() + b"\nhello\n"], splits(line.encode() + b"\nhello\n", 100)):
        text = await talk(FakeNode(), packets)
        assert text.startswith(PROMPT + "refused: expected a line") and text.count("refused") == 1
        assert text.endswith(PROMPT + HELLO + PROMPT)


async def test_an_endless_line_is_skipped_and_the_session_lives_on():
    packets = [b"x" * 512] * 2000 + [b"yy\nhello\n"]
    text = await talk(FakeNode(), packets)
    assert text.count("refused") == 1 and text.endswith(PROMPT + HELLO + PROMPT)


async def test_an_endless_line_ends_with_silence_too():
    text = await talk(FakeNode(), [b"x" * 512] * 9 + [None] * 10 + [b"hello"] + [None] * 10)
    assert text.count("refused") == 1 and text.endswith(PROMPT + HELLO + PROMPT)


def test_the_splitter_keeps_no_more_than_a_line():
    lines = Session(None, "", FakeNode())
    for _ in range(100):
        assert lines.feed(b"x" * 512) == []
        assert len(lines._rest) <= 1025
    assert lines.feed(b"\n") == [None]
    assert lines.feed(b"ok\n") == [b"ok"]


async def test_garbage_is_refused_and_the_session_lives_on():
    for garbage in (
        b"\xfe\xff\xfa\xc3\x28\x80\n",
        bytes(range(11, 250)) + b"\n",
        b"\x00\x01\x02\n",
    ):
        text = await talk(FakeNode(), [garbage, b"hello\n"])
        assert "refused: " in text and text.endswith(PROMPT + HELLO + PROMPT)


async def test_telnet_commands_are_swallowed_however_they_are_split():
    data = b"\xff\xfb\x1fhel\xff\xfalong\xff\xf0lo\xff\xf1\xff\xfd\x03\r\n"
    for size in range(1, len(data)):
        assert await talk(FakeNode(), splits(data, size)) == PROMPT + HELLO + PROMPT, size


async def test_a_line_ends_where_it_ends_in_the_middle_of_a_telnet_command_too():
    for begun in (b"\xff", b"\xff\xfb", b"\xff\xfa", b"\xff\xfa\xff"):
        data = b"hello" + begun + b"\nversion\n"
        for size in range(1, len(data)):
            said = await talk(FakeNode(), splits(data, size))
            assert said == PROMPT + HELLO + PROMPT + "0.1.0-0\n" + PROMPT, (begun, size)


async def test_enter_of_a_telnet_client_may_be_cr_and_nul():
    data = b"\xff\xfd\x03hello\r\0hello\r\nhello\r\0"
    for size in range(1, len(data)):
        said = await talk(FakeNode(), splits(data, size))
        assert said == PROMPT + (HELLO + PROMPT) * 3, size


async def test_a_subnegotiation_that_never_ends_is_text_again():
    data = b"\xff\xfa" + b"z" * 64 + b"hello\n"
    assert (await talk(FakeNode(), [data])).endswith(HELLO + PROMPT)


class Poor(Session):
    """A session that now and then has no memory for what has come."""

    def feed(self, data):
        if data and b"poor" in data:
            raise MemoryError
        return super().feed(data)


class PoorStream(FakeStream):
    """A stream that has no memory for a large piece, and none for one that says so."""

    async def read(self, size):
        if size > 100:
            raise MemoryError
        return await super().read(size)

    def write(self, data):
        if b"much" in data:
            raise MemoryError
        super().write(data)


async def test_each_line_there_is_no_memory_for_is_refused_and_the_session_lives():
    for data, refused, answered in (
        (b"poor\n", 1, 1),
        (b"poor\npoor\n", 2, 1),
        (b"poor\npo", 2, 0),  # what follows belongs to the line that was lost
    ):
        stream = FakeStream([b"\n", data, b"version\n", b"hello\n"])
        await Poor(stream, "x", FakeNode(), sleep_ms=no_sleep).run()
        said = stream.text()
        assert said.count("refused: ") == refused, data
        assert said.count("0.1.0-0\n") == answered, data
        assert said.endswith(HELLO + PROMPT)


async def test_an_answer_there_is_no_memory_for_is_refused_and_the_session_lives():
    stream = PoorStream([b"lamp text much\n", b"hello\n"])
    await Session(stream, "x", FakeNode(), sleep_ms=no_sleep).run()
    assert stream.text() == PROMPT + "refused: not enough memory\n" + PROMPT + HELLO + PROMPT


async def test_the_prompt_in_data_is_escaped():
    answers = await say("lamp text 'see node01 $ here'", "lamp text 'other $ '")
    assert answers == ["see node01 \\$ here\n" + PROMPT, "other $ \n" + PROMPT]


async def test_a_long_answer_arrives_whole():
    for size in (1, 1014, 1023, 1024, 1025, 2048, 5000, 20_000):
        assert await talk(FakeNode(), [b"lamp long %d\n" % size]) == (
            PROMPT + "x" * size + "\n" + PROMPT
        )


async def test_only_the_first_byte_decides_for_the_link():
    assert (await talk(FakeNode(), [b" {\n"])).count("refused: ") == 1
    text = await talk(FakeNode(), [b"hello\n", b'{"id":1}\n', b"hello\n"])
    assert text.endswith(PROMPT + HELLO + PROMPT) and text.count(HELLO) == 2


async def test_exit_says_bye_and_ends():
    assert await talk(FakeNode(), [b"exit\nhello\n"]) == PROMPT + "Bye!\n"


async def test_config_mode():
    answers = await say(
        "conf", "socport", "socport 9009", "socport x", "nothing", "nothing 5",
        "soctuot", "soctuot 5", "hello", "version", "dump soc", "noconf", "socport 5",
    )  # fmt: skip
    prompt = "[configure] " + PROMPT
    assert answers == [
        prompt,
        "9008\n" + prompt,
        "Saved\n" + prompt,
        "refused: socport: expected a whole number, got 'x'\n" + prompt,
        "Invalid key\n" + prompt,
        "Invalid key\n" + prompt,
        "Invalid key, did you mean 'soctout'?\n" + prompt,
        "Invalid key, did you mean 'soctout'?\n" + prompt,
        HELLO + prompt,
        "0.1.0-0\n" + prompt,
        "  socport   :  9009\n  soctout   :  100\n" + prompt,
        PROMPT,
        "refused: expected <module> <function>, got 'socport 5'\n" + PROMPT,
    ]


async def test_what_belongs_to_config_mode_says_so_outside_of_it():
    for line in ("dump lamp", "reset settings", 'try x stapwd="a b"'):
        told = "refused: no module '%s', it belongs to config mode: type conf first\n"
        assert (await say(line))[0] == told % line.split()[0] + PROMPT
    for line in ("conf reset", "conf stapwd verysecret", "config dump"):
        answer = (await say(line))[0]
        assert answer.startswith("refused: expected conf in a line of its own")
        assert answer.endswith(PROMPT) and "verysecret" not in answer


async def test_a_reset_of_the_settings_says_what_goes_and_how_the_node_is_reached():
    answer = (await say("conf", "reset settings"))[1]
    for part in ("passwords stay", "reboot", "node01", "no Wi-Fi", "192.168.4.1", "\nSaved\n"):
        assert part in answer, part


async def test_other_names_of_config_mode():
    for word in ("configure", "config"):
        assert (await say(word))[0] == "[configure] " + PROMPT
    assert (await say("conf", "noconfigure"))[1] == PROMPT


async def test_a_value_is_taken_exactly_and_may_be_empty():
    node = FakeNode()
    await talk(node, [b'conf\nboothook a b "c;  d" # e\n'])
    assert node.config.get("boothook") == 'a b "c;  d" # e'
    await talk(node, [b'conf\nboothook ""\nreset settings\n'])
    assert node.config.get("boothook") == ""


async def test_a_new_name_is_told_by_hello_and_kept_out_of_the_prompt():
    answers = await say("conf", "devfid kitchen", "hello")
    assert answers[1] == "Saved\n[configure] " + PROMPT
    assert answers[2] == "hello:kitchen:240ac4000001:dev\n[configure] " + PROMPT


async def test_a_new_password_makes_a_new_key_and_ends_the_others():
    node = FakeNode()
    ended = []
    node.server.close_others = ended.append
    await talk(node, [b"conf\nappwd correct horse battery\nappwd\n"])
    assert len(node.secrets.get("k")) == 64 and node.secrets.get("i") == 400
    assert len(ended) == 1


async def test_status_modules_and_log():
    answers = await say("status", "status >json", "modules", "lamp broken", "log error", "log x")
    assert "name: node01" in answers[0] and '"uptime": 0' in answers[1]
    assert answers[2].startswith("[") and "]" in answers[2]
    assert "ZeroDivision" in answers[4] and "loaded" not in answers[4]
    assert answers[5].startswith("refused: expected log")


async def test_task_words():
    node = FakeNode()
    stream = FakeStream()
    session = Session(stream, "x", node, sleep_ms=no_sleep)

    async def ask(line):
        stream.writes = []
        await session.take([line])
        return stream.text().replace(PROMPT, "")

    assert await ask(b"task list") == "no tasks\n"
    assert await ask(b"lamp wait &") == "lamp.wait: started\n"
    await asyncio.sleep_ms(5)
    assert await ask(b"task list") == "running   lamp.wait\n"
    assert '"active": ["lamp.wait"]' in await ask(b"task list >json")
    assert await ask(b"task show lamp.wait") == "lamp.wait: running, 0 runs\n"
    assert await ask(b"task kill lamp.*") == "Kill: lamp.wait|True\n"
    assert await ask(b"task kill lamp.*") == "lamp.* has ended already\n"
    assert "cancelled" in await ask(b"task show lamp.wait")
    assert await ask(b"task show x") == "refused: no task 'x', 'task list' shows them\n"
    for wrong in (b"task", b"task kill", b"task list x", b"task end y"):
        assert (await ask(wrong)).startswith("refused: expected task list")


async def test_help_has_its_sections_and_every_word():
    text = (await say("help"))[0]
    places = [text.find(section) for section in ("[MICROS]", "[CONF]", "[TASK]", "[EXEC]")]
    assert -1 not in places and places == sorted(places)
    for word in ("hello", "version", "exit", "conf", "noconf", "status", "task", "reboot", "log"):
        assert "\n  " + word in text, word
    assert "lamp" in text and "A lamp for the tests." in text


async def test_help_of_a_word_shows_its_forms():
    for word, parts in (
        ("cron", ("cron list ", "cron check ", "WD:H:M:S!commands")),
        ("task", ("task list ", "task kill ", "task free ", "<command> && [ms]")),
        ("conf", ("conf  ", "dump [part]", "<key> <value>", "noconf")),
        ("log", ("log [level]", "log crash")),
        ("try", ("try <s> <key>=<value>", "try 120 ")),
        ("keep", ("keep  ", "connection")),
        ("reset", ("reset settings",)),
    ):
        text = (await say("help " + word))[0]
        assert "refused" not in text
        for part in parts:
            assert part in text, (word, part)
        assert "hello" not in text
    assert "[MORE]" not in (await say("help"))[0]


async def test_help_of_one_module_comes_from_the_manual():
    text = (await say("help crane"))[0]
    assert text == (
        "crane - A crane.\ncrane angle <degrees: float> [pin: str = 'pwm_0'] - Turn.\n" + PROMPT
    )
    assert (await say("help nonsense"))[0].startswith("refused: no module 'nonsense'")


async def test_reboot_says_bye_before_it_restarts():
    node = FakeNode()
    text = await talk(node, [b"reboot\n"])
    assert text == PROMPT + "Rebooting.\nBye!\n" and node.restarts == 1
    stream = FakeStream([b"reboot\n"])
    closed = []
    node.restart = lambda: closed.append(stream.closed)
    await Session(stream, "x", node, sleep_ms=no_sleep).run()
    assert closed == [True]  # else the client would not learn that its connection has gone
    node = FakeNode()
    assert "refused" in await talk(node, [b"reboot now\n"])
    assert node.restarts == 0


async def test_reboot_safe_brings_safe_mode():
    node, kept = FakeNode(), []
    node.reset = lambda: kept.append(1)
    text = await talk(node, [b"reboot safe\n"])
    assert text == PROMPT + "Rebooting.\nBye!\n"
    assert (kept, node.restarts) == ([1], 0)


async def test_reboot_resets_the_board_whatever_memory_there_is():
    def full(*_):
        raise MemoryError

    async def restarted(line, where, half_open=False):
        node = FakeNode(auth="on" if half_open else "off")
        resets = []
        node.reset = lambda: resets.append(1)
        session = Session(FakeStream(), "x", node, sleep_ms=no_sleep)
        loaded = session_file.once
        try:
            if where == "once":
                session_file.once = full
            else:
                setattr({"say": session, "restart": node}[where], where, full)
            await session.take([line])
        finally:
            session_file.once = loaded
        return len(resets) + node.restarts

    for where in ("say", "restart", "once"):
        assert await restarted(b"reboot", where) == 1, where
    assert await restarted(b" reboot\r", "once") == 1
    assert await restarted(b"reboot safe", "once") == 1
    assert await restarted(b"version", "once") == 0
    assert await restarted(b"reboot", "once", True) == 0  # who has not logged in


async def test_a_word_too_many_is_refused_by_each_word_that_stands_alone():
    for line, form in (
        ("version 2", "version"),
        ("modules lamp", "modules [>json]"),
        ("status now", "status [>json]"),
        ("noconf now", "noconf"),
        ("webrepl on", "webrepl"),
        ("keep it", "keep"),
        ("exit now", "exit"),
        ("log x", "log [crash|debug|info|warn|error]"),
        ("log crash 5", "log [crash|debug|info|warn|error]"),
        ("reboot now", "reboot [-h|safe]"),
    ):
        told = "refused: expected %s, got '%s'\n" % (form, line)
        assert (await say(line)) == [told + PROMPT], line


async def test_a_reset_that_is_none_is_told_the_form():
    for line in ("reset", "reset all", "reset settings now"):
        answer = (await say("conf", line, "noconf"))[1]
        assert answer.startswith("refused: expected reset settings, got '%s'\n" % line), answer


async def test_webrepl_where_the_firmware_has_none():
    assert (await say("webrepl"))[0] == "refused: this firmware has no WebREPL\n" + PROMPT


async def test_every_word_of_the_table_exists():
    for word in TABLE:
        assert callable(getattr(once(TABLE[word]), word))


async def test_every_word_of_the_help_exists():
    with open(FakeNode().slot + "/core/help.txt") as lines:
        words = [line.split()[0] for line in lines if line[:2] == "  " and line[2] not in " <"]
    assert len(words) > 10
    for word in words + ["configure", "config", "noconfigure"]:
        text = await talk(FakeNode(), [b"%s\n" % word.encode()])
        assert "refused: expected <module> <" not in text and "fault: " not in text, word


async def test_a_stalled_client_is_marked_while_it_takes_nothing():
    node = FakeNode()
    stream = FakeStream()
    session = Session(stream, "x", node, sleep_ms=no_sleep)
    seen = []

    def write(data):
        stream.out_buf = data

    async def drain():
        seen.append(session.stalled)
        stream.out_buf = b""

    stream.write, stream.drain = write, drain
    await session.take([b"hello"])
    assert seen == [0] and session.stalled == -1


class Asking:
    """A session that has no memory to make its prompt."""

    def __init__(self, configuring):
        self.configuring = configuring

    def ask(self):
        raise MemoryError


async def test_a_mode_without_memory_for_its_prompt_is_not_entered_nor_left():
    for before, change in ((False, words.conf), (True, words.noconf)):
        session = Asking(before)
        try:
            change(None, session, "")
        except MemoryError:
            assert session.configuring is before
        else:
            raise AssertionError("there was memory")
