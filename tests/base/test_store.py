# ruff: noqa: UP031 - the dialect of MicroPython
"""A dictionary kept in a file, and what damage does to it."""

import json

from core.store import load, save
from fakes import folder, read, write

OLD = {"devfid": "old", "text": "äöü", "list": [1, 2.5, None, True]}
NEW = {"devfid": "new", "text": "x" * 40}


def kept():
    """Save the old content, then the new; return where."""
    path = folder() + "/kept.json"
    save(path, OLD)
    save(path, NEW)
    return path


def test_what_is_saved_is_loaded_without_a_complaint():
    assert load(kept()) == (NEW, None)


def test_the_content_before_is_kept_as_a_file_of_its_own():
    path = kept()
    assert load(path + ".prev") == (OLD, None)


def test_nothing_kept_is_none_and_says_so():
    path = folder() + "/kept.json"
    assert load(path) == (None, path + " is missing")


def test_cut_at_any_length_the_new_or_the_old_content_is_found_and_reported():
    path = kept()
    whole = read(path)
    text = whole.index(b"\n")
    for length in range(len(whole)):
        write(path, whole[:length])
        found, problem = load(path)
        if length in (text, text + 1, len(whole) - 1):  # the whole of the JSON, or the checksum
            assert found == NEW, length
        else:
            assert found == OLD, length
            assert problem == "%s is damaged; %s.prev was used" % (path, path)


def test_with_any_byte_changed_the_old_content_is_found_and_reported():
    path = kept()
    whole = read(path)
    for index in range(len(whole) - 1):
        for flip in (1, 0x20, 0x80, 0xFF):
            damaged = bytearray(whole)
            damaged[index] ^= flip
            write(path, damaged)
            found, problem = load(path)
            if found == NEW:  # a hex digit of the checksum as a capital is the same number
                assert damaged.lower() == whole.lower(), (index, flip)
            else:
                assert found == OLD
                assert problem


def test_a_damaged_file_does_not_take_the_place_of_the_last_good_one():
    path = kept()
    write(path, b"{")
    save(path, NEW)
    assert load(path) == (NEW, None)
    assert load(path + ".prev") == (OLD, None)


def test_a_lost_file_leaves_the_one_before():
    path = kept()
    write(path, b"")
    assert load(path)[0] == OLD


def test_both_damaged_is_none_and_says_so():
    path = kept()
    write(path, b"\xff\x00")
    write(path + ".prev", b"[]")
    found, problem = load(path)
    assert found is None
    assert "damaged" in problem


def test_a_json_object_written_by_hand_is_good():
    path = folder() + "/kept.json"
    write(path, b'{\n  "devfid": "lamp"\n}\n')
    assert load(path) == ({"devfid": "lamp"}, None)


def test_a_json_object_written_by_hand_and_cut_at_any_length_is_not_taken_for_whole():
    path = folder() + "/kept.json"
    text = json.dumps({"a": {"b": [{"c": "}"}, 1]}, "d": "\\"}).encode()
    for length in range(len(text)):
        write(path, text[:length])
        assert load(path)[0] is None, text[:length]
    write(path, text)
    assert load(path)[0]["d"] == "\\"
