"""The text of crontasks: which entries it has, what each says, and why one is refused."""

from core.cron import each, entry
from core.explain import words

LONG = 5000  # characters of a long entry: a slow board is told to take fewer


def entries(text):
    return list(each(text))


def only(text):
    found = entries(text)
    assert len(found) == 1, [one.text for one in found]
    assert found[0].error is None, found[0].error
    return found[0]


def values(text):
    """Weekdays from Monday on, hours, minutes, seconds."""
    days, *times = only(text + "!m f").fields
    return [sorted([(day + 3) % 7 for day in days])] + [list(field) for field in times]


def refusal(text):
    found = entries(text)[0]
    assert found.error, text
    return found.error


def test_fields_are_weekday_hour_minute_second():
    assert values("0:7:30:15") == [[0], [7], [30], [15]]
    assert values("6:23:59:59") == [[6], [23], [59], [59]]
    every = values("*:*:*:*")
    assert [len(field) for field in every] == [7, 24, 60, 60]


def test_an_item_is_a_star_a_step_a_number_a_range_a_range_with_step_and_a_list_of_those():
    assert values("*:*/5:*/20:*/60")[1:] == [[0, 5, 10, 15, 20], [0, 20, 40], [0]]
    assert values("0-4:6-9:0-30/10:7")[0] == [0, 1, 2, 3, 4]
    assert values("0-4:6-9:0-30/10:7")[1:] == [[6, 7, 8, 9], [0, 10, 20, 30], [7]]
    assert values("1,3:1,3,*/12:5-7,6,0:0,59")[1:] == [[0, 1, 3, 12], [0, 5, 6, 7], [0, 59]]


def test_a_range_wraps_in_every_field():
    assert values("5-1:22-5:58-2:50-10/10") == [
        [0, 1, 5, 6],
        [0, 1, 2, 3, 4, 5, 22, 23],
        [0, 1, 2, 58, 59],
        [0, 10, 50],
    ]
    assert values("3-3:0:0:0")[0] == [3]


def test_leading_zeros_and_blanks_are_allowed():
    plain = values("0-4:7:5,6:0-30/10")
    assert values(" 00 - 04 : 007 : 05 , 6 : 0 - 030 / 010 ") == plain
    assert values("\t0-4 :7: 5 ,6: 0-30 /10") == plain
    assert only("  sunset  +  030 ! m f").offset == 1800


def test_the_sun_has_weekdays_and_an_offset_in_minutes():
    found = only("sunset!light on")
    assert (found.sun, found.offset, found.daily, len(found.fields)) == ("sunset", 0, True, 1)
    assert len(found.fields[0]) == 7
    assert only("sunrise-45!light off").offset == -2700
    assert only("sunrise+1440!light off").offset == 86400
    found = only("5-6:sunrise+5!light off")
    assert (found.sun, found.offset, found.daily) == ("sunrise", 300, False)
    assert list(found.fields[0]) == [2, 3]
    assert only("*:sunset!a b").daily


def test_fixed_is_what_names_hours():
    for text, fixed in (
        ("*:*:0:0", False), ("*:*/2:0:0", False), ("1:* / 2:0:0", False), ("*: * :0:0", False),
        ("*:0-23:0:0", True), ("*:*,5:0:0", True), ("*:*/2,5:0:0", True), ("*:7:0:0", True),
        ("sunset", True), ("0:sunrise+5", True),
    ):  # fmt: skip
        assert only(text + "!a b").fixed is fixed, text


def test_daily_is_a_weekday_written_as_a_star():
    for text, daily in (("*:1:2:3", True), ("0-6:1:2:3", False), ("*/1:1:2:3", False)):
        assert only(text + "!a b").daily is daily, text


def test_catching_up_is_for_fixed_entries_and_at_most_a_day():
    assert only("catchup=30 *:7:0:0!feeder feed").catchup == 30
    assert only("catchup=1440   sunset!light on").catchup == 1440
    for text, came in (
        ("catchup=0 *:7:0:0!a b", "expected catchup=1 to catchup=1440 and a blank, got"),
        ("catchup=1441 *:7:0:0!a b", "expected catchup=1 to catchup=1440 and a blank, got"),
        ("catchup=x *:7:0:0!a b", "expected catchup=1 to catchup=1440 and a blank, got"),
        ("catchup=30*:7:0:0!a b", "expected catchup=1 to catchup=1440 and a blank, got"),
        ("catchup=30 *:*/2:0:0!a b", "expected fixed hours after catchup=, got '*:*/2:0:0'"),
    ):
        assert came in refusal(text), text


