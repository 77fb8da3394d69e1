# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import botocore.session
import pytest

from ansible_collections.golden.ami.plugins.module_utils._kms_key import states

KNOWN = [
    ("Disabled", "key_disabled", "kms:EnableKey"),
    ("PendingDeletion", "key_pending_deletion", "kms:CancelKeyDeletion"),
    ("PendingReplicaDeletion", "key_pending_deletion", "kms:CancelKeyDeletion"),
    ("PendingImport", "key_unusable", "kms:ImportKeyMaterial"),
    ("Creating", "key_unusable", "Wait"),
    ("Unavailable", "key_unusable", "kms:ConnectCustomKeyStore"),
    ("Unheard", "key_unusable", "Bring the key to the state Enabled"),
]


@pytest.mark.parametrize(("state", "code", "cure"), KNOWN)
def test_states__each_has_its_own_cure(state, code, cure):
    assert states.code_of_state(state) == code
    assert cure in states.cure_of_state(state)


def test_states__enabling_does_not_cure_a_disconnected_store():
    assert "does not help" in states.cure_of_state("Unavailable")
    assert "EnableKey" not in states.cure_of_state("Unavailable")


def test_states__are_all_of_them():
    model = botocore.session.Session().get_service_model("kms")

    assert set(model.shape_for("KeyState").enum) == {state for state, _code, _cure in KNOWN[:-1]} | {*states.USABLE}
