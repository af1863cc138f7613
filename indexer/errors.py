"""Every error that Trouvaille raises on purpose.

TrouvailleError
├── ConfigError           a setting, word list or rule that cannot be used
├── RequestError          what a person or program asked is malformed (HTTP 400)
│   ├── QueryTooLarge     the text passes a limit of the query language
│   └── PageBeyondEnd     the page asked lies past the last one (HTTP 404)
├── CorpusError           nothing could be read: a root is missing, or empty when it was not
├── UnreadableDocument    one file or one line that cannot become a document; the run goes on
├── OriginalProblem       the file of a document cannot be handed out
│   ├── OriginalPart      the document is a part of a file that holds others
│   ├── OriginalGone      the file is not there any more, or not to be read
│   └── OriginalChanged   the file is not what was indexed any more
└── IndexProblem          the index cannot be used
    ├── IndexMissing      there is none yet
    ├── IndexLocked       another process is writing
    ├── IndexChecking     a service that has just started is still hashing its files
    ├── IndexDamaged      its files are not what the manifest says
    └── IndexIncompatible it was written by a version of the code that this one cannot read

Messages are French sentences for the person in front of the screen and say how to mend the fault; facts (parameter,
value, path) are attributes. Failures of libraries are wrapped where they happen, with `raise … from`.
"""

from __future__ import annotations


class TrouvailleError(Exception):
    """Base of all; `str(error)` is a French sentence to show."""


class ConfigError(TrouvailleError):
    """A setting, a word list or a rule that cannot be used; the message names the file and the key or line."""


class RequestError(TrouvailleError):
    """A malformed request.

    `code` is stable and for programs, `parameter` the name in the query string at fault, `value` what was given.
    """

    code = "bad_request"

    def __init__(self, message: str, *, parameter: str, value: str = "") -> None:
        super().__init__(message)
        self.parameter = parameter
        self.value = value


class QueryTooLarge(RequestError):
    """The query is too long, too deep or has too many clauses; the message says which limit and its value."""

    code = "query_too_large"

    def __init__(self, message: str, *, value: str = "") -> None:
        super().__init__(message, parameter="q", value=value)


class PageBeyondEnd(RequestError):
    """The page asked lies past the last one."""

    code = "page_beyond_end"

    def __init__(self, page: int, last: int) -> None:
        super().__init__(
            f"Il n’y a pas de page {page} : la dernière est la page {last}.", parameter="page", value=str(page)
        )
        self.last = last


class CorpusError(TrouvailleError):
    """A root cannot be brought up to date: it is missing, unreadable, or empty when it was not."""


class UnreadableDocument(TrouvailleError):
    """One file, or one line of a file, that cannot become a document; the message is the reason that is reported."""


class OriginalProblem(TrouvailleError):
    """The file that a document was read from cannot be handed out; `code` is stable and for programs."""

    code = "original_gone"


class OriginalPart(OriginalProblem):
    """The document is a line or a part of a file that holds others."""

    code = "original_part"


class OriginalGone(OriginalProblem):
    """The file is not there any more, cannot be read, or is no regular file below its root."""


class OriginalChanged(OriginalProblem):
    """The file is not what was indexed any more."""

    code = "original_changed"


class IndexProblem(TrouvailleError):
    """The index cannot be used."""

    code = "index_unavailable"


class IndexMissing(IndexProblem):
    """There is no index yet."""

    code = "index_missing"


class IndexLocked(IndexProblem):
    """Another process holds the write lock."""

    code = "index_locked"


class IndexChecking(IndexProblem):
    """The files are being compared with their manifest; the answer is a matter of seconds."""

    code = "index_checking"


class IndexDamaged(IndexProblem):
    """Files are missing, altered, or writable by others."""

    code = "index_damaged"


class IndexIncompatible(IndexProblem):
    """Another version of the code wrote this index."""

    code = "index_incompatible"
