"""What an image is, and which board it is for: told by the official ones, and by what is none."""

import hashlib
import os
import re
import struct
from dataclasses import replace
from functools import reduce
from operator import xor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support import official
from tests.support.boards import engine_cache
from toolkit.model import catalogue, chip, image
from toolkit.model.chip import NO_PSRAM, Chip
from toolkit.model.errors import InputError
from toolkit.model.image import AIR, CABLE, DRIVE, Image
from toolkit.operations import firmware, images, which_image
from toolkit.operations.which_image import Wish
from toolkit.virtual import image as virtual_image
from toolkit.virtual import partitions

STOCK = official.provide(engine_cache())
V127, V124 = "20251209-v1.27.0", "20241129-v1.24.1"
ESP32 = STOCK[f"ESP32_GENERIC-{V127}.bin"]
S3, S3_OCT = STOCK[f"ESP32_GENERIC_S3-{V127}.bin"], STOCK[f"ESP32_GENERIC_S3-SPIRAM_OCT-{V127}.bin"]
OLD = STOCK[f"ESP32_GENERIC_S3-{V124}.bin"]
TINY, PICO = STOCK[f"UM_TINYPICO-{V127}.bin"], STOCK[f"RPI_PICO_W-{V127}.uf2"]
APP_AT = 0x10000 - 0x1000  # where the program begins in an image for an ESP32
MAC = "24:0a:c4:00:00:01"
BOARD = Chip("esp32", MAC, "4MB", "ESP32-D0WD-V3", "v3.0")
C3 = STOCK[f"ESP32_GENERIC_C3-{V127}.bin"]
BOARD_C3 = Chip("esp32c3", MAC, "4MB", "ESP32-C3", "v0.2", NO_PSRAM)
BOARD_S3 = Chip("esp32s3", MAC, "8MB", "ESP32-S3", "v0.2", NO_PSRAM)


def written(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def refusal(path: Path) -> str:
    with pytest.raises(InputError) as refused:
        image.read(path)
    sentence = str(refused.value)
    assert sentence.startswith(f"{path} is ")
    assert "\n" not in sentence
    return sentence.removeprefix(f"{path} is ")


@pytest.mark.parametrize("name", official.NAMES)
def test_an_official_image_tells_what_it_is(name: str) -> None:
    build, date, version = name.rsplit(".", 1)[0].rsplit("-", 2)
    found = image.read(STOCK[name])
    assert f"v{found.version}" == version
    assert found.date.replace("-", "") == date
    if found.number >= (1, 25):  # older ones do not tell their build
        assert found.build == build
    assert found.kind == (DRIVE if name.endswith(".uf2") else CABLE)
    assert found.psram == ("SPIRAM" in name)
    assert found.flash == (4 << 20 if found.kind == CABLE else 876032)
    assert not found.virtual


def test_the_catalogue_names_the_official_images_with_their_sizes_and_hashes() -> None:
    listed = {it.file: it for it in catalogue.entries() if it.sha256}
    assert set(listed) == set(STOCK) - {OLD.name}
    for name, entry in listed.items():
        content = STOCK[name].read_bytes()
        assert (len(content), hashlib.sha256(content).hexdigest()) == (entry.size, entry.sha256)
        assert name.startswith(f"{entry.build}-")
        assert f"-v{entry.version}." in name
    unproved = {it.build for it in catalogue.entries() if not it.sha256}
    assert unproved == {"ESP32_GENERIC-SPIRAM", "ESP8266_GENERIC"}


@pytest.mark.parametrize(
    ("path", "board", "why"),
    [
        (ESP32, BOARD, ""),
        (TINY, BOARD, ""),
        (S3, BOARD_S3, ""),
        (S3_OCT, replace(BOARD_S3, psram="8MB"), ""),
        (S3_OCT, replace(BOARD_S3, psram=""), ""),  # it cannot be known: a warning, no refusal
        (PICO, Chip("pico_w", "", ""), ""),
        (S3, BOARD, "is made for ESP32-S3, and the board is esp32"),
        (PICO, BOARD, "is made for RP2040, and the board is esp32, which takes a .bin image"),
        (ESP32, Chip("pico_w", "", ""), "is made for ESP32, and the board is pico_w, which takes"),
        (C3, replace(BOARD_C3, revision="v0.4"), ""),
        (C3, replace(BOARD_C3, revision=""), ""),
        (C3, BOARD_C3, "is made for ESP32-C3 of revision v0.3 to v1.99, and this one is v0.2"),
        (TINY, replace(BOARD, revision="v0.1"), "is made for ESP32 of revision v1.0 to v3.99, and"),
        (ESP32, replace(BOARD, flash="2MB"), "needs 4 MB of flash, and the board has 2MB"),
        (ESP32, replace(BOARD, flash="512KB"), "needs 4 MB of flash, and the board has 512KB"),
        (ESP32, replace(BOARD, flash=""), ""),
        (S3_OCT, BOARD_S3, "is made for boards with PSRAM, and this one has none in its chip"),
        (OLD, BOARD_S3, "is MicroPython 1.24.1, and a node needs 1.25 or newer"),
    ],
)
def test_what_does_not_fit_a_board_is_refused_with_the_reason(
    path: Path, board: Chip, why: str
) -> None:
    found = image.misfit(image.read(path), board)
    assert found.startswith(why)
    assert bool(found) == bool(why)


def test_the_program_alone_is_for_the_air_and_not_for_the_cable(tmp_path: Path) -> None:
    found = image.read(written(tmp_path, "x.app-bin", ESP32.read_bytes()[APP_AT:]))
    assert (found.kind, found.version, found.build) == (AIR, "1.27.0", "ESP32_GENERIC")
    assert image.misfit(found, BOARD).startswith("is the program alone, for updates over the air")


def air() -> bytes:
    """The program of an official image, as it goes over the air."""
    return ESP32.read_bytes()[APP_AT:]


OVER_THE_AIR = {
    "whole": (air, ""),
    "torn": (lambda: air()[:-100_000], "is not a whole firmware image: it ends after"),
    "damaged": (lambda: _changed(air(), 50_000), "is damaged: its checksum is not that of its"),
    "old": (lambda: OLD.read_bytes()[0x10000:], "is MicroPython 1.24.1, and a node needs 1.25 or"),
    "cable": (ESP32.read_bytes, "is firmware for the cable, with boot loader and partition table"),
    "drive": (PICO.read_bytes, "is not a firmware image for the air: a UF2 file, for a drive"),
    "web page": (lambda: b"<!doctype html>", "for the air: it is a web page"),
}


def _changed(content: bytes, at: int) -> bytes:
    return content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]


