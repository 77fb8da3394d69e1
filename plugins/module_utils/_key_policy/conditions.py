# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether the condition of a statement is met, as far as a policy alone says.

Only what AWS documents of a request is taken as known. Everything else is unknown, never no: a condition that is not
understood may be met. (IAM User Guide, "Condition operators" and "AWS global condition context keys".)
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum

from . import document as policies
from .document import Statement


class Verdict(Enum):
    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"

    @property
    def inverted(self) -> Verdict:
        return {Verdict.YES: Verdict.NO, Verdict.NO: Verdict.YES}.get(self, Verdict.UNKNOWN)


YES, NO, UNKNOWN = Verdict.YES, Verdict.NO, Verdict.UNKNOWN


def all_of(verdicts: Iterable[Verdict]) -> Verdict:
    """What is joined by "and"."""
    found = frozenset(verdicts)
    return NO if NO in found else UNKNOWN if UNKNOWN in found else YES


def any_of(verdicts: Iterable[Verdict]) -> Verdict:
    """What is joined by "or"."""
    found = frozenset(verdicts)
    return YES if YES in found else UNKNOWN if UNKNOWN in found else NO


@dataclass(frozen=True)
class Value:
    """What a request has for a condition key: one of the texts; none of them when the key is absent.

    A text can end in ``*`` for requests of many principals, whose values begin alike.
    ``documented``: whether AWS says that requests have this. If not, they may have no value either.
    ``listed``: whether the key has several values, so that an operator needs ForAnyValue or ForAllValues.
    """

    texts: tuple[str, ...]
    documented: bool = True
    listed: bool = False


ABSENT = Value(())
# By condition key in lower case; what is not in it is unknown.
Context = Mapping[str, Value]
# Values by operator and condition key, as :func:`policies.condition_values` has them.
Conditions = Mapping[tuple[str, str], list[str]]
# Operators, without IfExists and Not, to whether their values are patterns.
_OPERATORS = {
    "stringequals": False,
    "stringequalsignorecase": False,
    "stringlike": True,
    "arnequals": True,
    "arnlike": True,
    "bool": False,
}


@dataclass(frozen=True)
class Operator:
    """A condition operator in its parts."""

    name: str
    quantifier: str
    negated: bool
    optional: bool

    @property
    def holds_without_a_value(self) -> bool:
        """IAM takes a key that is not there as no match, so that what is negated holds."""
        return self.optional or self.negated or self.quantifier == "forallvalues"


def read_conditions(statement: Statement) -> Conditions | None:
    """The conditions of a statement, none for none; None where they cannot be understood."""
    condition = statement.get("Condition") or {}
    if not isinstance(condition, dict) or not all(isinstance(keys, dict) for keys in condition.values()):
        return None
    return policies.condition_values(statement)


def are_met(conditions: Conditions | None, context: Context, by_all: bool) -> Verdict:
    """Whether conditions are met.

    :param by_all: whether it is asked of all principals for whom the context stands. Then it is a no where some do not meet it,
        which is unknown otherwise.
    """
    if conditions is None:
        return UNKNOWN
    return all_of(
        _is_met(_read_operator(operator), values, context.get(key), by_all)
        for (operator, key), values in conditions.items()
    )


def _read_operator(operator: str) -> Operator:
    quantifier, _colon, name = operator.lower().rpartition(":")
    bare = name.removesuffix("ifexists")
    return Operator(bare.replace("not", "", 1), quantifier, "not" in bare, bare != name)


def _is_met(operator: Operator, values: list[str], value: Value | None, by_all: bool) -> Verdict:
    if value is None:
        return UNKNOWN
    if operator.name == "null":
        absent = UNKNOWN if not value.documented else _of(not value.texts)
        return any_of(absent if one.lower() == "true" else absent.inverted for one in values)
    if operator.name not in _OPERATORS or operator.quantifier not in ("", "foranyvalue", "forallvalues"):
        return UNKNOWN
    if not value.texts:
        return _of(operator.holds_without_a_value)
    if value.listed and not operator.quantifier:
        return UNKNOWN
    found = _agreed(any_of(_matches(operator.name, one, text) for one in values) for text in value.texts)
    if found is UNKNOWN and by_all and not operator.negated and all(_is_narrower(one, value) for one in values):
        return NO
    found = found.inverted if operator.negated else found
    sure = value.documented or (found is NO and not operator.holds_without_a_value)
    return found if sure else UNKNOWN


def _of(truth: bool) -> Verdict:
    return YES if truth else NO


def _agreed(verdicts: Iterable[Verdict]) -> Verdict:
    """The same for each of them, or unknown."""
    found = frozenset(verdicts)
    return next(iter(found)) if len(found) == 1 else UNKNOWN


def _matches(operator: str, wanted: str, text: str) -> Verdict:
    if "${" in wanted:
        return UNKNOWN
    if operator in ("stringequalsignorecase", "bool"):
        wanted, text = wanted.lower(), text.lower()
    if not _OPERATORS[operator]:
        return _overlap(wanted, text) if text.endswith("*") else _of(wanted == text)
    # A star of the text stands for any text, which only a star of the pattern takes.
    if re.fullmatch(_pattern(wanted), text, re.DOTALL):
        return YES
    return _overlap(wanted, text) if text.endswith("*") else NO


def _pattern(wanted: str) -> str:
    special = {"*": ".*", "?": "[^*]"}
    return "".join(special.get(one) or re.escape(one) for one in wanted)


def _overlap(wanted: str, text: str) -> Verdict:
    """Whether some of the values that begin like the text may be meant; NO when none can be."""
    start, literal = text.removesuffix("*"), _literal(wanted)
    if literal == wanted:
        return UNKNOWN if wanted.startswith(start) else NO
    return UNKNOWN if literal.startswith(start) or start.startswith(literal) else NO


def _literal(wanted: str) -> str:
    return re.split(r"[*?]", wanted, maxsplit=1)[0]


def _is_narrower(wanted: str, value: Value) -> bool:
    """Whether a path of AWS Organizations leads to a unit below what the request may come from, or to no part of that."""
    if not value.listed or "${" in wanted:
        return False
    literal = _literal(wanted)
    starts = [text.removesuffix("*") for text in value.texts if text.endswith("*")]
    return all(
        "ou-" in literal.removeprefix(start) if literal.startswith(start) else not start.startswith(literal)
        for start in starts
    )
