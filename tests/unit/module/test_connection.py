# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Authentication options that contradict each other: which ones, where they come from, and what to unset."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from ansible_collections.golden.ami.plugins.module_utils._base.identifiers import InputError
from ansible_collections.golden.ami.plugins.module_utils._module.connection import check_credentials, read_connection

EXPORTED = {"AWS_ACCESS_KEY_ID": "AKIAEXAMPLE", "AWS_SECRET_ACCESS_KEY": "hush", "AWS_SESSION_TOKEN": "token"}
KEYS = {"access_key": "AKIAEXAMPLE", "secret_key": "hush", "session_token": "token"}
PROFILE = {"profile": "images"}


@pytest.mark.parametrize(
    ("params", "environment", "said"),
    [
        pytest.param(
            {**PROFILE, **KEYS},
            {**EXPORTED, "AWS_PROFILE": "images"},
            "AWS_PROFILE names the profile 'images' beside AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN: "
            "credentials come from one of them. To use the profile, unset AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and "
            "AWS_SESSION_TOKEN; to use the keys, unset AWS_PROFILE.",
            id="both exported",
        ),
        pytest.param(
            {**PROFILE, "session_token": "token"},
            EXPORTED,
            "profile names the profile 'images' beside AWS_SESSION_TOKEN: credentials come from one of them. To use the "
            "profile, unset AWS_SESSION_TOKEN; to use the keys, leave profile out.",
            id="a token is left over",
        ),
        pytest.param(
            {**PROFILE, **KEYS},
            {"AWS_DEFAULT_PROFILE": "images"},
            "AWS_DEFAULT_PROFILE names the profile 'images' beside access_key, secret_key and session_token: credentials come "
            "from one of them. To use the profile, leave access_key, secret_key and session_token out; to use the keys, unset "
            "AWS_DEFAULT_PROFILE.",
            id="options beside an exported profile",
        ),
        pytest.param(
            {**PROFILE, **KEYS},
            {"AWS_SECRET_ACCESS_KEY": "hush"},
            "profile names the profile 'images' beside access_key, AWS_SECRET_ACCESS_KEY and session_token: credentials come "
            "from one of them. To use the profile, unset AWS_SECRET_ACCESS_KEY and leave access_key and session_token out; to "
            "use the keys, leave profile out.",
            id="from everywhere",
        ),
        pytest.param(
            {"access_key": "AKIAEXAMPLE"},
            EXPORTED,
            "AWS_ACCESS_KEY_ID is given without its other half: give secret_key or AWS_SECRET_ACCESS_KEY, or leave it out.",
            id="half exported",
        ),
        pytest.param(
            {"secret_key": "hush"},
            {},
            "secret_key is given without its other half: give access_key or AWS_ACCESS_KEY_ID, or leave it out.",
            id="the other half",
        ),
    ],
)
def test_check_credentials__what_to_unset(params, environment, said):
    assert check_credentials(params, environment) == [said]
    assert "hush" not in said


@pytest.mark.parametrize(
    "params",
    [
        {},
        PROFILE,
        KEYS,
        {"session_token": "left over"},
        {**PROFILE, "access_key": "", "secret_key": "", "session_token": ""},
    ],
)
def test_check_credentials__one_way_is_fine(params):
    assert check_credentials(params, EXPORTED) == []


def test_read_connection__refuses_before_amazon_aws_does(monkeypatch):
    for name, value in EXPORTED.items():
        monkeypatch.setenv(name, value)

    with pytest.raises(InputError, match="unset AWS_ACCESS_KEY_ID"):
        read_connection(SimpleNamespace(params={**PROFILE, **KEYS}))


@pytest.mark.parametrize(
    "config", [{"no_such_option": 1}, {"retries": {"mode": "wild"}}, {"s3": {"addressing_style": "odd"}}]
)
def test_read_connection__a_configuration_that_botocore_does_not_take(config):
    with pytest.raises(InputError, match="aws_config: "):
        read_connection(SimpleNamespace(params={"region": "eu-west-1", "aws_config": config}))


def test_read_connection__gives_what_amazon_aws_makes_of_the_options():
    params = {"region": "eu-west-1", "endpoint_url": "http://127.0.0.1:5000", "validate_certs": True, **KEYS}

    region, connection = read_connection(SimpleNamespace(params=params))

    assert (region, connection.endpoint_url) == ("eu-west-1", "http://127.0.0.1:5000")
    assert connection.options["aws_access_key_id"] == "AKIAEXAMPLE"
