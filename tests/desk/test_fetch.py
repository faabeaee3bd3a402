"""Firmware fetched from a web server on this machine: right, or one sentence, whatever it does."""

import hashlib
import io
import json
import threading
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from email.message import Message
from pathlib import Path

import pytest

from benchmarks.nodes import run_to_end
from tests.support import official
from tests.support.boards import engine_cache
from tests.support.downloads import Downloads, Handler, serving
from toolkit.model import catalogue, files
from toolkit.model.catalogue import Entry
from toolkit.model.chip import Chip
from toolkit.model.errors import EngineError, InputError
from toolkit.model.image import Image
from toolkit.operations import fetch, images
from toolkit.operations.fetch import Source
from toolkit.transport.download import Bounds, Redirects

NAME = "ESP32_GENERIC-20251209-v1.27.0.bin"
CONTENT = official.provide(engine_cache(), [NAME])[NAME].read_bytes()
OTHER = "ESP32_GENERIC_C3-20251209-v1.27.0.bin"
OTHER_CONTENT = official.provide(engine_cache(), [OTHER])[OTHER].read_bytes()
(ENTRY,) = (it for it in catalogue.entries() if it.file == NAME)
UNPROVED = replace(ENTRY, size=0, sha256="")
BOUNDS = Bounds(most=4 << 20, silence=10.0, tries=3)
HALF = len(CONTENT) // 2


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Downloads]:
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.delenv(name, raising=False)
    with serving({NAME: CONTENT}) as downloads:
        yield downloads


class Desk:
    """Fetches into a folder."""

    def __init__(self, server: Downloads, folder: Path, bounds: Bounds = BOUNDS) -> None:
        self.folder = folder / "firmware"
        self._source = Source(server.base, self.folder, bounds)
        self.part = self.folder / f"{NAME}.part"
        self.file = self.folder / NAME

    def fetch(self, entry: Entry = ENTRY) -> Image:
        return run_to_end(fetch.fetch(entry, self._source))

    def refused(self, kind: type[Exception], entry: Entry = ENTRY) -> str:
        with pytest.raises(kind) as refused:
            self.fetch(entry)
        assert not self.file.exists()
        assert "\n" not in str(refused.value)
        return str(refused.value)


@pytest.fixture
def desk(server: Downloads, tmp_path: Path) -> Desk:
    return Desk(server, tmp_path)


def test_what_is_fetched_is_the_file_of_the_catalogue_and_is_not_fetched_again(
    server: Downloads, desk: Desk
) -> None:
    found = desk.fetch()
    assert (found.path, found.build, found.version) == (desk.file, "ESP32_GENERIC", "1.27.0")
    assert desk.file.read_bytes() == CONTENT
    assert not desk.part.exists()
    assert desk.fetch() == found
    assert server.asked == [(f"/firmware/{NAME}", "")]


def test_what_lies_there_under_that_name_and_is_another_file_is_put_aside(desk: Desk) -> None:
    desk.folder.mkdir()
    desk.file.write_bytes(b"mine")
    desk.fetch()
    assert desk.file.read_bytes() == CONTENT
    assert desk.file.with_name(f"{NAME}.bad").read_bytes() == b"mine"


def test_a_download_that_is_cut_goes_on_where_it_ended(server: Downloads, desk: Desk) -> None:
    cuts = iter([HALF])

    def cut(request: Handler, content: bytes) -> bool:
        size = next(cuts, 0)
        if size:
            request.give(content[:size], length=len(content))
        return bool(size)

    server.act = cut
    desk.fetch()
    assert [how for _, how in server.asked] == ["", f"bytes={HALF}-"]
    assert desk.file.read_bytes() == CONTENT


def test_one_that_is_cut_again_and_again_is_given_up_and_the_next_command_goes_on(
    server: Downloads, desk: Desk
) -> None:
    def cut(request: Handler, content: bytes) -> bool:
        begin = int(request.headers.get("Range", "bytes=0-")[6:-1])
        request.give(content[: begin + 1000], length=len(content) - begin)
        return True

    server.act = cut
    sentence = desk.refused(EngineError)
    assert "was cut 3 times" in sentence
    assert "3000 B of it are kept: repeat the command to go on" in sentence
    server.act = None
    desk.fetch()
    assert server.asked[-1][1] == "bytes=3000-"
    assert desk.file.read_bytes() == CONTENT


def test_a_server_that_cannot_go_on_gives_it_all_anew(server: Downloads, desk: Desk) -> None:
    desk.folder.mkdir()
    desk.part.write_bytes(CONTENT[:5000])

    def whole(request: Handler, content: bytes) -> bool:
        del request.headers["Range"]
        request.give(content)
        return True

    server.act = whole
    desk.fetch()
    assert desk.file.read_bytes() == CONTENT


