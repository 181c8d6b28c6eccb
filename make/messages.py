"""Brings the catalogues of translations up to what is marked in the source: `make messages`.

Texts are marked as Django has it (`gettext`, `{% translate %}`, `{% blocktranslate %}`), and the gate's sentences for
readers by standing first in `Sentences(...)`. What is new comes into each catalogue empty, for somebody to write; what
is no longer marked goes; nothing is guessed. The compiled catalogues are written beside them.
"""

import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

SOURCE = Path(__file__).parent.parent / "src" / "newsstand"
LOCALE = SOURCE / "locale"
KEYWORDS = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop", "Sentences"), (1,)),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), ((1, "c"), 2)),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), ((1, "c"), 2, 3)),
}
TEMPLATES = {".html", ".txt", ".xml"}
HEADER = """\
# The texts of Newsstand in {language}. `make messages` keeps this file in step with the source."""


class _Timeless(Catalog):
    """A catalogue whose head says neither when nor by which version it was made: the same texts are the same bytes."""

    @property
    def mime_headers(self) -> list[tuple[str, str]]:
        return [("Content-Type", "text/plain; charset=utf-8"), ("Plural-Forms", self.plural_forms)]


def marked() -> Catalog:
    """All that is marked for translation, each text with the files in which it stands."""
    found = Catalog()
    for path in sorted(SOURCE.rglob("*")):
        name = path.relative_to(SOURCE.parent.parent).as_posix()
        for context, message in _marked_in(path):
            found.add(message, locations=[(name, 0)], context=context)
    return found


def _marked_in(path: Path) -> Iterator[tuple[str | None, str | tuple[str, ...]]]:
    if path.suffix == ".py":
        text = path.read_text("utf-8")
    elif path.suffix in TEMPLATES and "templates" in path.parts:
        # Django turns a template into calls between blots; their places on the line would be taken for indents.
        text = "\n".join(line.strip() for line in templatize(path.read_text("utf-8")).splitlines())
    else:
        return
    for _line, keyword, message, _comments in extract_python(BytesIO(text.encode()), KEYWORDS, [], {}):
        arguments = message if isinstance(message, tuple) else (message,)
        wanted = KEYWORDS[keyword]
        texts = tuple(arguments[place - 1] for place in wanted if isinstance(place, int))
        if all(
            isinstance(each, str) for each in texts
        ):  # a variable is translated there, and marked elsewhere
            context = arguments[0] if isinstance(wanted[0], tuple) else None
            yield context, texts[0] if len(texts) == 1 else texts


def catalogues() -> list[Path]:
    """The catalogues that there are, one for each language."""
    return sorted(LOCALE.glob("*/LC_MESSAGES/django.po"))


def read(path: Path) -> Catalog:
    """A catalogue as it stands."""
    with path.open("rb") as file:
        return read_po(file, locale=path.parent.parent.name)


def in_step(path: Path) -> Catalog:
    """A catalogue with all that is marked, and nothing else; its translations are those that stand in the file."""
    before = read(path)
    locale = path.parent.parent.name
    after = Catalog(
        locale=locale, header_comment=HEADER.format(language=before.locale.english_name), fuzzy=False
    )
    for message in marked():
        if message.id:
            known = before.get(message.id, message.context)
            said = known.string if known is not None and known.id == message.id else None
            after.add(message.id, said, locations=message.locations, context=message.context)
    return after


def written(catalogue: Catalog) -> bytes:
    """The catalogue as a file: sorted by text, so that two changes seldom meet, and without the day of its making."""
    file = BytesIO()
    write_po(file, catalogue, sort_output=True, include_lineno=False, width=110, omit_header=True)
    head = (
        f'{catalogue.header_comment}\n\nmsgid ""\nmsgstr ""\n"Language: {catalogue.locale}\\n"\n'
        '"Content-Type: text/plain; charset=utf-8\\n"\n"Content-Transfer-Encoding: 8bit\\n"\n'
        f'"Plural-Forms: {catalogue.plural_forms}\\n"\n\n'
    )
    return head.encode() + file.getvalue()


def compiled(path: Path) -> bytes:
    """What the catalogue at this path is compiled to."""
    held, file = read(path), BytesIO()
    made = _Timeless(locale=held.locale)
    for message in held:
        if message.id:
            made.add(message.id, message.string, context=message.context)
    write_mo(file, made)
    return file.getvalue()


def is_whole(message: Message) -> bool:
    """Whether a text is translated, in all forms that the number before it asks for."""
    said = message.string if isinstance(message.string, (tuple, list)) else [message.string]
    return bool(said) and all(said)


def main() -> int:
    """Writes all catalogues; says what is still to be translated, and is 1 if anything is."""
    settings.configure()  # the template reader asks for no more than that there are settings
    empty = 0
    for path in catalogues():
        catalogue = in_step(path)
        path.write_bytes(written(catalogue))
        path.with_suffix(".mo").write_bytes(compiled(path))
        for message in catalogue:
            if message.id and not is_whole(message):
                empty += 1
                print(f"{path.parent.parent.name}: not translated: {message.id}")
    return 1 if empty else 0


if __name__ == "__main__":
    sys.exit(main())
