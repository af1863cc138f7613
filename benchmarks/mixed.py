"""A folder of mixed files: how fast it is indexed beside the extraction libraries alone, and in how much memory.

    python -m benchmarks.mixed [--samples ../shared/samples] [--files 10000] [--pdf-mb 500]

The folder is made of the sample files, again and again, each copy with bytes of its own. The libraries get the same
files, one call each and nothing around it, in as many processes as there are cores: no rules for titles, dates and
types, no analysis, no index. They are measured twice, both on the clock, start-up included, because what counts is how
well all cores are used, and in seconds of processor:

- `parsers` are what our formats are built on. The one for HTML gives all words of a page, menus included.
- `extractors` are libraries that give the text of a file as a reader wants it: trafilatura tells that of a page from
  what stands around it. It is left out, aloud, where it is missing (`requirements/bench.txt`).

The last part indexes so many megabytes of PDF files and watches memory.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import resource
import shutil
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from functools import partial
from itertools import cycle
from pathlib import Path
from xml.etree import ElementTree

import pypdfium2
from charset_normalizer import from_bytes
from selectolax.lexbor import LexborHTMLParser

from benchmarks.measuring import measured, tell
from benchmarks.pages import peer
from indexer.reindex.crew import usable_cores

_AT_ONCE = 50  # files that a process of the libraries is given at a time
_PROBLEMS_ALLOWED = (0, 1)


def main() -> None:
    """See the module."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.mixed", description="Mixed files: speed and memory.")
    parser.add_argument("--samples", type=Path, default=Path(__file__).parents[2] / "shared" / "samples")
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--pdf-mb", type=int, default=500)
    given = parser.parse_args()
    samples = sorted(path for path in given.samples.glob("*/*") if path.is_file())
    if not samples:
        sys.exit(f"No sample files in {given.samples}: name a folder of folders of files with --samples.")
    with tempfile.TemporaryDirectory(prefix="trouvaille-mixed-") as folder:
        found = _speed(samples, given.files, Path(folder)) | _memory(samples, given.pdf_mb, Path(folder))
    print(json.dumps(found, indent=1))


def _speed(samples: list[Path], files: int, folder: Path) -> dict[str, object]:
    if _TRAFILATURA is None:
        tell("trafilatura is left out: pip install -r requirements/bench.txt")
    tell(f"{files} mixed files")
    mixed = folder / "mixed"
    size = _fill(mixed, cycle(samples), lambda count, _: count == files)
    libraries = {}
    for name in _PEERS:
        tell(f"{name} alone")
        libraries[name] = _libraries(mixed, name)
    tell("trouvaille reindex")
    index = folder / "index"
    first = measured(_command(index, mixed), _PROBLEMS_ALLOWED)
    again = measured(_command(index), _PROBLEMS_ALLOWED)
    shutil.rmtree(mixed)
    return {
        "files": files,
        "mb": round(size / 1e6, 1),
        "cores": usable_cores(),
        "reindex_s": round(first.wall_s, 2),
        "reindex_cpu_s": round(first.cpu_s, 2),
        **{
            key: value
            for name, (alone_s, alone_cpu_s) in libraries.items()
            for key, value in (
                (f"{name}_s", round(alone_s, 2)),
                (f"{name}_cpu_s", round(alone_cpu_s, 2)),
                (f"speed_of_{name}", round(alone_s / first.wall_s, 2)),
                (f"speed_of_{name}_cpu", round(alone_cpu_s / first.cpu_s, 2)),
            )
        },
        "documents": first.answer["added"],
        "failed": len(first.answer["failed"]),
        "empty": len(first.answer["empty"]),
        "nothing_changed_s": round(again.wall_s, 2),
    }


def _memory(samples: list[Path], megabytes: int, folder: Path) -> dict[str, object]:
    tell(f"{megabytes} MB of PDF files")
    kept = folder / "pdf"
    size = _fill(
        kept, cycle(path for path in samples if path.suffix == ".pdf"), lambda _, size: size >= megabytes * 1e6
    )
    used = measured(_command(folder / "index-pdf", kept), _PROBLEMS_ALLOWED)
    return {
        "pdf_mb": round(size / 1e6),
        "pdf_s": round(used.wall_s, 1),
        "peak_anon_mb": used.peak_anon_mb,
        "pdf_documents": used.answer["added"],
    }


def _command(index: Path, *paths: Path) -> list[str]:
    return [sys.executable, "-m", "indexer", "reindex", "--json", "--index", str(index), *map(str, paths)]


def _fill(folder: Path, sources: Iterator[Path], enough: Callable[[int, int], bool]) -> int:
    """Write copies with bytes of their own until there are enough; the bytes of all."""
    size = 0
    for count, source in enumerate(sources):
        if enough(count, size):
            return size
        target = folder / f"{count // 500:03}" / f"{count}-{source.name}"
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
        _make_distinct(target, count)
        size += target.stat().st_size
    return size


def _make_distinct(path: Path, number: int) -> None:
    """Change a copy where no reader looks, or in words that nobody asks for."""
    if path.suffix == ".docx":
        with zipfile.ZipFile(path, "a") as package:
            package.comment = str(number).encode()
    else:
        with path.open("ab") as file:
            comments = {".pdf": f"\n% {number}\n", ".html": f"<!-- {number} -->"}
            file.write(comments.get(path.suffix, f"\n\n{number}\n").encode())


# --- the libraries -------------------------------------------------------------------------------------------------


def _libraries(folder: Path, name: str) -> tuple[float, float]:
    """(seconds on the clock, seconds of processor of all processes) of the peers of this name."""
    paths = sorted(str(path) for path in folder.rglob("*") if path.is_file())
    started, before = time.perf_counter(), _children_s()
    with multiprocessing.get_context("spawn").Pool(usable_cores()) as pool:
        characters = sum(pool.imap_unordered(partial(_extracted, name), paths, _AT_ONCE))
        taken = time.perf_counter() - started
        pool.close()
        pool.join()
    tell(f"{characters / 1e6:.0f} million characters of text")
    return taken, _children_s() - before


def _children_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _extracted(name: str, path: str) -> int:
    """How many characters the peers of this name find in a file."""
    return _PEERS[name].get(Path(path).suffix, _decoded)(Path(path))


def _pdf(path: Path) -> int:
    document = pypdfium2.PdfDocument(path)
    try:
        return sum(len(page.get_textpage().get_text_range()) for page in document)
    finally:
        document.close()


def _docx(path: Path) -> int:
    with zipfile.ZipFile(path) as package:
        root = ElementTree.fromstring(package.read("word/document.xml"))
    return sum(len(node.text or "") for node in root.iter() if node.tag.endswith("}t"))


def _html(path: Path) -> int:
    body = LexborHTMLParser(path.read_bytes().decode("cp1252", "replace")).body
    return len(body.text()) if body else 0


def _article(path: Path) -> int:
    return len(_TRAFILATURA.extract(path.read_bytes(), favor_recall=True) or "")


def _decoded(path: Path) -> int:
    best = from_bytes(path.read_bytes()).best()
    return len(str(best)) if best else 0


_TRAFILATURA = peer()
_PARSERS: dict[str, Callable[[Path], int]] = {".pdf": _pdf, ".docx": _docx, ".html": _html}
_PEERS = {"parsers": _PARSERS} | ({"extractors": {**_PARSERS, ".html": _article}} if _TRAFILATURA else {})


if __name__ == "__main__":
    main()
