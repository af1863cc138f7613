"""Inclusive spelling: `ambassadeur·rice·s`, `salarié(e)s`, `étudiant.e.s` are two words at one position."""

from __future__ import annotations

import re
from collections.abc import Sequence

from indexer.french.fold import fold
from indexer.french.lists import Feminine

_DOTS = "·•‧⋅∙"

# After a full stop, a slash or a hyphen a suffix can be a word of its own (« élèves.Les », « dit-elle », « est-ce »):
# one alone is taken only when it is none.
_NO_WORDS = ("e", "ne", "trice", "rice", "euse", "ere", "enne", "ienne", "onne", "esse")


class InclusiveForms:
    """Recognises inclusive forms, by the suffixes of the list `inclusive.tsv`, and gives both words."""

    def __init__(self, feminines: Sequence[Feminine]) -> None:
        self._feminines = feminines
        listed = {feminine.suffix for feminine in feminines}
        suffix = _alternatives(listed)
        safe = _alternatives(listed.intersection(_NO_WORDS))
        self.pattern = (
            r"(?P<inclusive>(?P<base>[^\W\d_]{2,})(?:"
            rf"[{_DOTS}](?P<dotted>{suffix})(?P<s1>[{_DOTS}]?s)?"
            rf"|\((?P<bracketed>{suffix})(?P<s2>s?\)\(?s\)?|s\)|\))"
            r"|\((?P<plural>s|x)\)"
            rf"|\.(?P<stopped>{suffix})(?P<s3>\.s)"
            rf"|(?<=..)[./-](?P<joined>{safe})(?P<s4>[.-]?s)?"
            r")(?![^\W_]))"
        )

    def forms(self, match: re.Match[str]) -> tuple[str, ...]:
        """Masculine and feminine, or singular and plural for `article(s)`, folded."""
        base = fold(match["base"])
        if match["plural"]:
            return (base, base + match["plural"])
        suffix = match["dotted"] or match["bracketed"] or match["stopped"] or match["joined"]
        plural = "s" if "s" in (match["s1"] or match["s2"] or match["s3"] or match["s4"] or "") else ""
        masculine = base if base.endswith(("s", "x", "z")) else base + plural
        feminine = self._feminine(base.removesuffix("s"), fold(suffix)) + plural
        return (masculine, feminine) if feminine != masculine else (masculine,)

    def _feminine(self, base: str, suffix: str) -> str:
        for row in self._feminines:
            if row.suffix == suffix and base.endswith(row.masculine):
                return base[: len(base) - len(row.masculine)] + row.feminine
        return base + suffix


def _alternatives(suffixes: set[str]) -> str:
    """The suffixes for `re`, accented or not, the longest first."""
    return "|".join(suffix.replace("e", "[eèé]") for suffix in sorted(suffixes, key=lambda s: (-len(s), s)))