def test_at_most_twelve_entries_catch_up_and_24_runs_a_day():
    found = entries("catchup=5 *:7:0:0!a b\n" * 13 + "*:8:0:0!a b")
    assert [index for index, one in enumerate(found) if one.error] == [12]
    limits = "expected at most 12 entries with catchup=, 24 runs a day, got more"
    assert found[12].error == limits
    found = entries("catchup=5 *:0-11:0,30:0!a b;catchup=5 sunset!a b;catchup=5 *:1:1:1!a b")
    assert [bool(one.error) for one in found] == [False, True, True]


def test_pieces_are_separated_by_semicolons_and_lines():
    for separator in (";", ";;", "\n", " ;\n ;; ", "\r\n"):
        found = entries("*:1:0:0!a b" + separator + "2:2:0:0!c d" + separator)
        assert [one.text for one in found] == ["*:1:0:0!a b", "2:2:0:0!c d"], separator


def test_what_does_not_begin_with_a_time_is_a_further_command_of_the_entry_before():
    found = entries("*:1:0:0!a b; c d;;sunset_lamp on\ne f;sunset!g h;i j;catchup=5 *:1:1:1!k l")
    assert [one.commands for one in found] == [
        ["a b", "c d", "sunset_lamp on", "e f"],
        ["g h", "i j"],
        ["k l"],
    ]
    assert found[0].text == "*:1:0:0!a b;c d;sunset_lamp on;e f"


def test_quotes_and_brackets_hold_what_separates():
    for text in (
        "oled text 'a;b # c'", 'oled text "it\\"s; ok"', "oled text msg='x;y'", "m f [1,\"a;b\"]",
        'm f {"a": ["b;]", 1]}', "m f('a;b', x=\"c;d\")", "oled text don't",
    ):  # fmt: skip
        found = entries("*:1:0:0!" + text + ";*:2:0:0!c d")
        assert [one.commands for one in found] == [[text], ["c d"]], text
        assert not found[0].error and not found[1].error


def test_a_quote_within_a_word_is_no_quote():
    found = entries("*:1:0:0!oled text don't;*:2:0:0!oled text isn't")
    assert [one.commands[0] for one in found] == ["oled text don't", "oled text isn't"]


def test_what_is_not_closed_ends_with_its_line_and_refuses_its_entry_alone():
    for opened in ("'", '"', "[1", '{"a": [1]', "('"):
        found = entries("*:1:0:0!m f " + opened + "x;*:2:0:0!c d\n*:3:0:0!e f; g h")
        assert len(found) == 2, opened
        assert "expected a closing" in found[0].error
        assert found[1].error is None
        assert found[1].commands == ["e f", "g h"]


def test_a_remark_begins_a_line_or_stands_between_blanks():
    found = entries(
        "# morning; *:1:1:1!x y\n*:1:0:0!a b # why; *:2:2:2!x y\n"
        "*:2:0:0!rgb color #ff8000;# no remark\n#*:1:1:1!x y\n*:3:0:0!c d #\n;e f # g"
    )
    assert [one.commands for one in found] == [
        ["a b"],
        ["rgb color #ff8000", "# no remark"],
        ["c d", "e f"],
    ]
    assert only("*:1:0:0!a b # c\n'd;e' f").commands == ["a b", "'d;e' f"]
    assert entries("# all of it") == entries("") == entries(" ;\n;; ") == []


def test_texts_of_the_first_release_mean_what_they_said():
    found = entries("1:8:0:0!system heartbeat();*:*:*:30!rgb toggle(smooth=False)")
    assert [one.commands for one in found] == [["system heartbeat()"], ["rgb toggle(smooth=False)"]]
    assert values("1:8:0:0") == [[1], [8], [0], [0]]


def test_texts_of_today_mean_what_they_say():
    found = entries(
        "# lamps\n0-4:7:30:0!neopixel toggle True;; sunset+30!rgb toggle;cct brightness 20\n"
        "5-1:sunrise-10!light off"
    )
    assert [one.commands for one in found] == [
        ["neopixel toggle True"],
        ["rgb toggle", "cct brightness 20"],
        ["light off"],
    ]
    assert values("5-1:0:0:0")[0] == sorted([(day + 3) % 7 for day in found[2].fields[0]])


def test_a_refusal_says_what_was_expected_and_what_came_keeps_its_place_and_stops_no_other():
    found = entries("*:24:0:0!light toggle;*:1:0:0!c d")
    assert found[0].error == ("expected H 0-23 as *, */n, a, a-b or a-b/n, n 1-24, got '24'")
    assert found[1].error is None


