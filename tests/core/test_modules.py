"""Load modules: checked before they are imported, refused with what was expected."""

import os
import sys

from core.errors import CommandError
from core.executor import Modules
from core.log import Log
from core.manual import shadowed, shape

from fake_node import FOLDER, FakeNode


def fresh():
    for name in list(sys.modules):
        if name.startswith("LM_"):
            del sys.modules[name]
    return FakeNode().modules


def refusal(modules, module, function, args=(), named=None):
    try:
        modules.resolve(module, function, list(args), named or {})
    except CommandError as error:
        return str(error)
    raise AssertionError("not refused")


def call(modules, module, function, args=(), named=None):
    function, args, named = modules.resolve(module, function, list(args), named or {})
    return function(*args, **named)


def test_a_function_is_found_and_called():
    modules = fresh()
    assert call(modules, "lamp", "set", [5]) == {"level": 5, "colour": "white", "fade": 0}
    assert call(modules, "lamp", "set", [6, "red"])["colour"] == "red"
    assert call(modules, "lamp", "set", [7, "red"])["level"] == 7


def test_arguments_are_checked_before_anything_is_imported():
    modules = fresh()
    text = refusal(modules, "lamp", "set")
    assert text == (
        "expected lamp set <level: int> [colour: str = 'white'] [fade: int = 0], got 0 arguments"
    )
    refusal(modules, "lamp", "set", [1, 2, 3, 4])
    refusal(modules, "lamp", "text", [1, 2])
    assert modules.loaded() == []


def test_named_arguments_reach_the_parameter_they_name():
    modules = fresh()
    found = call(modules, "lamp", "set", ["level=5", "fade=9"], {"level": (0, 5), "fade": (1, 9)})
    assert found == {"level": 5, "colour": "white", "fade": 9}
    found = call(modules, "lamp", "set", [5, "fade=9"], {"fade": (1, 9)})
    assert found["fade"] == 9


def test_a_name_that_is_no_parameter_is_refused():
    modules = fresh()
    said = refusal(modules, "lamp", "set", [5, "fad=3"], {"fad": (1, 3)})
    assert said == (
        "lamp set: expected level, colour, fade before =, got 'fad'; a text with = stands in quotes"
    )
    given = ["level=5", "a=b", "fade=3"]
    assert said[:51] in refusal(
        modules, "lamp", "set", given, {"level": (0, 5), "a": (1, "b"), "fade": (2, 3)}
    )
    assert "expected lamp state, got 1" in refusal(modules, "lamp", "state", ["a=b"], {"a": (0, 1)})
    assert modules.loaded() == []
    assert call(modules, "lamp", "set", [5, "a=b"])["colour"] == "a=b"  # it stood in quotes


def test_a_name_that_a_program_gives_is_never_a_text():
    modules = fresh()
    for function in ("set", "text", "state", "everything"):
        assert "before =, got 'a'" in refusal(modules, "lamp", function, [], {"a": (-1, "b")})
    assert call(modules, "lamp", "text", [], {"value": (-1, "b")}) == "b"


def test_a_name_that_is_no_parameter_is_a_word_where_a_text_is_asked_for():
    modules = fresh()
    assert call(modules, "lamp", "note", ["a=b"], {"a": (0, "b")}) == "a=b 0"
    named = {"n": (0, 3), "a": (1, "b")}
    assert call(modules, "lamp", "note", ["n=3", "a=b"], named) == "a=b 3"
    assert call(modules, "lamp", "everything", [1, "x=2", 3], {"x": (1, 2)}) == (1, "x=2", 3)


def test_a_parameter_given_twice_or_not_at_all_is_refused():
    modules = fresh()
    assert "<level: int>" in refusal(modules, "lamp", "set", [5, "level=5"], {"level": (1, 5)})
    assert "<level: int>" in refusal(modules, "lamp", "set", ["fade=5"], {"fade": (0, 5)})


def test_a_star_takes_any_number():
    modules = fresh()
    assert call(modules, "lamp", "everything", [1, 2, 3]) == (1, 2, 3)
    assert call(modules, "lamp", "everything") == ()


def test_module_and_function_must_be_names():
    modules = fresh()
    for module, function in (
        ("../x", "f"), ("m", "../f"), ("m", "f-g"), ("5", "f"), ("m", "f" * 33), ("m.n", "f"),
        ("é", "f"), ("m", "f\0"), ("lamp", ""), ("", "f"), ("lamp", "f\tg"),
    ):  # fmt: skip
        assert "expected <module> <function>" in refusal(modules, module, function), module


def test_an_unknown_module_is_refused_with_the_nearest_name():
    modules = fresh()
    assert refusal(modules, "lmap", "set") == "no module 'lmap', did you mean 'lamp'?"
    assert refusal(modules, "zzzzzzz", "set") == "no module 'zzzzzzz', 'help' lists all"


