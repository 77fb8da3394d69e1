# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The authentication options of a module: what contradicts itself is said in terms of options and environment variables."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.botocore import get_aws_connection_info
from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule

from .._base.identifiers import InputError
from .._call.errors import as_text
from .._call.session import Connection

# Where amazon.aws looks for an option that is not given (its module_utils/modules.py).
_ENVIRONMENT = {
    "profile": ("AWS_PROFILE", "AWS_DEFAULT_PROFILE"),
    "access_key": ("AWS_ACCESS_KEY_ID", "AWS_ACCESS_KEY"),
    "secret_key": ("AWS_SECRET_ACCESS_KEY", "AWS_SECRET_KEY"),
    "session_token": ("AWS_SESSION_TOKEN",),
}
_KEYS = ("access_key", "secret_key", "session_token")


def read_connection(module: AnsibleAWSModule) -> tuple[str | None, Connection]:
    """The default Region, and how to connect.

    :raises InputError: for options that contradict each other, and for an ``aws_config`` that botocore does not take.
    """
    problems = check_credentials(module.params, os.environ)
    if problems:
        raise InputError(problems)
    try:
        region, endpoint_url, options = get_aws_connection_info(module)
    except Exception as error:
        # Of all options only aws_config is made into something here.
        raise InputError([f"aws_config: {as_text(error)}"]) from error
    return region, Connection(endpoint_url, options)


def check_credentials(params: Mapping[str, Any], environment: Mapping[str, str]) -> list[str]:
    """What contradicts itself, and what to unset; amazon.aws and botocore do not say where the values come from."""
    keys = [name for name in _KEYS if params.get(name)]
    if params.get("profile") and keys:
        profile, *others = (_source(name, params, environment) for name in ("profile", *keys))
        return [
            f"{profile} names the profile '{params['profile']}' beside {_listed(others)}: credentials come from one of them. "
            f"To use the profile, {_drop(others)}; to use the keys, {_drop([profile])}."
        ]
    for name, missing in (("access_key", "secret_key"), ("secret_key", "access_key")):
        if params.get(name) and not params.get(missing):
            names = " or ".join((missing, *_ENVIRONMENT[missing][:1]))
            return [
                f"{_source(name, params, environment)} is given without its other half: give {names}, or leave it out."
            ]
    return []


def _source(name: str, params: Mapping[str, Any], environment: Mapping[str, str]) -> str:
    """The environment variable that holds the value of an option, or the option itself."""
    return next((one for one in _ENVIRONMENT[name] if environment.get(one) == params[name]), name)


def _listed(names: list[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    return " and ".join([*[", ".join(names[:-1])] * (len(names) > 1), names[-1]])


def _drop(names: list[str]) -> str:
    exported, given = [name for name in names if name.isupper()], [name for name in names if not name.isupper()]
    steps = [f"unset {_listed(exported)}"] if exported else []
    return " and ".join([*steps, *([f"leave {_listed(given)} out"] if given else [])])
