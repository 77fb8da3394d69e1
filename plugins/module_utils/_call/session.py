# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One boto3 Session for a task, and one client per service and Region."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

try:
    import boto3.session
    import botocore.config
    import botocore.exceptions
except ImportError:
    pass  # AnsibleAWSModule reports a missing SDK

from .._base.advice import next_step
from .errors import UnusableConnectionError, as_text, credentials_action
from .fanout import WORKERS

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


class Aws:
    """The clients of one task.

    A boto3 Session is not thread-safe and slow to make, its clients are safe and cheap: so :meth:`prepare` makes them
    all in the main thread, and :meth:`client` only looks them up.
    """

    def __init__(self, connection: Connection, user_agent: str) -> None:
        """:raises UnusableConnectionError: for an unknown profile or a bad ``aws_config``."""
        options = dict(connection.options)
        self._endpoint_url = connection.endpoint_url
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
        with _connecting():
            self._session = boto3.session.Session(profile_name=options.pop("profile_name", None))
        self._options = options
        self._clients: dict[tuple[str, str], Any] = {}

    def prepare(self, service: str, regions: Iterable[str]) -> None:
        """Make the clients of a service; call it in the main thread, before any of them is used.

        :raises UnusableConnectionError: for an unusable profile or endpoint.
        """
        for region in regions:
            if (service, region) not in self._clients:
                with _connecting():
                    self._clients[service, region] = self._session.client(
                        service,
                        region_name=region,
                        endpoint_url=self._endpoint_url,
                        config=self._config,
                        **self._options,
                    )

    def client(self, service: str, region: str) -> Any:
        return self._clients[service, region]

    def acting_as(self, credentials: Mapping[str, str]) -> Aws:
        """The same Session and settings with the credentials of an assumed role (STS's ``Credentials``), no clients yet."""
        other = copy.copy(self)
        other._options = {
            **self._options,
            "aws_access_key_id": credentials["AccessKeyId"],
            "aws_secret_access_key": credentials["SecretAccessKey"],
            "aws_session_token": credentials["SessionToken"],
        }
        other._clients = {}
        return other

    def in_a_hurry(self) -> Aws:
        """The same credentials and settings, no clients yet, and no call that is tried again or waited for long."""
        other = copy.copy(self)
        other._config = self._config.merge(botocore.config.Config(**HURRY))
        other._clients = {}
        return other

    def access_key(self) -> str:
        """The access key ID in use, for messages about credentials that AWS does not recognise; empty when none.

        Credentials that cannot be got are none: whatever a file, a program or a token raises, a message is not worth it.
        """
        if self._options.get("aws_access_key_id"):
            return str(self._options["aws_access_key_id"])
        try:
            credentials = self._session.get_credentials()
            return str(credentials.access_key) if credentials else ""
        except Exception:
            return ""
