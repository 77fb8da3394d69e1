# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a key policy lets somebody do: yes, no, or that it cannot be determined.

A statement that denies counts against every one that allows (IAM User Guide, "Policy evaluation logic").
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

from . import document as policies
from .conditions import NO, UNKNOWN, YES, Conditions, Context, Verdict, all_of, any_of, are_met, read_conditions
from .document import Document, Statement


class Requester(Protocol):
    """Who asks KMS, and what AWS documents of their requests."""

    def named(self, principals: frozenset[str], denied: bool) -> Verdict:
        """Whether these principals of a statement are, or include, them.

        :param denied: whether the statement denies. It may then concern some of them, which is as good as unknown.
        """

    def excepted(self, principals: frozenset[str], denied: bool) -> Verdict:
        """Whether a statement for everybody but these (NotPrincipal) is for them."""

    def context(self, action: str) -> Context:
        """The condition keys of their request for an action."""


@dataclass(frozen=True)
class Rule:
    """One statement, read once for many requesters."""

    statement: Statement
    partition: str

    @property
    def denies(self) -> bool:
        return self.statement.get("Effect") == "Deny"

    @cached_property
    def principals(self) -> frozenset[str]:
        return _with_roles_of_sessions(policies.aws_principals(self.statement, self.partition))

    @cached_property
    def others(self) -> frozenset[str] | None:
        """NotPrincipal, if it has that."""
        if "NotPrincipal" not in self.statement:
            return None
        turned = {"Principal": self.statement["NotPrincipal"]}
        return _with_roles_of_sessions(policies.aws_principals(turned, self.partition))

    @cached_property
    def conditions(self) -> Conditions | None:
        return read_conditions(self.statement)

    @cached_property
    def resource(self) -> Verdict:
        """In a key policy ``*`` is the key itself (KMS Developer Guide, "Key policies")."""
        everything = policies.texts(self.statement.get("Resource", "*")) == ["*"]
        return YES if everything and "NotResource" not in self.statement else UNKNOWN

    @cached_property
    def _covered(self) -> dict[str, bool]:
        return {}

    def covers(self, action: str) -> bool:
        if action not in self._covered:
            self._covered[action] = policies.covers(self.statement, action)
        return self._covered[action]

    def names(self, requester: Requester) -> Verdict:
        if self.others is None:
            return requester.named(self.principals, self.denies)
        return requester.excepted(self.others, self.denies)

    def applies(self, requester: Requester, action: str) -> Verdict:
        """Whether the statement is about a requester's action: for all of them when it allows, for any when it denies."""
        if not self.covers(action):
            return NO
        named = self.names(requester)
        if named is NO:
            return NO
        return all_of(
            [named, self.resource, are_met(self.conditions, requester.context(action), by_all=not self.denies)]
        )


def _with_roles_of_sessions(principals: Iterable[str]) -> frozenset[str]:
    """The ARNs, and for each session also the beginning that all sessions of its role have."""
    listed = list(principals)
    roles = {name.rpartition("/")[0] + "/" for name in listed if ":assumed-role/" in name}
    return frozenset(listed) | roles


def read_rules(document: Document, partition: str) -> tuple[Rule, ...]:
    return tuple(Rule(one, partition) for one in policies.statements(document))


def concerning(rules: Iterable[Rule], requester: Requester) -> list[Rule]:
    """Those that may be for a requester: for questions about many actions of many of them."""
    return [rule for rule in rules if rule.names(requester) is not NO]


def allows(rules: Iterable[Rule], requester: Requester, action: str) -> Verdict:
    listed = list(rules)
    denied = denies(listed, requester, action)
    if denied is YES:
        return NO
    allowed = any_of(rule.applies(requester, action) for rule in listed if rule.statement.get("Effect") == "Allow")
    return UNKNOWN if allowed is YES and denied is UNKNOWN else allowed


def denies(rules: Iterable[Rule], requester: Requester, action: str) -> Verdict:
    return any_of(rule.applies(requester, action) for rule in rules if rule.denies)
