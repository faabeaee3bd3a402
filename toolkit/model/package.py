"""A build as it is sent: held in memory, because another toolkit may build while it goes out."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from toolkit.model import release
from toolkit.model.errors import InputError
from toolkit.model.release import Build


@dataclass(frozen=True)
class Package:
    """What a node of one board is to run: the manifest, and the files it names."""

    board: str
    release: tuple[int, ...]
    manifest: bytes
    files: Mapping[str, bytes]

    @property
    def version(self) -> str:
        """As a node prints it."""
        return release.shown(self.release)

    @property
    def sha256(self) -> str:
        """Of the manifest: by it a node that runs this very build is known."""
        return hashlib.sha256(self.manifest).hexdigest()


def package(build: Build) -> Package:
    """Read a build; InputError when it was built anew meanwhile."""
    files = {file.name: file.source.read_bytes() for file in build.files}
    for file in build.files:
        if hashlib.sha256(files[file.name]).hexdigest() != file.sha256:
            raise InputError(
                f"{build.folder} was built by another toolkit meanwhile: repeat the command"
            )
    return Package(build.board, build.identity.release, build.manifest, files)
