# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Clients that call as an assumed role. All roles share one client for each service and Region.

A client with its connections costs milliseconds, megabytes and a TLS handshake. A thousand roles in 17 Regions need no
client of their own: a request belongs to the role whose key signs it.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

try:
    import botocore.credentials
except ImportError:
    pass  # AnsibleAWSModule reports a missing SDK

_caller: ContextVar[Any] = ContextVar("caller")


def caller() -> Any:
    """Credentials of the role that calls, in this thread and at this moment.

    :raises LookupError: when no role does, so that no call is made as the role that was the last.
    """
    return _caller.get()


@contextmanager
def _calling_as(credentials: Any) -> Iterator[None]:
    token = _caller.set(credentials)
    try:
        yield
    finally:
        _caller.reset(token)


def credentials_of_the_caller() -> Any:
    """What the shared clients sign with."""

    class OfTheCaller(botocore.credentials.Credentials):
        def get_frozen_credentials(self) -> Any:
            return caller().get_frozen_credentials()

    return OfTheCaller("", "", method="assume-role")


def renewable(get: Callable[[], Mapping[str, str]]) -> Any:
    """Credentials of a role, got now and again before they expire, in whichever thread needs them then.

    :param get: what botocore calls metadata: ``access_key``, ``secret_key``, ``token`` and ``expiry_time``.
    """
    return botocore.credentials.RefreshableCredentials.create_from_metadata(get(), get, "assume-role")


class RoleClient:
    """A shared client in the hands of one role. It costs nothing, so it is made where it is used, and let go."""

    def __init__(self, client: Any, credentials: Any) -> None:
        self._client = client
        self._credentials = credentials

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._client, name)
        return functools.partial(self._call, found) if callable(found) else found

    def _call(self, method: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
        with _calling_as(self._credentials):
            return method(*arguments, **named)

    def get_paginator(self, operation: str) -> RolePaginator:
        return RolePaginator(self._client.get_paginator(operation), self._credentials)


class RolePaginator:
    def __init__(self, paginator: Any, credentials: Any) -> None:
        self._paginator = paginator
        self._credentials = credentials

    def paginate(self, **request: Any) -> Iterator[Any]:
        """Each page is a call of the role; what happens between two pages is not."""
        pages = iter(self._paginator.paginate(**request))
        while True:
            with _calling_as(self._credentials):
                page = next(pages, None)
            if page is None:
                return
            yield page
