"""The texts of items and queries that the model reads: templates (src/recipe/template.ts) and tokens (src/experiment/prepare/tokens.ts)."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from .columns import Log
from .plain import plain
from .tokenizer import Tokenizer

SPACE = "[\\t\\n\\v\\f\\r \\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000\\ufeff]"
"""What ECMAScript's \\s matches."""
BRACES = re.compile(r"\{([^{}]*)\}")
FIELDS = ("title", "category", "description", "price")
MAX_QUERY_TOKENS = 12
MAX_EXPOSED = 32

Encode = Callable[[str], list[int]]


def one_line(text: str) -> str:
    """The text with runs of white space as single spaces, none at its ends."""
    return re.sub(f"{SPACE}+", " ", text).strip(" ")


def _append(text: str, literal: str) -> str:
    return text + (literal[1:] if text.endswith((".", "!", "?")) and literal.startswith(".") else literal)


def render(template: str, values: Mapping[str, str]) -> str:
    """A template with its fields replaced, on one line; the literal that joins an empty value goes with it."""
    parts = BRACES.split(template)
    text, literal, filled = "", parts[0], False
    for at in range(1, len(parts), 2):
        value, after = one_line(values.get(parts[at], "")), parts[at + 1]
        if value:
            text = _append(text, literal) + value
            filled, literal = True, after
        elif filled:
            literal = after
        else:
            literal = "" if one_line(literal) == "" else re.sub(f"^(?:{SPACE}|[.,;:|>–—-])+", "", after)
    return one_line(_append(text, literal)) if filled else ""


def item_texts(log: Log, template: str, items: Iterable[int] | None = None) -> Iterator[str]:
    """A text of these items, or of every item, by a template; the title if all its fields are empty."""
    columns = {name: log.texts(f"item_{name}") for name in FIELDS if log.has(f"item_{name}_start")}
    for item in range(log.items) if items is None else items:
        values = {name: column[item] for name, column in columns.items()}
        values["text"] = values.get("description", "")
        yield render(template, values) or one_line(values["title"])


def open_tokenizer(folder: Path) -> tuple[Encode, Callable[[Sequence[int]], str]]:
    """(encode, decode) of a model's folder, without special tokens: our own reader if it suffices, else `tokenizers`."""
    path = folder / "tokenizer.json"
    try:
        own = Tokenizer(path)
        return own.encode, own.decode
    except (ValueError, KeyError, TypeError, re.error):
        from tokenizers import Tokenizer as Fast

        fast = Fast.from_file(str(path))
        return (
            lambda text: list(fast.encode(text, add_special_tokens=False).ids),
            lambda tokens: str(fast.decode(list(tokens), skip_special_tokens=False)),
        )


class Tokens(Sequence[list[int]]):
    """Concatenated lists of tokens."""

    def __init__(self, rows: Iterator[list[int]]) -> None:
        pieces, sizes = [], [0]
        for row in rows:
            pieces.append(np.array(row, dtype=np.int32))
            sizes.append(len(row))
        self.start: NDArray[np.int64] = np.cumsum(sizes)
        self.values: NDArray[np.int32] = np.concatenate(pieces) if pieces else np.empty(0, np.int32)

    def __len__(self) -> int:
        return len(self.start) - 1

    def __getitem__(self, index: int) -> list[int]:  # type: ignore[override]
        return plain(self.values[self.start[index] : self.start[index + 1]])


class TokensOnDemand(Sequence[list[int]]):
    """Lists of tokens that are made when they are read, for catalogues whose tokens are too many to hold."""

    def __init__(self, log: Log, template: str, tokens: Callable[[str], list[int]]) -> None:
        self._log, self._template, self._tokens = log, template, tokens

    def __len__(self) -> int:
        return self._log.items

    def __getitem__(self, index: int) -> list[int]:  # type: ignore[override]
        if not 0 <= index < len(self):
            raise IndexError(index)
        return self._tokens(next(item_texts(self._log, self._template, (index,))))


def _tokens(log: Log, template: str, tokens: Callable[[str], list[int]], on_demand: bool) -> Sequence[list[int]]:
    return TokensOnDemand(log, template, tokens) if on_demand else Tokens(map(tokens, item_texts(log, template)))


def ended(encode: Encode, text: str, longest: int, eos_id: int) -> list[int]:
    """Tokens of a text, EOS last, `longest` at most."""
    return [*encode(text)[: longest - 1], eos_id]


def text_tokens(
    log: Log, encode: Encode, template: str, longest: int, eos_id: int, on_demand: bool = False
) -> Sequence[list[int]]:
    """y of every item, EOS last, `longest` tokens at most."""
    return _tokens(log, template, lambda text: ended(encode, text, longest, eos_id), on_demand)


def title_tokens(log: Log, encode: Encode, template: str, longest: int, on_demand: bool = False) -> Sequence[list[int]]:
    """Every item as it appears inside a history."""
    return _tokens(log, template, lambda text: encode(f" {text}")[:longest], on_demand)


def query_tokens(encode: Encode, query: str, template: str) -> list[int]:
    """Tokens of a query in the prompt; none if there is no query."""
    return encode(f" {render(template, {'query': query})}")[:MAX_QUERY_TOKENS] if query else []
