# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One boto3 Session for a task, one client per service and Region, one pace per quota."""

from __future__ import annotations

import copy
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

try:
    import botocore.config
    import botocore.exceptions
except ImportError:
    pass  # AnsibleAWSModule reports a missing SDK

from .._base.advice import next_step
from .errors import UnusableConnectionError, as_text, credentials_action
from .fanout import WORKERS, in_background
from .pace import Pace, Paces
from .role_clients import RoleClient, credentials_of_the_caller
from .sdk import Session

# "legacy" retries 5xx, connection errors and throttling (RequestLimitExceeded, ThrottlingException) with exponential
# back-off, and nothing else. "standard" would also retry KMS's LimitExceededException, a quota that no waiting cures.
# Six tries wait at most 31 seconds in all.
RETRIES = {"mode": "legacy", "total_max_attempts": 6}
CONNECT_TIMEOUT = 10
READ_TIMEOUT = 30
# For questions whose answer only makes a message better.
HURRY = {"connect_timeout": 3, "read_timeout": 5, "retries": {"mode": "legacy", "total_max_attempts": 1}}


@dataclass(frozen=True)
class Connection:
    """What amazon.aws made of the authentication options (``get_aws_connection_info``), and nothing of the module."""

    endpoint_url: str | None
    options: Mapping[str, Any]


@contextmanager
def _connecting() -> Iterator[None]:
    try:
        yield
    except botocore.exceptions.ClientError as error:
        code = error.response.get("Error", {}).get("Code", "Unknown")
        action = credentials_action(error) or error.operation_name
        raise UnusableConnectionError(f"{action}: {error}", next_step(action, code)) from error
    except Exception as error:
        # What is raised here is about the options, a profile, or what a profile names: a file, a program.
        raise UnusableConnectionError(as_text(error), next_step("", type(error).__name__)) from error


class _Clients:
    """The clients of one Session. Any thread may ask for them; they are made one after the other."""

    def __init__(self, session: Session, config: Any, options: Mapping[str, Any]) -> None:
        self.session = session
        self._config, self._options = config, options
        self._made: dict[tuple[str, str], Any] = {}
        self._lock = threading.Lock()

    def get(self, service: str, region: str) -> Any:
        made = self._made.get((service, region))
        if made is not None:
            return made
        with self._lock:
            if (service, region) not in self._made:
                with _connecting():
                    self._made[service, region] = self.session.client(
                        service, region_name=region, config=self._config, **self._options
                    )
            return self._made[service, region]

    def in_a_hurry(self) -> _Clients:
        config = self._config.merge(botocore.config.Config(**HURRY))
        return _Clients(self.session, config, self._options)


class Aws:
    """What one task needs for its calls, as itself or as a role (:meth:`acting_as`)."""

    def __init__(self, connection: Connection, user_agent: str) -> None:
        """:raises UnusableConnectionError: for an unknown profile or a bad ``aws_config``."""
        options = dict(connection.options)
        self._config = botocore.config.Config(
            retries=RETRIES,
            connect_timeout=CONNECT_TIMEOUT,
            read_timeout=READ_TIMEOUT,
            max_pool_connections=WORKERS,
            user_agent_extra=user_agent,
        )
        aws_config = options.pop("aws_config", None)
        if aws_config:
            self._config = self._config.merge(aws_config)
        self._profile = options.pop("profile_name", None)
        self._options = {**options, "endpoint_url": connection.endpoint_url}
        self._session = self._make_session()
        self._clients = _Clients(self._session, self._config, self._options)
        self._paces = Paces()
        self._shared_by_roles: _Clients | None = None
        self._role: Any = None
        self._account = ""

    def _make_session(self, credentials: Any = None) -> Session:
        with _connecting():
            return Session(self._profile, credentials)

    def prepare(self, service: str, regions: Iterable[str]) -> None:
        """Make the clients of a service before they are needed; what cannot be used shows here.

        :raises UnusableConnectionError: for an unusable profile or endpoint.
        """
        for region in regions:
            self._clients.get(service, region)

    def prepare_soon(self, service: str, regions: Iterable[str]) -> None:
        """The same while the caller goes on; what cannot be used shows when :meth:`client` is asked for it."""
        in_background(self._prepare_quietly, service, tuple(regions))

    def _prepare_quietly(self, service: str, regions: Iterable[str]) -> None:
        with suppress(UnusableConnectionError):
            self.prepare(service, regions)

    def client(self, service: str, region: str) -> Any:
        client = self._clients.get(service, region)
        return RoleClient(client, self._role) if self._role else client

    def pace(self, action: str, region: str) -> Pace:
        """How fast this account may make a call in a Region; one pace for everything that the process does."""
        return self._paces.get(action, region, self._account)

    def acting_as(self, role_arn: str, credentials: Any) -> Aws:
        """The same settings with the credentials of an assumed role; all roles share their clients.

        :param credentials: a botocore credentials object. Call it in the main thread.
        """
        if self._shared_by_roles is None:
            keys = ("aws_access_key_id", "aws_secret_access_key", "aws_session_token")
            options = {name: value for name, value in self._options.items() if name not in keys}
            session = self._make_session(credentials_of_the_caller())
            self._shared_by_roles = _Clients(session, self._config, options)
        other = copy.copy(self)
        other._clients = self._shared_by_roles
        other._role, other._account = credentials, role_arn.split(":")[4]
        return other

    def in_a_hurry(self) -> Aws:
        """The same credentials and settings, no clients yet, and no call that is tried again or waited for long."""
        other = copy.copy(self)
        other._clients = self._clients.in_a_hurry()
        return other

    def access_key(self) -> str:
        """The access key ID in use, for messages about credentials that AWS does not recognise; empty when none.

        Credentials that cannot be got are none: whatever a file, a program or a token raises, a message is not worth it.
        """
        if self._options.get("aws_access_key_id") and not self._role:
            return str(self._options["aws_access_key_id"])
        try:
            credentials = self._role or self._session.get_credentials()
            return str(credentials.access_key) if credentials else ""
        except Exception:
            return ""