def test_an_unknown_function_is_refused_with_those_that_are_there():
    modules = fresh()
    text = refusal(modules, "crane", "angel")
    assert text == "crane has no function 'angel', it has: angle"
    assert modules.loaded() == []
    assert "it has: double" in refusal(modules, "plain", "triple")


def test_only_public_functions_of_the_module_itself_can_be_called():
    modules = fresh()
    for name in ("_hidden", "number", "asyncio", "as_text", "dumps", "CommandError", "__name__"):
        assert "has no function" in refusal(modules, "lamp", name), name
    unlisted = Modules("/nowhere/manual.tsv", Log(), own="/nowhere")
    for name in ("_hidden", "number", "asyncio", "as_text", "dumps", "CommandError", "__name__"):
        assert "has no function" in refusal(unlisted, "lamp", name), name
    assert call(unlisted, "lamp", "text", [5]) == 5


def test_a_function_that_is_only_in_the_manual_is_refused():
    assert "has no function 'missing'" in refusal(fresh(), "lamp", "missing")


def test_a_module_without_an_entry_is_called_unchecked():
    modules = fresh()
    assert call(modules, "plain", "double", [4]) == 8
    assert call(modules, "plain", "double", ["number=4"], {"number": (0, 4)}) == 8
    try:
        call(modules, "plain", "double")
    except TypeError:
        return
    raise AssertionError("the interpreter itself must complain")


def test_a_persons_own_file_shadows_the_manual():
    modules = Modules(FOLDER + "/manual.tsv", Log(), own=FOLDER)
    function, args, _ = modules.resolve("lamp", "everything", [], {})
    assert function(*args) == ()
    modules.resolve("lamp", "text", [1, 2, 3], {})  # the release's manual would refuse it
    assert shadowed(modules, "lamp") and not shadowed(modules, "crane")
    assert "expected lamp" not in refusal(modules, "lamp", "no_such")


OWN = 'own\t\t\tMine.\nown\tturn\t[["by","int"],["way","str","\'left\'"]]\tTurn.\n'


def test_what_lies_behind_the_code_of_a_persons_module_is_its_manual():
    code = b"M\x06\x00\xff\xfe not a line\tof text\n" * 9
    folder = "/tmp/micros-own-" + "".join(["%02x" % byte for byte in os.urandom(6)])
    os.mkdir(folder)
    name = folder + "/LM_own.mpy"
    with open(name, "wb") as file:
        file.write(code + OWN.encode() + b"~lm%06d" % len(code))
    try:
        modules = Modules(FOLDER + "/manual.tsv", Log(), own=folder)
        usage = "expected own turn <by: int> [way: str = 'left'], got "
        assert refusal(modules, "own", "turn") == usage + "0 arguments"
        assert refusal(modules, "own", "turn", [1, 2, 3]) == usage + "3 arguments"
        assert modules.functions("own") == ["turn"]
        assert shape(modules, "own", "turn") == (1, 2, ["by", "way"])
        assert shape(modules, "own", "other") is None  # what it has beside them is called unchecked
        for broken in (b"~lm99999x", b"~lm999999", b"", b"~lm"):
            with open(name, "wb") as file:
                file.write(code + OWN.encode() + broken)
            assert shape(modules, "own", "turn") is None
    finally:
        os.remove(name)
        os.rmdir(folder)


def test_a_missing_import_inside_a_module_is_not_a_missing_module():
    modules = fresh()
    for _ in range(2):  # nor the second time, when it might be half there
        try:
            modules.resolve("halfway", "run", [], {})
        except ImportError as error:
            assert "a_driver_that_is_missing" in str(error)
        else:
            raise AssertionError("not raised")


def test_a_module_of_the_manual_that_is_not_installed():
    assert refusal(fresh(), "crane", "angle", [5]).startswith("no module 'crane'")


def test_names_lists_all_without_importing():
    modules = fresh()
    assert modules.names() == ["crane", "lamp"]
    modules = Modules(FOLDER + "/manual.tsv", Log(), own=FOLDER)
    assert modules.names() == ["chained", "crane", "halfway", "lamp", "many", "meter", "plain"]
    assert modules.loaded() == []


def test_unload_forgets_a_module_and_its_state():
    modules = fresh()
    call(modules, "lamp", "set", [5])
    assert modules.loaded() == ["lamp"]
    assert sys.modules["LM_lamp"].told == [(5, "white", 0)]
    modules.unload("lamp")
    assert modules.loaded() == []
    call(modules, "lamp", "set", [6])
    assert sys.modules["LM_lamp"].told == [(6, "white", 0)]
    modules.unload("lamp")
    try:
        modules.unload("lamp")
    except CommandError as error:
        assert "got 'lamp'" in str(error)


def test_the_cache_of_signatures_is_bounded():
    modules = fresh()
    for _ in range(3):
        for function in ("text", "everything", "long"):
            call(modules, "lamp", function)
    for number in range(30):
        assert call(modules, "many", "f%d" % number) == number
        assert 0 < len(modules.ready) <= 24
