# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Snapshots with their permissions, and the AMIs that they belong to, as the calls of snapshot_permission see them."""

from __future__ import annotations

from ansible_collections.golden.ami.plugins.module_utils._image.selection import ImageSelector
from ansible_collections.golden.ami.plugins.module_utils._snapshot_permission.request import SnapshotSelector
from tests.unit.builders import OWNER, REGION
from tests.unit.fake_aws import Error, unknown_images, unknown_snapshot

EU, US = REGION, "us-east-1"
AMI, OTHER_AMI, BARE_AMI = (f"ami-{number:017x}" for number in (1, 2, 3))
ROOT, DATA, ABROAD, LOOSE = (f"snap-{number:017x}" for number in (1, 2, 3, 4))
KEY = f"arn:aws:kms:{EU}:{OWNER}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
TARGETS = (ImageSelector(US, OTHER_AMI), ImageSelector(EU, AMI))
ONE = (SnapshotSelector(EU, LOOSE),)


class Account:
    """Snapshots with their permissions and the AMIs that they belong to; enough of AWS to read and change them."""

    def __init__(self, aws, permissions=(), manager="CUSTOMER", keys=()):
        self.permissions = {ROOT: [], DATA: [], ABROAD: [], LOOSE: [], **dict(permissions)}
        self.images = {AMI: [ROOT, DATA], OTHER_AMI: [ABROAD], BARE_AMI: []}
        self.keys, self.manager = dict.fromkeys(keys, KEY), manager
        aws.answers.update(
            DescribeImages=self.list_images,
            DescribeSnapshots=self.list_snapshots,
            DescribeSnapshotAttribute=self.read,
            ModifySnapshotAttribute=self.modify,
            DescribeKey=self.describe_key,
        )

    def list_images(self, _region, params):
        unknown = [one for one in params["ImageIds"] if one not in self.images]
        if unknown:
            return unknown_images(*unknown)
        return {
            "Images": [
                {
                    "ImageId": image_id,
                    "State": "available",
                    "OwnerId": OWNER,
                    "BlockDeviceMappings": [{"Ebs": {"SnapshotId": one}} for one in self.images[image_id]],
                }
                for image_id in sorted(params["ImageIds"])
            ]
        }

    def list_snapshots(self, _region, params):
        unknown = [one for one in params["SnapshotIds"] if one not in self.permissions]
        if unknown:
            return unknown_snapshot(unknown[0])
        listed = sorted(params["SnapshotIds"], reverse=True)
        shown = [{"SnapshotId": one, "State": "completed", "OwnerId": OWNER, "Encrypted": False} for one in listed]
        on_key = {one: {"KmsKeyId": arn, "Encrypted": True} for one, arn in self.keys.items()}
        return {"Snapshots": [{**one, **on_key.get(one["SnapshotId"], {})} for one in shown]}

    def read(self, _region, params):
        if params["SnapshotId"] not in self.permissions:
            return Error("InvalidSnapshot.NotFound")
        entries = [{"UserId" if one.isdigit() else "Group": one} for one in self.permissions[params["SnapshotId"]]]
        return {"SnapshotId": params["SnapshotId"], "CreateVolumePermissions": entries}

    def modify(self, _region, params):
        assert params["Attribute"] == "createVolumePermission" and 0 < len(params["UserIds"]) <= 500
        now, named = self.permissions[params["SnapshotId"]], params["UserIds"]
        if params["OperationType"] == "add":
            self.permissions[params["SnapshotId"]] = now + [one for one in named if one not in now]
        else:
            self.permissions[params["SnapshotId"]] = [one for one in now if one not in named]
        return {}

    def describe_key(self, _region, params):
        metadata = {
            "KeyId": params["KeyId"],
            "Arn": params["KeyId"],
            "KeyManager": self.manager,
            "KeyState": "Disabled",
        }
        return {"KeyMetadata": {**metadata, "AWSAccountId": OWNER}}
