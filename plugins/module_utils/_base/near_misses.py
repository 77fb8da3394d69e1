# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Names that somebody probably meant: of variables, of keys in dictionaries, of words to choose from."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

# What people write for a word of ours. amazon.aws has some of them as names of options.
_WORDS = {
    "acct": "account",
    "acc": "account",
    "ami": "image",
    "org": "organization",
    "organisation": "organization",
    "organisational": "organizational",
    "ou": "organizational unit",
    "autoscaling": "auto scaling",
}
_PHRASES = {"user_id": "account_id", "org_unit": "organizational_unit"}
# Words that say what a value looks like and not what it is about.
_DROPPED = frozenset({"id", "arn"})


def near_misses(names: Iterable[str], known: Sequence[str], prefix: str, others: Iterable[str] = ()) -> list[str]:
    """A problem for each variable with the prefix that is none of the known ones and resembles one.

    A name that resembles none may belong to somebody else's role and is left alone.

    :param known: names without the prefix.
    :param others: names without the prefix that are fine as well, such as ``result``.
    """
    found = []
    fine = {prefix + name for name in (*known, *others)}
    for name in dict.fromkeys(names):
        meant = None if name in fine else _meant(name, known, prefix)
        if meant:
            found.append(f"{name}: there is no such variable; did you mean {prefix}{meant}?")
    return found


def unknown_keys(given: Iterable[object], known: Sequence[str]) -> list[str]:
    """What is wrong with each key of a dictionary that has no meaning, as ``regoin: no such key; did you mean region?``"""
    listed = ", ".join(known[:-1]) + f" and {known[-1]}"
    problems = []
    for key in given:
        if key not in known:
            meant = nearest(str(key), known)
            cure = f"did you mean {meant}?" if meant else f"there are {listed}."
            problems.append(f"{key}: no such key; {cure}")
    return problems


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that a name is a slip of; None when it resembles none."""
    listed = list(known)
    close = [one for one in listed if _is_slip(_plain(name), _plain(one))]
    if close:
        return min(close, key=lambda one: (distance(_plain(name), _plain(one)), listed.index(one)))
    return next((one for one in listed if _same_words(name, one)), None)


def _meant(name: str, known: Sequence[str], prefix: str) -> str | None:
    plain = _plain(name)
    if not plain.startswith(prefix):
        return None
    if name.startswith(prefix) and name.removeprefix(prefix) in known:
        return None
    return nearest(plain.removeprefix(prefix).strip("_"), known)


def _plain(name: str) -> str:
    """``AccountIds``, ``account-ids`` and ``ACCOUNT_IDS`` are all ``account_ids``."""
    parted = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)
    return re.sub(r"[\W_]+", "_", parted).lower()


def _is_slip(name: str, known: str) -> bool:
    """Few enough letters are wrong for the length of the name; a missing or extra s at its end counts for nothing."""
    shorter = min(len(name), len(known))
    allowed = 1 if shorter < 8 else 2 if shorter < 16 else 3
    if shorter < 4:
        return name == known
    return min(distance(name, known), distance(name.rstrip("s"), known.rstrip("s"))) <= allowed


def _same_words(name: str, known: str) -> bool:
    """The same words, synonyms included, three or more in any order; ``id`` or ``arn``, or one of three words, may be missing."""
    listed, known_words = _words(name), _words(known)
    given, wanted = frozenset(listed), frozenset(known_words)
    if given == wanted:
        return listed == known_words or len(wanted) > 2
    extra, missing = given - wanted, wanted - given
    if extra:
        return not missing and extra <= _DROPPED and bool(wanted)
    return bool(given) and (missing <= _DROPPED or (len(missing) == 1 and len(given) > 1))


def _words(name: str) -> list[str]:
    plain = _plain(name)
    for phrase, ours in _PHRASES.items():
        plain = plain.replace(phrase, ours)
    single = (word[:-1] if word.endswith("s") and len(word) > 2 else word for word in plain.split("_"))
    expanded = (_WORDS.get(word, word).split() for word in single if word)
    return [word for words in expanded for word in words]


def distance(one: str, other: str) -> int:
    """How many letters are missing, added, replaced, or swapped with their neighbour (optimal string alignment)."""
    before: list[int] = []
    last = list(range(len(other) + 1))
    for row, letter in enumerate(one, 1):
        current = [row]
        for column, wanted in enumerate(other, 1):
            best = min(last[column] + 1, current[-1] + 1, last[column - 1] + (letter != wanted))
            if row > 1 and column > 1 and letter == other[column - 2] and one[row - 2] == wanted:
                best = min(best, before[column - 2] + 1)
            current.append(best)
        before, last = last, current
    return last[-1]
