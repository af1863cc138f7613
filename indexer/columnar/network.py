"""Whether a folder lies on a network file system, where a file that vanishes under a memory map ends the process."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

NETWORK = frozenset(
    {"9p", "afpfs", "afs", "ceph", "cifs", "davfs", "glusterfs", "lustre", "nfs", "nfs4", "smb3", "smbfs", "webdav"}
)
_NETWORK_FUSE = re.compile(r"fuse\.(sshfs|rclone|s3fs|gcsfuse|davfs|glusterfs|ceph)")
_MOUNTS = Path("/proc/self/mountinfo")
_ESCAPED = re.compile(r"\\([0-7]{3})")
_MAC_LINE = re.compile(r"^.* on (?P<point>.*) \((?P<kind>[^,)]+)[^()]*\)$")


def network_file_system(folder: Path, *, or_below: bool = False) -> str | None:
    """The kind of network file system that holds a folder, there or not yet; None for a local or unknown one.

    `or_below`: or of one that is mounted on a folder inside of it.
    """
    try:
        mounts = _linux(_MOUNTS.read_text(errors="replace")) if _MOUNTS.exists() else _mac()
    except (OSError, subprocess.SubprocessError):
        return None
    place = folder.resolve()
    around = [point for point in mounts if place.is_relative_to(point)]
    kinds = [mounts[max(around, key=lambda point: len(Path(point).parts))]] if around else []
    if or_below:
        kinds += [kind for point, kind in mounts.items() if Path(point).is_relative_to(place)]
    return next((kind for kind in kinds if kind in NETWORK or _NETWORK_FUSE.fullmatch(kind)), None)


def _linux(content: str) -> dict[str, str]:
    """Mount point → kind, from the lines of mountinfo (man 5 proc): later mounts hide earlier ones."""
    mounts = {}
    for line in content.splitlines():
        before, separator, after = line.partition(" - ")
        fields = before.split(" ")
        if separator and len(fields) > 4:
            mounts[_ESCAPED.sub(lambda code: chr(int(code[1], 8)), fields[4])] = after.split(" ")[0]
    return mounts


def _mac() -> dict[str, str]:
    """The same from the lines of `mount`: `//host/share on /Volumes/share (smbfs, nodev)`."""
    if sys.platform != "darwin":
        return {}
    listed = subprocess.run(["/sbin/mount"], capture_output=True, text=True, timeout=5, check=True).stdout
    return {found["point"]: found["kind"] for line in listed.splitlines() if (found := _MAC_LINE.match(line))}