@pytest.mark.parametrize("table", ["{", "3", '["a"]', '[{"build": "x"}]', None])
def test_a_catalogue_that_is_none_is_one_sentence(table: str | None, tmp_path: Path) -> None:
    path = tmp_path / "firmware.json"
    if table is not None:
        path.write_text(table, encoding="utf-8")
    with pytest.raises(InputError, match=r"is no list of firmware any more .*: put it back as it"):
        catalogue.entries(path)


@pytest.mark.parametrize("case", OVER_THE_AIR)
def test_what_goes_over_the_air_is_looked_at_as_closely_as_for_the_cable(
    case: str, tmp_path: Path
) -> None:
    content, said = OVER_THE_AIR[case]
    path = written(tmp_path, "x.app-bin", content())
    if not said:
        assert firmware.read(path).content == content()
        return
    with pytest.raises(InputError, match=re.escape(said)):
        firmware.read(path)


def test_an_image_for_a_larger_flash_says_so(tmp_path: Path) -> None:
    """A stand-in: there is no official image for so much flash among those at hand."""
    large = replace(partitions.OTA[-1], size=8 << 20)
    table = partitions.packed([*partitions.OTA[:-1], large])
    small = virtual_image.ota_firmware("esp32")
    at = partitions.TABLE - 0x1000
    content = small[:at] + table + small[at + len(table) :]
    found = image.read(written(tmp_path, "large.bin", content))
    assert image.misfit(found, BOARD) == "needs 11.1 MB of flash, and the board has 4MB"


