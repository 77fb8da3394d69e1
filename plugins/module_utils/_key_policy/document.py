# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Key-policy documents: what a statement means, however it is written, and the document with one statement changed.

IAM's JSON has several spellings for one meaning, and KMS gives back another one than it was given: one value or a list,
in any order, an account's ID or the ARN of its root, actions in any case. So statements are compared in one form, and
those that are not ours are kept in the form in which they were found.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any, TypeAlias

from .._base import identifiers
from .._kms_grant.model import principal_arn

Statement = Mapping[str, Any]
# By Sid; None for one that is not there, or is to go.
Statements: TypeAlias = "dict[str, Statement | None]"
Document = Mapping[str, Any]


def read_document(text: str) -> Document | None:
    """A policy's text as a document; None when it is none that could be changed safely."""
    try:
        document = json.loads(text)
    except ValueError:
        return None
    if not isinstance(document, dict) or not statements(document):
        return None
    return document if all(isinstance(statement, dict) for statement in statements(document)) else None


def statements(document: Document) -> list[Any]:
    """The statements in their order; a single one may stand without a list."""
    return as_list(document.get("Statement", []))


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def with_sid(document: Document, sid: str) -> dict[int, Statement]:
    """The statements of this sid by their position, counted from 1: KMS does not insist on one."""
    return {number: one for number, one in enumerate(statements(document), 1) if one.get("Sid") == sid}


def changed(document: Document, sid: str, statement: Statement | None) -> Document:
    """The document with this statement in place of the one of its sid, or at the end, or (None) without it."""
    places = with_sid(document, sid)
    listed: list[Statement | None] = list(statements(document))
    for number in places:
        listed[number - 1] = statement
    if not places:
        listed.append(statement)
    return {**document, "Statement": [one for one in listed if one is not None]}


def as_text(document: Document) -> str:
    """As short as JSON can be, since its size is limited; characters beyond ASCII, which KMS allows, stay themselves."""
    return json.dumps(document, separators=(",", ":"), ensure_ascii=False)


def label(number: int, statement: Statement) -> str:
    """A statement as a reader finds it: ``statement 2 (Allow use of the key)``."""
    sid = statement.get("Sid")
    return f"statement {number}" + (f" ({sid})" if sid else "")


def canonical(statement: Statement | None, partition: str) -> str:
    """A statement in one form, equal for equal meanings; empty for none.

    :param partition: the key's, for accounts that are named by their ID.
    """
    if statement is None:
        return ""
    forms: dict[str, Callable[[Any], Any]] = {
        "Principal": lambda value: _principals(value, partition),
        "NotPrincipal": lambda value: _principals(value, partition),
        "Action": lambda value: texts(value, str.lower),
        "NotAction": lambda value: texts(value, str.lower),
        "Resource": texts,
        "NotResource": texts,
        "Condition": _conditions,
    }
    form = {name: forms[name](value) if name in forms else value for name, value in statement.items()}
    if not form.get("Condition"):
        form.pop("Condition", None)
    return json.dumps(form, sort_keys=True)


def _principals(value: Any, partition: str) -> Any:
    kinds = value if isinstance(value, dict) else {"AWS": value}  # "*" stands for {"AWS": "*"}

    def arn(name: str) -> str:
        return principal_arn(name, partition)

    return {kind: texts(named, arn if kind == "AWS" else str) for kind, named in kinds.items()}


def texts(value: Any, form: Callable[[str], str] = str) -> list[str]:
    """One value or a list of them as a sorted list without duplicates."""
    return sorted({form(_text(one)) for one in as_list(value)})


def _text(value: Any) -> str:
    """Conditions may have true and numbers for the text of the same."""
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True)


def _conditions(value: Any) -> Any:
    """Names of condition keys, but not their values, are the same in any case."""
    if not isinstance(value, dict):
        return value
    return sorted(
        [operator, key.lower(), texts(values)]
        for operator, keys in value.items()
        for key, values in (keys.items() if isinstance(keys, dict) else ())
    )


def condition_values(statement: Statement) -> dict[tuple[str, str], list[str]]:
    """The values of each condition by operator and condition key in lower case; none where they cannot be understood."""
    found = _conditions(statement.get("Condition", {}))
    return {(operator, key): values for operator, key, values in (found if isinstance(found, list) else ())}


def same_document(one: str, other: str, partition: str) -> bool:
    """Whether two policy texts mean the same; the order of statements has no meaning."""
    return one == other or _canonical_document(one, partition) == _canonical_document(other, partition)


def _canonical_document(text: str, partition: str) -> Any:
    document = read_document(text)
    if document is None:
        return text
    rest = {name: value for name, value in document.items() if name != "Statement"}
    return rest, sorted(canonical(statement, partition) for statement in statements(document))


def named_by(statement: Statement, partition: str) -> frozenset[str]:
    """Whom a statement is for: its principals, or the organizations and paths to which it narrows everybody.

    Unique IDs are left out: nobody can name them, and they are nobody any more.
    """
    narrowed = {
        value
        for (_operator, key), values in condition_values(statement).items()
        if key in ("aws:principalorgid", "aws:principalorgpaths")
        for value in values
    }
    principals = {one for one in aws_principals(statement, partition) if not (narrowed and one == "*")}
    return frozenset(one for one in principals | narrowed if not identifiers.UNIQUE_ID.match(one))


def stale_principals(document: Document) -> list[tuple[str, str]]:
    """Unique IDs where a role or user was, each with the statement that has it; KMS takes no policy with one of them."""
    return [
        (named, label(number, statement))
        for number, statement in enumerate(statements(document), 1)
        for element in ("Principal", "NotPrincipal")
        if isinstance(statement.get(element), dict)
        for named in texts(statement[element].get("AWS", []))
        if identifiers.UNIQUE_ID.match(named)
    ]


def may_administrate(statement: Statement) -> bool:
    """Whether a statement could let anybody write the key's policy, its conditions aside."""
    return statement.get("Effect") == "Allow" and covers(statement, "kms:PutKeyPolicy")


def surely_administrate(listed: Sequence[Statement], account_id: str, partition: str) -> bool:
    """Whether one of these lets somebody of the account write the key's policy, whatever the circumstances."""
    return any(
        may_administrate(statement) and not statement.get("Condition") and _is_of(statement, account_id, partition)
        for statement in listed
    )


def covers(statement: Statement, action: str) -> bool:
    """Whether an action is among those that a statement is about, wildcards included."""

    def named(patterns: Any) -> bool:
        return any(fnmatchcase(action.lower(), pattern) for pattern in texts(patterns, str.lower))

    if "NotAction" in statement:
        return not named(statement["NotAction"])
    return named(statement.get("Action", []))


def _is_of(statement: Statement, account_id: str, partition: str) -> bool:
    return any(name.split(":")[4:5] == [account_id] for name in aws_principals(statement, partition))


def aws_principals(statement: Statement, partition: str) -> list[str]:
    """The accounts (as the ARNs of their roots), roles and users that a statement is for, or ``*`` for everybody."""
    found: list[str] = _principals(statement.get("Principal", []), partition).get("AWS", [])
    return found
