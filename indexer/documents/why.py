"""Which choice was made by what, where the entry itself does not say it: for `explain`."""

from __future__ import annotations

from pathlib import Path

from indexer.documents.assemble import GIVEN_RULE
from indexer.documents.entry import Entry
from indexer.documents.formats import named_format
from indexer.documents.given import Inventory, Said, given_of
from indexer.documents.language import language_of
from indexer.documents.walk import FolderMetadata, walk


def inventory_above(root: Path, relative: str) -> Inventory:
    """What the tables in the folders above a file say."""
    inventory = Inventory()
    for item in walk(root, (), relative):
        if isinstance(item, FolderMetadata):
            inventory.add(item.path, item.relative)
    return inventory


def format_rule(entry: Entry, place: str) -> str:
    """What told the format of a document at `place` (French)."""
    named = named_format(place)
    return "nom du fichier" if named is not None and named.name == entry.format else "contenu du fichier"


def language_rule(entry: Entry, said: Said) -> str:
    """What told the language of a document (French)."""
    if given_of(said, entry.member, alone=entry.key is None).language:
        return GIVEN_RULE
    if not entry.language:
        return "texte trop court pour le dire"
    return "texte" if language_of(entry.text) == entry.language else "langue déclarée"
