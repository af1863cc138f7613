"""Text as a word processor's file gives it, gathered in paragraphs in reading order."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from indexer.documents.decode import clean
from indexer.french.spelling import squeeze

# What the style of a paragraph says it is; all others are text.
TITLE = "title"
HEADING = "heading"  # of the first level
CONTENTS = "contents"  # a line of a table of contents: the headings over again
_ROLES = {
    "title": TITLE, "titre": TITLE, "heading 1": HEADING, "heading1": HEADING, "titre 1": HEADING, "titre1": HEADING,
}  # fmt: skip
_CONTENTS = ("toc ", "contents ", "contents heading", "table des matières ")
# Tables and frames deeper in each other are read as one level: lists of lists would be copied at each.
_MAX_FRAMES = 50
_CELL_MARK = " · "
_NOT_IN_TEXT = str.maketrans({"\n": " ", "\r": " "})


class Paragraph(NamedTuple):
    """One paragraph, tidy; a line end inside is the author's."""

    text: str
    role: str = ""


def role_of(style: str) -> str:
    """What a style of this name is for. Names are English in all files, or French in those of some programs."""
    name = style.lower()
    return _ROLES.get(name) or (CONTENTS if name.startswith(_CONTENTS) else "")


@dataclass(slots=True)
class _Frame:
    """What is being gathered: the body, a cell, a text box, a note."""

    paragraphs: list[Paragraph] = field(default_factory=list)
    pieces: list[str] = field(default_factory=list)  # of the open paragraph
    role: str = ""  # of the open paragraph
    boxes: list[Paragraph] = field(default_factory=list)  # to come after the open paragraph, in which they stand
    cells: list[list[Paragraph]] = field(default_factory=list)  # of the open row


class Flow:
    """Paragraphs in the making.

    What stands apart from the paragraph it is anchored in is opened and closed: a box comes after that paragraph, a
    note at the end of the text. Each `open` has its `close`, in the order of brackets.
    """

    def __init__(self) -> None:
        self._frames = [_Frame()]
        self._notes: list[Paragraph] = []
        self._flat = 0  # frames open beyond _MAX_FRAMES

    def write(self, text: str) -> None:
        """Characters of the open paragraph; their line ends are the file's, not the author's."""
        self._frames[-1].pieces.append(text.translate(_NOT_IN_TEXT) if "\n" in text or "\r" in text else text)

    def sign(self, sign: str) -> None:
        """A character that is written as a command: a tab, the author's line end, a dash."""
        self._frames[-1].pieces.append(sign)

    def style(self, role: str) -> None:
        """Say what the open paragraph is."""
        self._frames[-1].role = role

    def end_paragraph(self) -> None:
        """Close the open paragraph; one without text is none."""
        frame = self._frames[-1]
        if frame.pieces:
            text = _tidy("".join(frame.pieces))
            if text and frame.role != CONTENTS:
                _add(frame.paragraphs, Paragraph(text, frame.role))
            frame.pieces = []
        frame.role = ""
        if frame.boxes:
            frame.paragraphs += frame.boxes
            frame.boxes = []

    def open_row(self) -> None:
        """Begin a row of a table; what stands in it stands in cells."""
        if not self._flat:
            self.close_row()

    def close_row(self) -> None:
        """A row is one paragraph when each cell is a line; longer cells are read one after the other."""
        if self._flat:
            return
        frame = self._frames[-1]
        cells, frame.cells = [cell for cell in frame.cells if cell], []
        if len(cells) > 1 and all(len(cell) == 1 for cell in cells):
            frame.paragraphs.append(Paragraph(_CELL_MARK.join(cell[0].text.replace("\n", " ") for cell in cells)))
        else:
            for cell in cells:
                frame.paragraphs += cell

    def open_cell(self) -> None:
        """Begin a cell of the open row."""
        self._open()

    def close_cell(self) -> None:
        """End a cell."""
        if frame := self._closed():
            self._frames[-1].cells.append(frame.paragraphs)

    def open_box(self) -> None:
        """Begin a text box."""
        self._open()

    def close_box(self) -> None:
        """End a text box."""
        if frame := self._closed():
            self._frames[-1].boxes += frame.paragraphs

    def open_note(self) -> None:
        """Begin a footnote or endnote."""
        self._open()

    def close_note(self) -> None:
        """End a note."""
        if frame := self._closed():
            self._notes += frame.paragraphs

    def done(self) -> list[Paragraph]:
        """All paragraphs, notes at the end."""
        while len(self._frames) > 1:  # a file cut off in the middle
            self.close_row()
            self.close_box()
        self.close_row()
        self.end_paragraph()
        return self._frames[0].paragraphs + self._notes

    def _open(self) -> None:
        if len(self._frames) > _MAX_FRAMES:
            self._flat += 1
            self.end_paragraph()
        else:
            self._frames.append(_Frame())

    def _closed(self) -> _Frame | None:
        """The frame that ends here, or None when it was none of its own."""
        self.end_paragraph()
        if self._flat:
            self._flat -= 1
            return None
        return self._frames.pop()


def _add(paragraphs: list[Paragraph], paragraph: Paragraph) -> None:
    """A title over several paragraphs is one."""
    if paragraph.role == TITLE and paragraphs and paragraphs[-1].role == TITLE:
        paragraph = Paragraph(f"{paragraphs.pop().text}\n{paragraph.text}", TITLE)
    paragraphs.append(paragraph)


def _tidy(text: str) -> str:
    return "\n".join(line for raw in clean(text).split("\n") if (line := squeeze(raw)))
