# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The conversation of image_unshare with AWS: which calls in which order, and what a call that fails leaves of the others."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from ansible_collections.golden.ami.plugins.module_utils._unshare import apply as apply_unshare
from ansible_collections.golden.ami.plugins.module_utils._unshare.apply_job import UnshareJob
from ansible_collections.golden.ami.plugins.module_utils._unshare.read_keys import Looks
from tests.unit.builders import (
    ADMINISTRATION,
    ALICE,
    BOB,
    IMAGE_ID,
    KEY_ARN,
    OTHER_IMAGE_ID,
    OTHER_KEY_ARN,
    OTHER_REGION,
    OWNER,
    REGION,
    SNAPSHOT_ID,
    grant,
    policy_text,
    statement,
)
from tests.unit.fake_aws import Error
from tests.unit.unshare.builders import ROOT, asked

WRITES = ("ModifyImageAttribute", "ResetImageAttribute", "ModifySnapshotAttribute", "RevokeGrant", "PutKeyPolicy")
IDS = {REGION: IMAGE_ID, OTHER_REGION: OTHER_IMAGE_ID}
KEYS = {REGION: KEY_ARN, OTHER_REGION: OTHER_KEY_ARN}
DB = "ami-00000000000000002"


class Account:
    """The owner's side in two Regions: an AMI on a key in each, and a second one on the key of the first."""

    def __init__(self, aws):
        self.allowed = {IMAGE_ID: [ALICE, BOB], OTHER_IMAGE_ID: [ALICE], DB: []}
        self.readers = {region: [ALICE] for region in IDS}
        self.grants = {arn: {f"g-{one}": grant(one) for one in (ALICE, BOB)} for arn in KEYS.values()}
        self.policies = dict.fromkeys(
            KEYS.values(), policy_text(ADMINISTRATION, statement(ROOT.format(ALICE), Sid="GoldenAmiAccounts"))
        )
        self.uses, self.refused = [], {}
        self.on_report = lambda: None
        answers = {
            "DescribeImages": self.images,
            "DescribeImageAttribute": self.image_attribute,
            "DescribeSnapshots": self.snapshots,
            "DescribeSnapshotAttribute": self.snapshot_attribute,
            "DescribeKey": self.key,
            "ListGrants": self.list_grants,
            "GetKeyPolicy": lambda _region, params: {"Policy": self.policies[params["KeyId"]]},
            "CreateImageUsageReport": self.create_report,
            "DescribeImageUsageReports": self.reports,
            "DescribeImageUsageReportEntries": lambda _region, _params: {"ImageUsageReportEntries": self.uses},
            "DeleteImageUsageReport": lambda _region, _params: {"Return": True},
            "ModifyImageAttribute": self.modify,
            "ResetImageAttribute": self.reset,
            "ModifySnapshotAttribute": self.close,
            "RevokeGrant": self.revoke,
            "PutKeyPolicy": self.put,
        }
        aws.answers.update({name: self.or_refuse(name, answer) for name, answer in answers.items()})

    def or_refuse(self, operation, answer):
        def answered(region, params):
            refusal = self.refused.get((operation, region))
            return refusal if refusal else answer(region, params)

        return answered

    def images(self, region, params):
        ids = [IDS[region], *([DB] if region == REGION else [])]
        wanted = next((one["Values"] for one in params.get("Filters", []) if one["Name"] == "image-id"), ids)
        return {
            "Images": [
                {
                    "ImageId": one,
                    "Name": "golden-db" if one == DB else "golden-web",
                    "State": "available",
                    "OwnerId": OWNER,
                    "BlockDeviceMappings": [{"Ebs": {"SnapshotId": SNAPSHOT_ID, "Encrypted": True}}],
                }
                for one in ids
                if one in wanted
            ]
        }

    def image_attribute(self, _region, params):
        listed = self.allowed[params["ImageId"]]
        return {"ImageId": params["ImageId"], "LaunchPermissions": [{"UserId": one} for one in listed]}

    def snapshots(self, region, _params):
        found = {"SnapshotId": SNAPSHOT_ID, "Encrypted": True, "KmsKeyId": KEYS[region], "OwnerId": OWNER}
        return {"Snapshots": [{**found, "State": "completed"}]}

    def snapshot_attribute(self, region, _params):
        return {"CreateVolumePermissions": [{"UserId": one} for one in self.readers[region]]}

    def key(self, region, _params):
        about = {"KeyId": KEYS[region].rpartition("/")[2], "Arn": KEYS[region], "AWSAccountId": OWNER}
        return {"KeyMetadata": {**about, "KeyManager": "CUSTOMER", "KeyState": "Enabled"}}

    def list_grants(self, _region, params):
        listed = self.grants[params["KeyId"]].items()
        return {
            "Grants": [
                {
                    "GrantId": grant_id,
                    "Name": one.name,
                    "GranteePrincipal": one.grantee,
                    "Operations": sorted(one.terms.operations),
                }
                for grant_id, one in listed
            ]
        }

    def create_report(self, _region, params):
        self.on_report()
        return {"ReportId": f"report-{params['ImageId']}"}

    def reports(self, _region, params):
        kinds = [{"ResourceType": "ec2:Instance"}, {"ResourceType": "ec2:LaunchTemplate"}]
        made = {"State": "available", "ResourceTypes": kinds, "CreationTime": datetime.now(UTC)}
        ids = params.get("ReportIds") or ()
        return {"ImageUsageReports": [{"ReportId": one, "ImageId": one.removeprefix("report-"), **made} for one in ids]}

    def modify(self, _region, params):
        gone = [one["UserId"] for one in params["LaunchPermission"]["Remove"]]
        self.allowed[params["ImageId"]] = [one for one in self.allowed[params["ImageId"]] if one not in gone]
        return {}

    def reset(self, _region, params):
        self.allowed[params["ImageId"]] = []
        return {}

    def close(self, region, params):
        self.readers[region] = [one for one in self.readers[region] if one not in params["UserIds"]]
        return {}

    def revoke(self, _region, params):
        del self.grants[params["KeyId"]][params["GrantId"]]
        return {}

    def put(self, _region, params):
        self.policies[params["KeyId"]] = params["Policy"]
        return {}