def test_a_pico_without_radio_is_no_pico_w() -> None:
    found = replace(image.read(PICO), machine="Raspberry Pi Pico with RP2040")
    assert "the board is a Pico W: take RPI_PICO_W" in image.misfit(found, Chip("pico_w", "", ""))


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "not a firmware image: it is an empty file"),
        (b"\n <!DOCTYPE html><html>404", "not a firmware image: it is a web page"),
        (b"<HTML>", "not a firmware image: it is a web page"),
        (b"PK\x03\x04....", "not a firmware image: it is a zip archive: unpack it"),
        (b"\x1f\x8b\x08", "not a firmware image: it is a gzip archive"),
        (b"\x7fELF\x01", "not a firmware image: it is the program for a debugger"),
        (b"version https://git-lfs.github.com/spec/v1", "not a firmware image: it is a pointer"),
        (b"hello", "not a firmware image: expected its first byte to be e9 (ESP chips) or a UF2"),
        (ESP32.read_bytes()[:10], "not a whole firmware image: it ends after 10 bytes"),
        (ESP32.read_bytes()[:3000], "not a whole firmware image: it ends after 3000 bytes"),
        (ESP32.read_bytes()[: APP_AT - 1], "not a whole firmware image: it ends after 61439 bytes"),
        (ESP32.read_bytes()[:1_000_000], "not a whole firmware image: it ends after "),
        (ESP32.read_bytes()[:-1], "not a whole firmware image: it ends after 1759455 bytes"),
        (ESP32.read_bytes()[: APP_AT + 1], "not a whole firmware image: it ends after 61441 bytes"),
        (ESP32.read_bytes()[:-2] + b"??", "damaged: its SHA-256 is not that of its content"),
        (PICO.read_bytes()[:-512], "not a whole firmware image: it ends after block 3421"),
        (PICO.read_bytes()[:1000], "not a whole firmware image: it ends after 1000 bytes"),
    ],
)
def test_what_is_no_whole_image_says_what_it_is_instead(
    tmp_path: Path, content: bytes, why: str
) -> None:
    assert refusal(written(tmp_path, "some.bin", content)).startswith(why)


@pytest.mark.parametrize("name", official.NAMES)
def test_a_glance_tells_the_same_of_an_image_as_reading_all_of_it(name: str) -> None:
    assert image.glance(STOCK[name]) == image.read(STOCK[name])


def test_a_glance_reads_the_head_of_an_image_and_sees_where_it_is_cut(tmp_path: Path) -> None:
    content = bytearray(ESP32.read_bytes())
    cut = written(tmp_path, "cut.bin", content[:-1])
    content[1_500_000] ^= 0x10
    changed = written(tmp_path, "changed.bin", content)
    assert image.glance(changed) == replace(image.read(ESP32), path=changed)
    with pytest.raises(InputError, match="it ends after 1759455 bytes"):
        image.glance(cut)
    page = written(tmp_path, "page.bin", b"<html>" + bytes(image.MOST - 6))
    with pytest.raises(InputError, match="it is a web page"):
        image.glance(page)
    listed = {it.path.name: it for it in images.looked_at(folder=tmp_path)}
    assert listed["changed.bin"].image
    assert "it ends after" in listed["cut.bin"].told
    offer = images.offer(BOARD, folder=tmp_path)
    assert not offer.fitting, "what is offered has been read to the last byte"
    assert any("changed.bin is damaged" in it for it in offer.refused)


def test_one_image_is_told_to_the_last_byte_and_known_by_its_hash(tmp_path: Path) -> None:
    seen = images.examined(ESP32, BOARD_C3)
    told = dict(seen.rows)
    assert (
        told["what it is"] == "MicroPython 1.27.0 for ESP32_GENERIC, for the cable, of 2025-12-09"
    )
    assert told["known as"] == f"{ESP32.name} of micropython.org"
    assert told["flash"] == "4 MB or more"
    assert seen.fits == "no: is made for ESP32, and the board is esp32c3"
    assert seen.facts["official"] == ESP32.name
    own = written(tmp_path, "virtual.bin", virtual_image.firmware("esp32"))
    assert images.examined(own, BOARD, virtual=True).fits == "yes"
    assert images.examined(own).facts["official"] is None


@pytest.mark.parametrize("at", [0x20, 0x3000, APP_AT + 0x100, 1_500_000])
def test_one_wrong_byte_anywhere_is_damage(tmp_path: Path, at: int) -> None:
    content = bytearray(ESP32.read_bytes())
    content[at] ^= 0x10
    assert refusal(written(tmp_path, "some.bin", content)).startswith("damaged: its checksum")


