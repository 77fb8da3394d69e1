# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The states of a key in which it cannot be used, and what is done about each (KMS Developer Guide, "Key states")."""

from __future__ import annotations

# CreateGrant works in these states, and so does what a grant allows.
USABLE = ("Enabled", "Updating")
_CANCEL = "Cancel the deletion (kms:CancelKeyDeletion) and enable the key, if that is right; neither is done here."
_CURES = {
    "Disabled": "Enable the key (kms:EnableKey) if that is right; it is never enabled here.",
    "PendingDeletion": _CANCEL,
    "PendingReplicaDeletion": _CANCEL,
    "PendingImport": "Import key material (kms:ImportKeyMaterial); until then the key has none.",
    "Creating": "Wait until KMS has made the key, then run again.",
    "Unavailable": (
        "Connect the custom key store of the key (kms:ConnectCustomKeyStore); enabling the key does not help while its store is "
        "disconnected."
    ),
}


def code_of_state(state: str) -> str:
    """The code of the failure or blocker that a key in such a state is."""
    if state in ("PendingDeletion", "PendingReplicaDeletion"):
        return "key_pending_deletion"
    return "key_disabled" if state == "Disabled" else "key_unusable"


def cure_of_state(state: str) -> str:
    return _CURES.get(state, "Bring the key to the state Enabled, then run again.")
