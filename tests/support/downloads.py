"""A web server on this machine that gives files as a test wants: whole, cut, slow, or others."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Downloads:
    """What is given by which path, and what was asked; `act` answers instead of us, if it is set.

    `act` gets the request's handler and the content; what it returns true for is done with.
    """

    files: dict[str, bytes]
    base: str = ""
    act: Callable[["Handler", bytes], bool] | None = None
    asked: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    over: threading.Event = field(default_factory=threading.Event)


class Handler(BaseHTTPRequestHandler):
    """One request."""

    downloads: Downloads

    def do_GET(self) -> None:
        downloads = self.downloads
        downloads.asked.append((self.path, self.headers.get("Range", "")))
        content = downloads.files.get(self.path.rpartition("/")[2])
        if downloads.act and downloads.act(self, content or b""):
            return
        if content is None:
            self.send_error(404)
            return
        self.give(content)

    def give(self, content: bytes, length: int | None = None) -> None:
        """The content, or what of it was asked for; `length` is what is said of its size."""
        begin = int(self.headers.get("Range", "bytes=0-")[6:-1])
        if begin >= len(content) > 0:
            self.send_error(416)
            return
        self.send_response(206 if begin else 200)
        self.send_header("Content-Type", "application/octet-stream")
        self.send_header("Content-Length", str(len(content) - begin if length is None else length))
        if begin:
            self.send_header("Content-Range", f"bytes {begin}-{len(content) - 1}/{len(content)}")
        self.end_headers()
        self.wfile.write(content[begin:])

    def log_message(self, format: str, *args: object) -> None:
        pass


@contextmanager
def serving(files: dict[str, bytes]) -> Iterator[Downloads]:
    """A server with these files, for as long as the test holds it."""
    downloads = Downloads(files)
    handler = type("Scripted", (Handler,), {"downloads": downloads})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    downloads.base = f"http://127.0.0.1:{server.server_port}/firmware"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield downloads
    finally:
        downloads.over.set()
        server.shutdown()
        server.server_close()
        thread.join()