@pytest.fixture
def account(aws):
    return Account(aws)


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch):
    waited = []
    monkeypatch.setattr(apply_unshare, "Looks", lambda: Looks(sleep=waited.append))
    return waited


BOTH = "\n".join(f"{image_id} {region}" for region, image_id in IDS.items())


def perform(aws, check_mode=False, **given):
    said = []
    job = UnshareJob(asked(**{"images": BOTH, **given}), said.append)
    job.read(aws)
    if not job.is_refused:
        job.predict(aws) if check_mode else job.apply(aws)
    return job.report(None), said


def writes(aws):
    return aws.operations(*WRITES)


def test_apply__launch_permissions_then_snapshots_then_keys(aws, account):
    report, said = perform(aws, snapshots=True)

    assert writes(aws) == [
        "ModifyImageAttribute",
        "ModifyImageAttribute",
        "ModifySnapshotAttribute",
        "ModifySnapshotAttribute",
        "RevokeGrant",
        "RevokeGrant",
        "PutKeyPolicy",
        "PutKeyPolicy",
    ]
    assert [one.states for one in report.consumers] == [("removed", "removed", "removed", "unchanged")] * 2
    assert account.allowed == {IMAGE_ID: [BOB], OTHER_IMAGE_ID: [], DB: []}
    assert all(list(listed) == [f"g-{BOB}"] for listed in account.grants.values())
    assert [line.split(":")[0] for line in said] == [
        "usage",
        "launch permissions",
        "snapshot permissions",
        "key access",
        "key access",
        "key access",
        "key access",
    ]
    assert "key access: 2 of 2 grants revoked" in said


def test_apply__the_amis_on_the_keys_are_read_behind_the_launch_permissions(aws, account):
    perform(aws)

    own = [number for number, (_region, operation, params) in enumerate(aws.calls) if params.get("Owners") == ["self"]]
    written = [number for number, (_region, operation, _params) in enumerate(aws.calls) if operation in WRITES]
    revoked = [number for number, (_region, operation, _params) in enumerate(aws.calls) if operation == "RevokeGrant"]
    assert len(own) == 2
    assert written[1] < own[0] < own[1] < revoked[0]


def test_apply__what_is_shared_while_reports_are_made_keeps_its_key(aws, account):
    account.on_report = lambda: account.allowed[DB].append(ALICE)

    report, _told = perform(aws)

    assert [(one.region, one.launch.state, one.key.state) for one in report.consumers] == [
        (REGION, "removed", "kept"),
        (OTHER_REGION, "removed", "removed"),
    ]
    assert f"g-{ALICE}" in account.grants[KEY_ARN]
    assert report.extra["kept"][0]["reason"] == f"{DB} (golden-db) on this key is still shared with it"


