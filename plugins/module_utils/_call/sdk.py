# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A boto3 Session that suits many Regions at once: fewer operations, clients made by any thread, endpoints by service."""

from __future__ import annotations

import functools
import os
import threading
from collections.abc import Callable
from typing import Any

try:
    import boto3.session
    import botocore.session
except ImportError:
    pass  # AnsibleAWSModule reports a missing SDK

# The calls of this collection. EC2 has more than 800, and botocore makes a method for each of them in each client, which
# takes four fifths of the time of making a client.
OPERATIONS = {
    "ec2": (
        "CancelImageLaunchPermission",
        "CopyImage",
        "CreateImageUsageReport",
        "CreateTags",
        "DeleteImageUsageReport",
        "DeleteTags",
        "DescribeImageAttribute",
        "DescribeImageUsageReportEntries",
        "DescribeImageUsageReports",
        "DescribeImages",
        "DescribeInstances",
        "DescribeRegions",
        "DescribeSnapshotAttribute",
        "DescribeSnapshots",
        "DescribeSubnets",
        "GetAllowedImagesSettings",
        "GetEbsDefaultKmsKeyId",
        "GetEbsEncryptionByDefault",
        "GetImageBlockPublicAccessState",
        "ModifyImageAttribute",
        "ModifySnapshotAttribute",
        "ResetImageAttribute",
        "RunInstances",
        "TerminateInstances",
    ),
}


class FewOperations:
    """A botocore loader whose service models have no other operations than :data:`OPERATIONS`."""

    def __init__(self, loader: Any) -> None:
        self._loader = loader

    def __getattr__(self, name: str) -> Any:
        return getattr(self._loader, name)

    def load_service_model(self, service_name: str, type_name: str, api_version: str | None = None) -> Any:
        model = self._loader.load_service_model(service_name, type_name, api_version=api_version)
        if type_name != "service-2" or service_name not in OPERATIONS:
            return model
        known = model["operations"]
        # An older botocore lacks the newest.
        return {**model, "operations": {name: known[name] for name in OPERATIONS[service_name] if name in known}}


class Session:
    """A boto3 Session, for all Regions and from any thread."""

    def __init__(self, profile: str | None, credentials: Any = None) -> None:
        """:param credentials: a botocore credentials object that takes the place of everything that is configured."""
        core: Any = botocore.session.Session(profile=profile)
        core.register_component("data_loader", FewOperations(core.get_component("data_loader")))
        if credentials is not None:
            core.register_component("credential_provider", _Only(credentials))
        # boto3's Session is not thread-safe: making clients is what changes it. Credentials of a profile's role make
        # an STS client of their own, in whichever thread calls first.
        core.create_client = _one_at_a_time(core.create_client)
        self._core = core
        self._boto3 = boto3.session.Session(botocore_session=core)

    def client(self, service: str, *, endpoint_url: str | None, **options: Any) -> Any:
        return self._boto3.client(service, endpoint_url=self._endpoint(service, endpoint_url), **options)

    def get_credentials(self) -> Any:
        return self._core.get_credentials()

    def _endpoint(self, service: str, general: str | None) -> str | None:
        """A service's own endpoint, from environment or profile, before the one that is given for all services.

        A VPC endpoint is of one service, so one URL for all of them would break the others. botocore asks for the
        service's own one only when it is given none.

        :param general: the option endpoint_url; None leaves the rest to botocore.
        """
        if self._core.get_config_variable("ignore_configured_endpoint_urls"):
            return general
        return os.environ.get(f"AWS_ENDPOINT_URL_{service.upper()}") or self._endpoint_in_profile(service) or general

    def _endpoint_in_profile(self, service: str) -> str | None:
        """From the section that ``services`` of the profile names. botocore says what is wrong with one that is not there."""
        named = self._core.get_scoped_config().get("services")
        section = self._core.full_config.get("services", {}).get(named) or {}
        own = section.get(service)
        return own.get("endpoint_url") if isinstance(own, dict) else None


class _Only:
    """A chain of credential providers with one link."""

    def __init__(self, credentials: Any) -> None:
        self._credentials = credentials

    def load_credentials(self) -> Any:
        return self._credentials


def _one_at_a_time(call: Callable[..., Any]) -> Callable[..., Any]:
    lock = threading.RLock()

    @functools.wraps(call)
    def locked(*arguments: Any, **named: Any) -> Any:
        with lock:
            return call(*arguments, **named)

    return locked