def test_what_is_refused():
    form = "%s as *, */n, a, a-b or a-b/n, n 1-%d, got '%s'"
    for text, came in (
        ("7:1:0:0!a b", form % ("WD 0-6", 7, "7")),
        ("*:1:60:0!a b", form % ("M 0-59", 60, "60")),
        ("*:1:0:0-60!a b", form % ("S 0-59", 60, "0-60")),
        ("*:5/2:0:0!a b", form % ("H 0-23", 24, "5/2")),
        ("*:*/0:0:0!a b", form % ("H 0-23", 24, "*/0")),
        ("*:*/25:0:0!a b", form % ("H 0-23", 24, "*/25")),
        ("*:*:*/70:0!a b", form % ("M 0-59", 60, "*/70")),
        ("*:*:0:0-30/61!a b", form % ("S 0-59", 60, "0-30/61")),
        ("*/8:1:0:0!a b", form % ("WD 0-6", 7, "*/8")),
        ("0-4/8:sunset!a b", form % ("WD 0-6", 7, "0-4/8")),
        ("*:1-:0:0!a b", form % ("H 0-23", 24, "1-")),
        ("*:-1:0:0!a b", form % ("H 0-23", 24, "-1")),
        ("*:1,,2:0:0!a b", form % ("H 0-23", 24, "")),
        ("*:1 2:0:0!a b", form % ("H 0-23", 24, "1 2")),
        ("*:* *:0:0!a b", form % ("H 0-23", 24, "* *")),
        ("*:²:0:0!a b", form % ("H 0-23", 24, "²")),
        ("*:1.5:0:0!a b", form % ("H 0-23", 24, "1.5")),
        ("*:" + "0" * LONG + "1:0:0!a b", form[2:-4] % 24),
        ("*:" + "9" * LONG + ":0:0!a b", form[2:-4] % 24),
        ("8:sunset!a b", form % ("WD 0-6", 7, "8")),
        ("sunset+1441!a b", "sunset+ or - 0-1440 minutes, got '1441'"),
        ("sunset+!a b", "expected WD:H:M:S or WD:sunset, got 'sunset+'"),
        ("sunset 30!a b", "expected WD:H:M:S or WD:sunset, got 'sunset 30'"),
        ("*:1:0:0!a b;sunset 30!a b", "expected WD:H:M:S or WD:sunset, got 'sunset 30'"),
        ("1:2:sunset!a b", "expected WD:H:M:S or WD:sunset, got '1:2:sunset'"),
        ("1:2:3!a b", "expected WD:H:M:S or WD:sunset, got '1:2:3'"),
        ("1:2:3:4:5!a b", "expected WD:H:M:S or WD:sunset, got '1:2:3:4:5'"),
        ("*:1:0:0", "expected WD:H:M:S!command or sunset!command, got '*:1:0:0'"),
        ("*:1:0:0! ;a b;", "expected WD:H:M:S!command or sunset!command, got '*:1:0:0'"),
        ("light on", "expected WD:H:M:S!command or sunset!command, got 'light on'"),
    ):
        found = entries(text)[-1]
        assert came in found.error, (text[:40], found.error)


def test_a_refusal_does_not_repeat_a_long_entry_whole():
    assert len(refusal("*:24:0:0!" + "x" * LONG)) < 200


def test_an_entry_can_be_had_again_from_its_own_text():
    for one in each(" 0-4 :7:30:0 ! a b ;; c 'd;e' # f\ncatchup=5 sunset-3!g h;\nsunrise!i j"):
        again = entry(one.text)
        assert again.text == one.text and again.key == one.key and not again.error
        assert again.commands == one.commands and list(again.fields) == list(one.fields)
        assert (again.sun, again.offset, again.fixed) == (one.sun, one.offset, one.fixed)
        assert (again.daily, again.catchup) == (one.daily, one.catchup)
    assert entry("*:1:0:0!a b").key != entry("*:1:0:0!a c").key


def test_an_entry_in_words():
    for text, said in (
        ("0-4:7:30:0!light on; fan off", "on Mon Tue Wed Thu Fri, hour 7, minute 30, second 0: "
         "light on; fan off"),
        ("*:*:*/20:5,6!a b", "every day, every hour, minute 0 20 40, second 5 6: a b"),
        ("sunset!a b", "every day at sunset: a b"),
        ("5-6:sunrise-45!a b", "on Sat Sun 45 min before sunrise: a b"),
        ("catchup=90 6,0:sunset+1!a b", "on Mon Sun 1 min after sunset; missed while off: "
         "up to 90 min late: a b"),
    ):  # fmt: skip
        assert words(only(text)) == said, words(only(text))