def test_apply__permissions_are_read_again_after_the_reports(aws, account):
    """An account that was named and got its permission meanwhile loses it as well."""
    account.on_report = lambda: account.allowed.update({IMAGE_ID: [ALICE, BOB]})
    account.allowed[IMAGE_ID] = [ALICE]

    perform(aws, account_ids=[ALICE, BOB])

    assert account.allowed[IMAGE_ID] == []


def test_apply__an_ami_about_whose_use_nobody_was_asked_loses_nothing(aws, account):
    account.allowed[OTHER_IMAGE_ID] = []
    account.on_report = lambda: account.allowed[OTHER_IMAGE_ID].append(ALICE)

    perform(aws)

    assert account.allowed[OTHER_IMAGE_ID] == [ALICE]
    assert f"g-{ALICE}" in account.grants[OTHER_KEY_ARN]


def test_apply__a_late_read_is_looked_at_again(aws, account, no_waiting):
    shown = iter([[ALICE, BOB], [BOB]])
    aws.answers["DescribeImageAttribute"] = account.or_refuse(
        "DescribeImageAttribute",
        lambda _region, params: {
            "ImageId": params["ImageId"],
            "LaunchPermissions": [
                {"UserId": one}
                for one in (
                    next(shown)
                    if params["ImageId"] == IMAGE_ID and "ModifyImageAttribute" in aws.operations()
                    else account.allowed[params["ImageId"]]
                )
            ],
        },
    )

    report, _told = perform(aws, images=f"{IMAGE_ID} {REGION}")

    assert no_waiting == [1]
    assert [one.states[:2] for one in report.consumers] == [("removed", "removed")]


def test_apply__everything_is_one_reset(aws, account):
    report, _told = perform(aws, account_ids=None, everything=True, check_usage=False)

    assert writes(aws)[:2] == ["ResetImageAttribute"] * 2
    assert account.allowed == {IMAGE_ID: [], OTHER_IMAGE_ID: [], DB: []}
    assert {one.states[:2] for one in report.consumers} == {("removed", "removed")}


@pytest.mark.parametrize(
    ("operation", "failed", "kept"),
    [
        ("ModifyImageAttribute", ("failed", "kept"), {"g-111122223333", "g-444455556666"}),
        ("RevokeGrant", ("removed", "failed"), {"g-111122223333", "g-444455556666"}),
        ("PutKeyPolicy", ("removed", "failed"), {"g-444455556666"}),
    ],
)
def test_apply__one_region_that_fails_keeps_no_other_from_going_on(aws, account, operation, failed, kept):
    account.refused[operation, REGION] = Error("AccessDeniedException", "no", 400)

    report, _told = perform(aws)

    assert {one.region: one.states[:2] for one in report.consumers} == {
        REGION: failed,
        OTHER_REGION: ("removed", "removed"),
    }
    assert set(account.grants[KEY_ARN]) == kept
    assert report.changed and len(report.failures) == 1


@pytest.mark.parametrize("operation", ["DescribeImages", "DescribeKey"])
def test_apply__amis_on_a_key_that_cannot_be_read_keep_its_access(aws, account, operation):
    """From the moment on when the launch permissions have gone."""

    def refuse_from_now_on():
        account.refused[operation, REGION] = Error("UnauthorizedOperation", "no", 403)

    account.on_report = refuse_from_now_on

    report, _told = perform(aws)

    assert {one.region: one.states[:2] for one in report.consumers} == {
        REGION: ("removed", "kept"),
        OTHER_REGION: ("removed", "removed"),
    }
    assert "could not be read" in report.extra["kept"][0]["reason"]


def test_apply__the_record_of_writes_survives_what_ends_the_run(aws, account, monkeypatch):
    def broken(_aws, _plans):
        raise RuntimeError("a bug")

    monkeypatch.setattr(apply_unshare.apply_snapshot_permissions, "apply", broken)
    job = UnshareJob(asked(images=BOTH, snapshots=True), lambda _line: None)
    job.read(aws)

    with pytest.raises(RuntimeError, match="a bug"):
        job.apply(aws)

    report = job.report(None)
    assert report.changed
    assert [one.states[:3] for one in report.consumers] == [("removed", "unknown", "unknown")] * 2


def test_apply__a_refusal_by_use_takes_nothing(aws, account):
    account.uses = [
        {
            "AccountId": ALICE,
            "ResourceType": "ec2:Instance",
            "UsageCount": 2,
            "ImageId": IMAGE_ID,
            "ReportId": "report-1",
        }
    ]

    report, _told = perform(aws)

    assert (report.refused, writes(aws), report.changed) == (True, [], False)
    assert report.failures[0] == f"{REGION}: {ALICE} uses {IMAGE_ID} (2 Instance)."
    assert len(report.extra["usage"]) == 2
    assert aws.operations("DeleteImageUsageReport") == ["DeleteImageUsageReport"] * 2