@pytest.mark.parametrize("before", [b"?" * 5000, CONTENT + b"more"])
def test_what_was_kept_of_something_else_is_dropped(
    server: Downloads, desk: Desk, before: bytes
) -> None:
    desk.folder.mkdir()
    desk.part.write_bytes(before)
    desk.fetch()
    assert desk.file.read_bytes() == CONTENT
    assert server.asked[-1][1] == ""


def test_another_content_than_expected_is_not_kept(server: Downloads, desk: Desk) -> None:
    server.files[NAME] = CONTENT[:-1] + b"?"
    sentence = desk.refused(InputError)
    assert "is not the file that is expected: its SHA-256 is" in sentence
    assert "the catalogue's is aa4be80ec695…; nothing was written" in sentence
    assert not desk.part.exists()


def test_more_than_expected_is_not_even_read(server: Downloads, desk: Desk) -> None:
    server.files[NAME] = CONTENT + b"?"
    assert f"more than {len(CONTENT)} B" in desk.refused(EngineError)
    assert not desk.part.exists()

    def endless(request: Handler, content: bytes) -> bool:  # that says nothing of its size
        request.send_response(200)
        request.send_header("Content-Type", "application/octet-stream")
        request.end_headers()
        while not server.over.is_set():
            try:
                request.wfile.write(bytes(1 << 16))
            except OSError:
                break
        return True

    server.act = endless
    assert f"more than {BOUNDS.most} B" in desk.refused(EngineError, UNPROVED)


def test_a_login_page_instead_of_the_file(server: Downloads, desk: Desk) -> None:
    def page(request: Handler, content: bytes) -> bool:
        request.send_response(200)
        request.send_header("Content-Type", "text/html; charset=utf-8")
        request.end_headers()
        request.wfile.write(b"<html>welcome to the hotel")
        return True

    server.act = page
    assert "a web page came instead of" in desk.refused(EngineError)
    assert not desk.part.exists()


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        (404, "is not there any more (HTTP 404)"),
        (410, "is not there any more (HTTP 410)"),
        (503, f"does not give {NAME} (HTTP 503): try again later"),
    ],
)
def test_a_file_that_is_not_there(server: Downloads, desk: Desk, code: int, sentence: str) -> None:
    def refuse(request: Handler, content: bytes) -> bool:
        request.send_error(code)
        return True

    server.act = refuse
    assert sentence in desk.refused(EngineError)
    assert len(server.asked) == 1


def test_a_redirect_is_followed_and_one_in_a_circle_ends(server: Downloads, desk: Desk) -> None:
    elsewhere = target = f"/elsewhere/{NAME}"

    def redirect(request: Handler, content: bytes) -> bool:
        if request.path == elsewhere:
            return False
        request.send_response(302)
        request.send_header("Location", target)
        request.end_headers()
        return True

    server.act = redirect
    desk.fetch()
    assert [path for path, _ in server.asked] == [f"/firmware/{NAME}", elsewhere]
    desk.file.unlink()
    target = f"/firmware/{NAME}"
    assert "does not give" in desk.refused(EngineError)


