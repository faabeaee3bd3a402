"""Fetching one file by HTTP: goes on where it was cut, and is bounded in size, time and tries.

Proxies are those of the environment (`https_proxy`, `no_proxy`), as urllib reads them.
"""

import http.client
import time
import urllib.error
import urllib.request
from collections.abc import Generator
from dataclasses import dataclass
from email.message import Message
from pathlib import Path
from typing import IO, Any, cast
from urllib.parse import urlsplit

from toolkit.model.errors import EngineError
from toolkit.model.progress import Progress

_BLOCK = 1 << 16  # bytes that are read at a time
_AGENT = "micros-toolkit"


@dataclass(frozen=True)
class Bounds:
    """`most` bytes; seconds of `silence`; bytes a second at least on the whole; how often."""

    most: int = 32 << 20
    silence: float = 20.0
    rate: int = 2000
    tries: int = 4


class _Cut(Exception):
    """The connection ended half-way: what has come is kept."""


class Redirects(urllib.request.HTTPRedirectHandler):
    """Follows redirects, but none that leaves encryption behind."""

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Any,
        newurl: str,
    ) -> urllib.request.Request | None:  # fmt: skip
        if urlsplit(req.full_url).scheme == "https" and urlsplit(newurl).scheme != "https":
            raise EngineError(f"{_host(req.full_url)} sends on to {newurl}, which is not encrypted")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def download(url: str, part: Path, bounds: Bounds) -> Generator[Progress]:
    """Fetch `url` into the file `part`, going on behind what is in it.

    EngineError, in one sentence, when it is not to be had; what has come stays in `part`.
    """
    give_up = time.monotonic() + bounds.most / bounds.rate
    cut = ""
    for _ in range(bounds.tries):
        try:
            yield from _attempt(url, part, bounds, give_up)
            return
        except _Cut as error:
            cut = str(error)
    raise EngineError(
        f"the download of {url} was cut {bounds.tries} times ({cut}); {_size(part)} B of it are "
        "kept: repeat the command to go on"
    )


def _attempt(url: str, part: Path, bounds: Bounds, give_up: float) -> Generator[Progress]:
    have = _size(part)
    request = urllib.request.Request(url, headers={"User-Agent": _AGENT})
    if have:
        request.add_header("Range", f"bytes={have}-")
    try:
        answer = _opened(request, bounds.silence)
    except urllib.error.HTTPError as error:
        with error:
            if error.code == 416 and have:  # there is no more of it, or it has become another
                part.unlink()
                raise _Cut("the file there is shorter than what is here") from error
        raise EngineError(_refused(url, error.code)) from error
    with answer:
        if answer.status != 206:
            have = 0
        total = _announced(answer, url, have, bounds.most)
        part.parent.mkdir(parents=True, exist_ok=True)
        with open(part, "ab" if have else "wb") as file:
            for block in _blocks(answer, bounds, give_up):
                file.write(block)
                have += len(block)
                if have > bounds.most:
                    raise EngineError(_large(url, bounds.most))
                if have < total:  # the last word is the caller's
                    yield Progress("download", have, total, "B", part.stem)
    if total and have < total:
        raise _Cut(f"{have} of {total} B had come")


def _opened(request: urllib.request.Request, silence: float) -> http.client.HTTPResponse:
    opener = urllib.request.build_opener(Redirects)
    host = _host(request.full_url)
    try:
        return cast(http.client.HTTPResponse, opener.open(request, timeout=silence))
    except urllib.error.HTTPError:
        raise
    except urllib.error.URLError as error:
        cause = error.reason
        if isinstance(cause, TimeoutError):
            raise _silent(host, silence) from error
        why = getattr(cause, "strerror", None) or getattr(cause, "verify_message", None) or cause
        raise EngineError(f"{host} cannot be reached ({why}): is there Internet here?") from error
    except TimeoutError as error:
        raise _silent(host, silence) from error
    except (http.client.HTTPException, OSError, ValueError) as error:
        raise EngineError(f"{host} does not answer as a web server does: {error}") from error


def _blocks(
    answer: http.client.HTTPResponse, bounds: Bounds, give_up: float
) -> Generator[bytes, None, None]:
    """What comes, as it comes."""
    while True:
        try:
            block = answer.read1(_BLOCK)
        except TimeoutError as error:
            raise _Cut(f"nothing came for {bounds.silence:g} s") from error
        except (http.client.HTTPException, OSError) as error:
            raise _Cut(str(error)) from error
        if not block:
            return
        yield block
        if time.monotonic() > give_up:
            raise EngineError(
                f"the download is slower than {bounds.rate} B/s and was given up; what has come "
                "is kept: repeat the command to go on"
            )


def _announced(answer: http.client.HTTPResponse, url: str, have: int, most: int) -> int:
    """The size of the whole file, 0 when it is not told; EngineError for what is not one."""
    head = cast(Message, answer.headers)
    if head.get_content_type() in ("text/html", "application/xhtml+xml"):
        raise EngineError(
            f"a web page came instead of {url}: does this network want a login in a browser first?"
        )
    told = head.get("Content-Length", "")
    total = have + int(told) if told.isdecimal() else 0
    if answer.status == 206:
        begins = head.get("Content-Range", "").removeprefix("bytes ").partition("-")[0]
        if begins != str(have):
            raise EngineError(f"{_host(url)} went on elsewhere than asked: expected byte {have}")
    if total > most:
        raise EngineError(_large(url, most))
    return total


def _refused(url: str, code: int) -> str:
    if code in (404, 410):
        return f"{url} is not there any more (HTTP {code})"
    return f"{_host(url)} does not give {url.rpartition('/')[2]} (HTTP {code}): try again later"


def _large(url: str, most: int) -> str:
    return f"{url} is larger than expected: more than {most} B"


def _silent(host: str, silence: float) -> EngineError:
    return EngineError(f"{host} did not answer for {silence:g} s: is there Internet here?")


def _size(part: Path) -> int:
    return part.stat().st_size if part.exists() else 0


def _host(url: str) -> str:
    return urlsplit(url).hostname or url
