"""The grammar: what each line means, and how a wrong one is refused."""

from core.errors import CommandError
from core.executor import parse
from core.grammar import value


def only(text):
    commands = parse(text)
    assert len(commands) == 1, commands
    return commands[0]


def args(text):
    return only("m f " + text).args


def refusal(text):
    try:
        parse(text)
    except CommandError as error:
        return str(error)
    raise AssertionError("not refused: " + text)


def same(found, wanted):
    """Equal and of the same type: 1 is not True, and not 1.0."""
    return found == wanted and type(found) is type(wanted)


def test_words_are_module_function_arguments():
    command = only("light toggle 5 red")
    assert (command.module, command.function, command.args) == ("light", "toggle", [5, "red"])
    assert command.delay is None and not command.anew and not command.json


def test_blanks_of_every_kind_and_number_separate():
    assert only("  light \t toggle   5\t").args == [5]
    assert only("  light \t toggle   '5'\t").args == ["5"]


def test_numbers_follow_our_own_grammar():
    for text, wanted in (
        ("0", 0), ("7", 7), ("-7", -7), ("1.5", 1.5), ("-0.25", -0.25), (".5", 0.5),
        ("1e3", 1000.0), ("2E-1", 0.2), ("123456789012", 123456789012),
    ):  # fmt: skip
        assert same(value(text), wanted), text
        assert same(args(text)[0], wanted), text


def test_what_looks_almost_like_a_number_is_a_string():
    for text in (
        "007 00 01.5 1_000 nan inf -inf Infinity 0x1f 1e999 -1e999 +5 5. 1.e3 - . -. 1-2 1e 1e5-3 "
        "192.168.1.7 12:30 3px --5 -. e5 ²"
    ).split():
        assert same(value(text), text), text
        assert args(text) == [text], text


def test_the_three_constants():
    assert args("True False None true none") == [True, False, None, "true", "none"]


def test_quotes_keep_blanks_and_signs():
    assert args("\"a b\" 'c; d' '# e' \"it's\" 'say \"x\"' ''") == [
        "a b", "c; d", "# e", "it's", 'say "x"', "",
    ]  # fmt: skip
    assert args("'5' 'True'") == ["5", "True"]


def test_escapes_inside_quotes():
    assert args(r"'a\'b' 'c\\' '\n\t' '\x' 'C:\\new'") == ["a'b", "c\\", "\n\t", "\\x", "C:\\new"]


def test_a_quote_inside_a_word_is_a_letter():
    assert args("it's 5\" o'clock") == ["it's", '5"', "o'clock"]


def test_json_lists_and_objects():
    assert args('[1, 2.5, "a b", null] {"k": [true, {"x": "]}"}]}') == [
        [1, 2.5, "a b", None],
        {"k": [True, {"x": "]}"}]},
    ]
    assert "expected JSON" in refusal("m f [1,,]x") or "blank" in refusal("m f [1,,]x")
    assert "expected JSON" in refusal("m f [nothing]")


def test_brackets_nest_eight_deep_and_no_deeper():
    assert args("[" * 8 + "]" * 8) == [[[[[[[[[]]]]]]]]]
    assert "8 nested" in refusal("m f " + "[" * 9 + "]" * 9)
    assert "8 nested" in refusal("m f " + "[" * 900)


def test_what_is_opened_must_be_closed():
    assert "closing ]" in refusal("m f [1, 2") or "closing bracket" in refusal("m f [1, 2")
    assert 'closing "' in refusal('m f "abc')
    assert "closing '" in refusal("m f 'abc\\'")
    assert "blank" in refusal("m f 'abc'def")


def test_named_arguments_keep_place_and_text():
    command = only("m f 1 r=10 name='a b' list=[1,2] 2")
    assert command.args == [1, "r=10", "name='a b'", "list=[1,2]", 2]
    assert command.named == {"r": (1, 10), "name": (2, "a b"), "list": (3, [1, 2])}
    assert only("m f empty=").named == {"empty": (0, "")}


def test_a_name_must_be_an_identifier():
    assert only("m f =5 5=5 a-b=5 http://x/?a=5").named == {}
    assert only("m f http://x/?a=5").args == ["http://x/?a=5"]


def test_a_name_given_twice_is_refused():
    assert "'r='" in refusal("m f r=1 r=2")


def test_a_hash_is_a_comment_only_at_the_start_or_between_blanks():
    assert args("#ff8000") == ["#ff8000"]
    assert args("a#b 1 # rest; of 'the line") == ["a#b", 1]
    assert args("1 #") == [1]
    assert parse("# all of it") == [] and parse("#all of it") == []
    assert args("1 #5 # x") == [1, "#5"]


def test_a_semicolon_separates_commands():
    commands = parse("a b 1; c d 'x;y';; e f ;")
    assert [(c.module, c.function, c.args) for c in commands] == [
        ("a", "b", [1]),
        ("c", "d", ["x;y"]),
        ("e", "f", []),
    ]
    assert [c.module for c in parse("a b # one; two\nc d")] == ["a", "c"]


def test_nothing_is_no_command():
    assert parse("") == parse("   ") == parse(";;") == parse(" ; # x\n ") == []


def test_the_form_of_v0_4():
    for text in (
        "m f(1, 'a, b', r=10, word)",
        "m f (1,'a, b',r = 10,word)",
        "m f(1,'a, b',r=10,word,)",
    ):
        command = only(text)
        assert command.args[:2] == [1, "a, b"] and command.args[3] == "word", text
        assert command.named == {"r": (2, 10)}, text
    assert only("m f()").args == [] and only("m f( )").args == []
    assert only('m f([1, 2], {"a": 1})').args == [[1, 2], {"a": 1}]
    assert only("m f(two words)").args == ["two words"]


def test_the_form_of_v0_4_in_a_line_of_several():
    commands = parse("a b(1);c d(2) & 50; e f")
    assert [c.args for c in commands] == [[1], [2], []]
    assert commands[1].delay == 50


def test_the_form_of_v0_4_must_be_whole():
    for text in ("m f(", "m f(1", "m f(1,", "m f(,)", "m f(1; a b)", "m f(1,,2)"):
        assert "')'" in refusal(text), text
    assert "end of the command" in refusal("m f(1) 2")
    assert "<function>" in refusal("m(1)") and "<function>" in refusal("(1)")


def test_json_answers():
    assert only("m f 1 >json").json and only("m f(1) >json").json
    assert only("m f >jso").args == [">jso"]
    assert "end of the command" in refusal("m f >json 5")


def test_background_once():
    for text, delay in (("&", 0), ("&0", 0), ("&500", 500), ("& 500", 500)):
        command = only("m f 1 " + text)
        assert (command.delay, command.anew, command.args) == (delay, False, [1]), text


def test_background_again_and_again():
    for text, delay in (("&&", 20), ("&&20", 20), ("&& 1000", 1000)):
        command = only("m f " + text)
        assert (command.delay, command.anew) == (delay, True), text
    command = only("m f >json &&50")
    assert command.json and command.delay == 50


def test_background_names_its_range():
    assert "20-86400000" in refusal("m f && 19") and "19" in refusal("m f && 19")
    for text in ("&&-5", "& 86400001", "&x", "&&&", "& 1.5", "&True"):
        assert "ms" in refusal("m f " + text), text
    assert "end of the command" in refusal("m f & 5 6")
    assert "end of the command" in refusal("m f & &&")


def test_one_word_is_refused_with_what_is_missing():
    assert refusal("hlep") == "expected <module> <function>, got 'hlep'"
    assert "<function>" in refusal("'hlep'")