def test_a_server_that_falls_silent_or_drips_is_given_up(server: Downloads, tmp_path: Path) -> None:
    def silent(request: Handler, content: bytes) -> bool:
        server.over.wait()
        return True

    def half(request: Handler, content: bytes) -> bool:
        begin = int(request.headers.get("Range", "bytes=0-")[6:-1])
        request.give(content[: begin + HALF // 2], length=len(content) - begin)
        server.over.wait()
        return True

    def drip(request: Handler, content: bytes) -> bool:
        request.send_response(200)
        request.end_headers()
        request.wfile.write(b"?")
        server.over.wait()
        return True

    server.act = silent
    desk = Desk(server, tmp_path, Bounds(silence=0.2))
    assert "did not answer for 0.2 s: is there Internet here?" in desk.refused(EngineError)
    server.act = half
    desk = Desk(server, tmp_path, Bounds(silence=2.0, tries=2))
    assert "was cut 2 times (nothing came for 2 s)" in desk.refused(EngineError)
    server.act = drip
    impatient = Desk(server, tmp_path / "other", Bounds(rate=1 << 40))
    assert "the download is slower than" in impatient.refused(EngineError, UNPROVED)


def test_without_internet_it_is_one_sentence(server: Downloads, tmp_path: Path) -> None:
    server.base = "http://127.0.0.1:9/firmware"
    sentence = Desk(server, tmp_path).refused(EngineError)
    assert sentence == (
        "127.0.0.1 cannot be reached (Connection refused): is there Internet here? "
        f"(or download {NAME} elsewhere, and name the file with --firmware)"
    )


def test_a_proxy_of_the_environment_is_asked(
    server: Downloads, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", server.base.removesuffix("/firmware"))
    monkeypatch.setenv("no_proxy", "")
    server.base = "http://no-such-host.invalid"
    desk = Desk(server, tmp_path)
    desk.fetch()
    assert server.asked == [(f"http://no-such-host.invalid/{NAME}", "")]


def test_where_nobody_has_verified_a_hash_the_first_one_is_kept_and_counts(
    server: Downloads, desk: Desk
) -> None:
    desk.fetch(UNPROVED)
    known = json.loads((desk.folder / "hashes.json").read_text())
    assert known == {NAME: hashlib.sha256(CONTENT).hexdigest()}
    desk.file.unlink()
    server.files[NAME] = CONTENT + b"?"
    sentence = desk.refused(InputError, UNPROVED)
    assert "that of the first download is aa4be80ec695…" in sentence
    server.files[NAME] = CONTENT
    desk.fetch(UNPROVED)


def test_a_first_download_that_ends_before_its_name_is_given_is_known_by_its_hash(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ended(part: Path, path: Path) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(files, "settle", ended)
        with pytest.raises(KeyboardInterrupt):
            desk.fetch(UNPROVED)
    known = json.loads((desk.folder / "hashes.json").read_text())
    assert known == {NAME: hashlib.sha256(CONTENT).hexdigest()}
    assert not desk.file.exists()
    desk.part.rename(desk.file)
    with open(desk.file, "rb+") as torn:
        torn.write(bytes(4096))  # as after a power cut
    desk.fetch(UNPROVED)
    assert desk.file.read_bytes() == CONTENT
    assert desk.file.with_name(f"{NAME}.bad").exists()


def test_a_piece_of_an_earlier_run_is_taken_only_where_a_hash_can_tell_it(
    server: Downloads, desk: Desk
) -> None:
    desk.folder.mkdir()
    desk.part.write_bytes(CONTENT[: HALF - 1000] + bytes(1000))
    desk.fetch(UNPROVED)
    assert desk.file.read_bytes() == CONTENT
    assert server.asked == [(f"/firmware/{NAME}", "")]


def test_a_torn_file_under_the_name_of_a_download_is_not_offered(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The hash of an image for a drive is not in it."""
    monkeypatch.setenv("MICROS_USER_DATA", str(desk.folder.parent))
    desk.fetch(UNPROVED)
    chip = Chip("esp32", "24:0a:c4:00:00:01", "4MB")
    found = images.offer(chip, None, desk.folder)
    assert [it.path for it in found.fitting] == [desk.file]
    assert images.checked(found.fitting[0], chip)
    (desk.folder / "hashes.json").write_text(json.dumps({NAME: "0" * 64}))
    monkeypatch.setattr(catalogue, "entries", lambda: (UNPROVED,))
    again = images.offer(chip, None, desk.folder)
    assert not again.fitting
    (why,) = again.refused
    assert why.startswith(f"{NAME} is not what was downloaded: ")
    with pytest.raises(InputError, match="is not what was downloaded"):
        images.checked(found.fitting[0], chip)


def test_an_image_for_something_else_is_not_taken_for_what_its_name_says(
    server: Downloads, desk: Desk
) -> None:
    server.files[NAME] = OTHER_CONTENT
    sentence = desk.refused(InputError, UNPROVED)
    assert sentence.endswith("is MicroPython 1.27.0 for ESP32_GENERIC_C3: nothing was written")
    server.files[NAME] = b"\xe9 something"
    assert "is not a whole firmware image" in desk.refused(InputError, UNPROVED)
    assert not (desk.folder / "hashes.json").exists()


def test_hashes_that_cannot_be_read_stop_it(server: Downloads, desk: Desk) -> None:
    desk.folder.mkdir()
    (desk.folder / "hashes.json").write_text("[broken")
    assert "cannot be read: mend or remove it" in desk.refused(InputError, UNPROVED)
    assert server.asked == []


def test_two_that_fetch_the_same_at_once_end_with_the_same_file(
    server: Downloads, desk: Desk
) -> None:
    found: list[Image] = []
    threads = [threading.Thread(target=lambda: found.append(desk.fetch())) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 2
    assert found[0] == found[1]
    assert len(server.asked) == 1


def test_a_redirect_that_leaves_encryption_behind_is_not_followed() -> None:
    request = urllib.request.Request(f"https://micropython.org/{NAME}")
    with pytest.raises(EngineError, match="sends on to http://other/x, which is not encrypted"):
        Redirects().redirect_request(request, io.BytesIO(), 302, "", {}, "http://other/x")
    followed = Redirects().redirect_request(
        request, io.BytesIO(), 302, "", Message(), "https://other/x"
    )
    assert followed
    assert followed.full_url == "https://other/x"


@pytest.mark.parametrize("mirror", ["junk", "ftp://mirror", "file:///etc", "https://", "http:///x"])
def test_a_mirror_that_is_none_is_told_before_anything_is_fetched(
    mirror: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MICROS_DOWNLOADS", mirror)
    with pytest.raises(InputError, match="MICROS_DOWNLOADS: expected http://… or https://…, got "):
        fetch.source()