def test_a_uf2_block_that_is_missing_damaged_or_for_another_family(tmp_path: Path) -> None:
    content = PICO.read_bytes()
    missing = content[: 5 * 512] + content[6 * 512 :]
    assert "block 5 of 3422 is not where it should be" in refusal(
        written(tmp_path, "a.uf2", missing)
    )
    torn = content[: 5 * 512 + 508] + b"????" + content[6 * 512 :]
    assert "its block 5 is damaged" in refusal(written(tmp_path, "b.uf2", torn))
    other = content.replace(struct.pack("<I", 0xE48BFF56), struct.pack("<I", 0xE48BFF59))
    found = image.read(written(tmp_path, "c.uf2", other))
    sentence = image.misfit(found, Chip("pico_w", "", ""))
    assert sentence == "is made for RP2350, and the board is pico_w"


def test_what_cannot_be_read_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"cannot read the firmware .*: No such file"):
        image.read(tmp_path / "none.bin")
    for path in (tmp_path, Path("/dev/zero")):
        with pytest.raises(InputError, match=r"cannot read the firmware .*: it is not a file"):
            image.read(path)
    large = tmp_path / "large.bin"
    with open(large, "wb") as file:
        file.truncate(image.MOST + 1)
    with pytest.raises(InputError, match="is larger than 32 MB"):
        image.read(large)


@given(st.sampled_from([ESP32, PICO]), st.integers(0, 70_000), st.binary(max_size=40))
def test_whatever_is_in_a_file_it_is_an_image_or_a_sentence(
    path: Path, at: int, put: bytes
) -> None:
    content = path.read_bytes()[:90_000]
    folder = Path(os.environ.get("TMPDIR", "/tmp"))
    some = written(folder, f"some-{os.getpid()}.bin", content[:at] + put + content[at:])
    assert refusal(some)
    some.unlink()


def test_what_a_chip_says_of_its_psram() -> None:
    assert chip.psram("esp32", "Wi-Fi, BT, Dual Core, Coding Scheme None") == ""
    assert chip.psram("esp32", "Wi-Fi, BT, Embedded PSRAM, Coding Scheme None") == "yes"
    assert chip.psram("esp32s3", "Wi-Fi, BT 5 (LE), Embedded PSRAM 8MB (AP_3v3)") == "8MB"
    assert chip.psram("esp32s3", "Wi-Fi, BT 5 (LE)") == NO_PSRAM
    assert chip.psram("esp32s2", "Wi-Fi, No Embedded Flash, No Embedded PSRAM") == NO_PSRAM
    assert chip.psram("esp32c3", "Wi-Fi, BT 5 (LE)") == NO_PSRAM
    assert chip.psram("esp32s3", "Unknown Embedded PSRAM") == NO_PSRAM
    assert BOARD.told == f"esp32, ESP32-D0WD-V3 v3.0, {MAC}, 4MB flash, PSRAM unknown"
    assert Chip("pico_w", MAC, "").told == f"pico_w, {MAC}"
    assert (Chip("esp32", MAC, "16MB").flash_bytes, Chip("esp32", MAC, "x").flash_bytes) == (
        16 << 20,
        0,
    )


def folder_of(tmp_path: Path, *paths: Path) -> Path:
    for path in paths:
        (tmp_path / path.name).symlink_to(path)
    return tmp_path


def names(found: list[Image]) -> list[str]:
    return [it.path.name for it in found]


def test_only_what_fits_is_offered_and_the_right_build_is_the_best(tmp_path: Path) -> None:
    written(tmp_path, "page.bin", b"<html>")
    written(tmp_path, "virtual.bin", virtual_image.firmware("esp32"))
    offer = images.offer(BOARD, folder=folder_of(tmp_path, *STOCK.values()))
    assert sorted(names(list(offer.fitting))) == [ESP32.name, TINY.name]
    assert offer.best
    assert offer.best.path.name == ESP32.name
    assert len(offer.refused) == len(STOCK)
    assert any("virtual.bin is the firmware of virtual boards" in it for it in offer.refused)
    tiny = images.offer(BOARD, "tinypico", tmp_path).best
    assert tiny
    assert tiny.path.name == TINY.name
    virtual = images.offer(BOARD, folder=tmp_path, virtual=True)
    assert "virtual.bin" in names(list(virtual.fitting))


