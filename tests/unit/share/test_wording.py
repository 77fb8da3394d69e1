# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Advice names the options that the reader has, with the prefix that they have there."""

from __future__ import annotations

import pytest

from ansible_collections.golden.ami.plugins.module_utils._share.inputs import known_options
from ansible_collections.golden.ami.plugins.module_utils._share.wording import as_said
from tests.unit.builders import ALICE, BOB
from tests.unit.share.builders import asked, foretold, plain, read, refused


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("set launch_permission_quota.", "set share_launch_permission_quota."),
        ("set share_launch_permission_quota.", "set share_launch_permission_quota."),
        (
            "the wait_timeout of 5 s was over. Or raise wait_timeout.",
            "the share_copy_wait_timeout of 5 s was over. Or raise share_copy_wait_timeout.",
        ),
        ("Give a key as kms_key_id.", "Give a key as share_kms_keys."),
        ("Copy it (golden.ami.image_copy with kms_key_id).", "Copy it (golden.ami.image_copy with kms_key_id)."),
        ("Use another sid. To", "Use another share_statement_sid. To"),
        ("use grants (golden.ami.kms_grant), or", "use grants (share_key_access=grants), or"),
        (
            "remove it. With grant_is_for_aws_resource=false they are named once, and can give anybody access to the key.",
            "remove it.",
        ),
    ],
)
def test_as_said(theirs, ours):
    assert as_said(asked(variables_prefix="share_"), theirs) == ours


def test_as_said__every_option_that_is_named_is_one():
    """A typo here would advise what does not exist."""
    words = "launch_permission_quota wait_timeout source_region assume_role_arn kms_key_id"
    said = as_said(asked(), words).split()

    assert all(word in known_options() for word in said), said


def test_several_declarations__blame_the_option_where_it_was_written():
    entry = {"images": "ami-0123456789abcdef0 eu-west-1", "account_ids": "123456789012"}
    request = asked(images=None, account_ids=None, declarations=[{"name": "one", **entry}], variables_prefix="share_")

    [sentence] = refused(request, read(plain()))
    assert "share_declarations (account_ids) names only the account that owns" in sentence
    both = asked(images=None, account_ids=None, declarations=[{**entry, "account_ids": [ALICE, BOB, "123456789012"]}])
    [note] = foretold(both, read(plain())).notes
    assert note.startswith("declarations (account_ids): 123456789012 owns the AMI")
