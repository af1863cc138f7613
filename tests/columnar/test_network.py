"""A network file system under the index is recognised."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexer.columnar import network

MOUNTS = r"""22 1 254:1 / / rw,relatime shared:1 - ext4 /dev/root rw
40 22 0:36 / /srv/depot rw - nfs4 serveur:/depot rw,vers=4.2
41 22 0:37 / /srv/depot/local rw - tmpfs tmpfs rw
42 22 0:38 / /mnt/avec\040espace rw - cifs //serveur/part rw
43 22 0:39 / /mnt/distant rw - fuse.sshfs hote:/ rw
44 22 0:40 / /mnt/fuse rw - fuse.unionfs union rw
"""


@pytest.mark.parametrize(
    ("folder", "kind"),
    [
        ("/srv/depot/index", "nfs4"),
        ("/srv/depot", "nfs4"),
        ("/srv/depot/local/index", None),
        ("/srv/depot-voisin", None),
        ("/mnt/avec espace/index", "cifs"),
        ("/mnt/distant/index", "fuse.sshfs"),
        ("/mnt/fuse/index", None),
        ("/var/lib", None),
    ],
)
def test_the_innermost_mount_decides(folder, kind, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "mountinfo").write_text(MOUNTS)
    monkeypatch.setattr(network, "_MOUNTS", tmp_path / "mountinfo")
    assert network.network_file_system(Path(folder)) == kind


@pytest.mark.parametrize(
    ("folder", "kind"), [("/srv", "nfs4"), ("/mnt", "cifs"), ("/srv/depot/local", None), ("/var", None)]
)
def test_one_that_is_mounted_below_may_count_too(folder, kind, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "mountinfo").write_text(MOUNTS)
    monkeypatch.setattr(network, "_MOUNTS", tmp_path / "mountinfo")
    assert network.network_file_system(Path(folder), or_below=True) == kind


def test_a_temporary_folder_of_this_machine_is_local_or_unknown_and_never_an_error(tmp_path: Path):
    assert network.network_file_system(tmp_path / "not" / "yet") in (None, *network.NETWORK)