def newer(content: bytes, at: int) -> bytes:
    """The same image as version 1.28.0, with the checks of its program, which begins at `at`, new.

    A stand-in: there are no two official versions of one build among those at hand.
    """
    old, new = b"v1.27.0 on 2025-12-09", b"v1.28.0 on 2026-04-06"
    count = content[at:].count(old)
    program = content[at:].replace(old, new)
    change = reduce(xor, old + new) if count % 2 else 0
    body = program[:-33] + bytes([program[-33] ^ change])
    return content[:at] + body + hashlib.sha256(body).digest()


def test_the_newest_of_a_build_comes_first_and_psram_decides_between_builds(
    tmp_path: Path,
) -> None:
    written(tmp_path, "newer.bin", newer(S3.read_bytes(), 0x10000))
    folder_of(tmp_path, S3, S3_OCT, OLD)
    with_psram = images.offer(replace(BOARD_S3, psram="8MB"), folder=tmp_path)
    without = images.offer(BOARD_S3, folder=tmp_path)
    assert with_psram.best
    assert with_psram.best.path.name == S3_OCT.name
    assert names(list(without.fitting)) == ["newer.bin", S3.name]
    assert without.best == without.fitting[0]
    assert len(without.refused) == 2


def test_of_several_other_builds_none_is_the_best(tmp_path: Path) -> None:
    folder_of(tmp_path, TINY)
    alone = images.offer(BOARD, folder=tmp_path)
    assert alone.best
    assert alone.best.path.name == TINY.name
    assert images._best([image.read(TINY), replace(image.read(S3))], ["none"]) is None


def test_the_catalogue_knows_what_suits_a_board() -> None:
    assert catalogue.entry("latest", BOARD).build == "ESP32_GENERIC"
    assert catalogue.entry("v1.27.0", BOARD, "tinypico").build == "UM_TINYPICO"
    assert catalogue.entry("latest", BOARD_S3, "qtpy_s3").build == "ESP32_GENERIC_S3"
    octal = catalogue.entry("1.27.0", replace(BOARD_S3, psram="8MB"))
    assert octal.build == "ESP32_GENERIC_S3-SPIRAM_OCT"
    assert catalogue.entry("latest", replace(BOARD, psram="yes")).build == "ESP32_GENERIC-SPIRAM"
    assert catalogue.entry("latest", Chip("pico_w", "", "")).build == "RPI_PICO_W"
    with pytest.raises(InputError, match=r"--firmware 1.99.0: expected .* for esp32 \(1.27.0\)"):
        catalogue.entry("1.99.0", BOARD)
    for family in ("", "esp32"):
        with pytest.raises(InputError, match=r"--firmware 9.9.9: expected a MicroPython that"):
            catalogue.check("9.9.9", family)
    catalogue.check("1.27.0", "esp32s3")
    catalogue.check("latest", "pico_w")
    assert [it for it in ("latest", "1.27.0", "v1.2.3", "x.bin", "1.27") if catalogue.wanted(it)]


@pytest.mark.parametrize(
    ("wish", "family", "why"),
    [
        (Wish("9.9.9"), "", "--firmware 9.9.9: expected a MicroPython that the toolkit knows ("),
        (Wish("1.27"), "", "cannot read the firmware 1.27: expected a file, a folder, latest, or"),
        (Wish(str(S3)), "esp32", f"{S3.name} is made for ESP32-S3, and the board is esp32"),
        (
            Wish("latest", virtual=True, runs=True),
            "esp32",
            "a virtual board cannot run MicroPython",
        ),
        (
            Wish(str(ESP32), virtual=True, runs=True),
            "esp32",
            "a virtual board cannot run MicroPyth",
        ),
    ],
)
def test_what_can_never_be_written_is_refused_before_a_board_is_asked(
    wish: Wish, family: str, why: str
) -> None:
    with pytest.raises(InputError) as refused:
        which_image.check(wish, family)
    assert str(refused.value).startswith(why)
    which_image.check(Wish(str(ESP32), virtual=True), "esp32")
    which_image.check(Wish(str(S3)))


def test_doubts_are_told_and_refuse_nothing() -> None:
    unknown = replace(image.read(ESP32), version="")
    assert "does not say which MicroPython it is" in images.doubts(unknown, BOARD)[0]
    oct_image = image.read(S3_OCT)
    assert "whether it has any" in images.doubts(oct_image, replace(BOARD_S3, psram=""))[0]
    assert images.doubts(image.read(ESP32), BOARD) == []