def test_apply__an_sdk_without_usage_reports_is_not_one_without_use(aws, account, monkeypatch):
    monkeypatch.setattr(
        "ansible_collections.golden.ami.plugins.module_utils._unshare.read_usage._knows_reports", lambda *_given: False
    )

    report, _told = perform(aws)

    assert (report.refused, writes(aws)) == (True, [])
    assert "Install botocore 1.40.18 or later" in report.failures[0]


def test_check_mode__only_reads(aws, account):
    report, _told = perform(aws, check_mode=True, snapshots=True)

    assert set(aws.operations()).isdisjoint([*WRITES, "CreateImageUsageReport", "DeleteImageUsageReport"])
    assert report.changed
    assert [one.states[:3] for one in report.consumers] == [("removed", "removed", "removed")] * 2
    assert any("In check mode no usage report is created" in note for note in report.notes)


def test_a_run_that_finds_nothing_left_only_reads_and_looks_for_no_other_amis(aws, account):
    account.allowed, account.readers = dict.fromkeys(account.allowed, [BOB]), dict.fromkeys(account.readers, [BOB])
    account.grants = {arn: {f"g-{BOB}": grant(BOB)} for arn in account.grants}
    account.policies = dict.fromkeys(account.policies, policy_text(ADMINISTRATION))

    report, said = perform(aws, snapshots=True)

    assert set(aws.operations()) == {
        "DescribeImages",
        "DescribeImageAttribute",
        "DescribeSnapshots",
        "DescribeSnapshotAttribute",
        "DescribeKey",
        "ListGrants",
        "GetKeyPolicy",
    }
    assert not [params for _region, _operation, params in aws.calls if params.get("Owners") == ["self"]]
    assert (report.changed, said) == (False, [])
    assert [one.states[:3] for one in report.consumers] == [("unchanged", "unchanged", "unchanged")] * 2


def test_what_nobody_asked_for_is_read_only_of_amis_that_lose_something(aws, account):
    account.allowed[OTHER_IMAGE_ID] = []

    report, _told = perform(aws, key_access=None)

    assert [region for region, operation, _params in aws.calls if operation == "ListGrants"] == [REGION]
    assert [one.states[:3] for one in report.consumers] == [
        ("removed", "kept", "kept"),
        ("unchanged", "not_asked", "not_asked"),
    ]


@pytest.mark.parametrize("operation", ["ListGrants", "GetKeyPolicy", "DescribeSnapshotAttribute"])
def test_what_nobody_asked_for_and_may_not_be_read_stops_nothing(aws, account, operation):
    account.refused[operation, REGION] = Error("UnauthorizedOperation", "no", 403)
    account.grants[KEY_ARN] = {}

    report, _told = perform(aws, images=f"{IMAGE_ID} {REGION}", key_access=None)

    assert (report.refused, report.failures, account.allowed[IMAGE_ID]) == (False, (), [BOB])
    states = report.consumers[0].states
    assert "not_asked" in (states[2] if operation == "DescribeSnapshotAttribute" else states[1])


def test_a_policy_is_written_once_for_all_that_goes(aws, account):
    accounts = statement([ROOT.format(ALICE), ROOT.format(BOB)], Sid="GoldenAmiAccounts")
    account.policies[KEY_ARN] = policy_text(ADMINISTRATION, accounts, statement("*", Sid="Others", Effect="Deny"))

    perform(aws, images=f"{IMAGE_ID} {REGION}", account_ids=[ALICE, BOB])

    assert aws.operations("PutKeyPolicy") == ["PutKeyPolicy"]
    assert [one["Sid"] for one in json.loads(account.policies[KEY_ARN])["Statement"]] == [
        ADMINISTRATION["Sid"],
        "Others",
    ]


def test_apply__grants_of_which_nobody_knows_are_not_called_removed(aws, account, monkeypatch):
    def broken(*_given):
        raise RuntimeError("a bug")

    monkeypatch.setattr(apply_unshare.apply_grants, "revocable", broken)

    report, _told = perform(aws, images=f"{IMAGE_ID} {REGION}")

    assert [one.states[:2] for one in report.consumers] == [("removed", "failed")]
    assert "a bug" in report.failures[0]
