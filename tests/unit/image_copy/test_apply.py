# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The conversation of image_copy with AWS: which calls, in which Regions, and how long; with a clock of its own."""

from __future__ import annotations

import pytest

from ansible_collections.golden.ami.plugins.module_utils._base.identifiers import InputError
from ansible_collections.golden.ami.plugins.module_utils._image_copy import apply as image_copies
from ansible_collections.golden.ami.plugins.module_utils._image_copy import read as read_copy
from ansible_collections.golden.ami.plugins.module_utils._image_copy.apply import Waiting, interval
from ansible_collections.golden.ami.plugins.module_utils._image_copy.plan import all_or_nothing, plan_copy
from ansible_collections.golden.ami.plugins.module_utils._image_copy.request import parse_copies
from tests.unit.builders import IMAGE_ID, KEY_ID, OWNER, REGION, SNAPSHOT_ID, copy_params
from tests.unit.fake_aws import Error, unknown_images

US, EU = "us-east-1", "eu-central-1"
KNOWN = {REGION: "aws", US: "aws", EU: "aws"}
WRITES = {"CopyImage"}


class Clock:
    """Time passes only in sleep()."""

    def __init__(self):
        self.now, self.slept = 1000.0, []

    def __call__(self):
        return self.now

    def sleep(self, seconds):
        self.slept.append(seconds)
        self.now += seconds


class Account:
    """EC2 and KMS as far as copies need them. ``takes``: seconds that a copy into a Region is pending."""

    def __init__(self, aws, clock):
        self.clock, self.copies, self.tokens = clock, {}, {}
        self.source = {
            "ImageId": IMAGE_ID,
            "State": "available",
            "OwnerId": OWNER,
            "Name": "golden",
            "CreationDate": "2026-11-02T00:00:00.000Z",
            "BlockDeviceMappings": [
                {"DeviceName": "/dev/xvda", "Ebs": {"SnapshotId": SNAPSHOT_ID, "Encrypted": False}}
            ],
        }
        # What DescribeSnapshots shows of the source's snapshot; None for nothing, because it is another account's.
        self.disk = {"Encrypted": False}
        self.takes, self.ends, self.keys, self.by_default, self.room = {}, {}, {}, {}, {}
        self.default_key = "alias/aws/ebs"
        aws.answers.update(
            DescribeImages=self.images,
            DescribeSnapshots=self.snapshots,
            CopyImage=self.copy,
            DescribeKey=self.key,
            GetEbsEncryptionByDefault=lambda region, _params: {
                "EbsEncryptionByDefault": self.by_default.get(region, False)
            },
            GetEbsDefaultKmsKeyId=lambda _region, _params: {"KmsKeyId": self.default_key},
        )

    def encrypt(self, key_arn):
        """The source's disk."""
        self.disk = {"Encrypted": True, "KmsKeyId": key_arn}
        self.source["BlockDeviceMappings"][0]["Ebs"]["Encrypted"] = True

    def add(self, region, image_id="", key="", **given):
        image_id = image_id or f"ami-{len(self.copies) + 1:017x}"
        made = {"region": region, "since": self.clock.now, "key": key, "Name": "golden", **given}
        self.copies[image_id] = made
        return image_id

    def state(self, copy):
        if copy.get("state"):
            return copy["state"]
        pending = self.clock.now - copy["since"] < self.takes.get(copy["region"], 0)
        return "pending" if pending else self.ends.get(copy["region"], "available")

    def images(self, region, params):
        copies = {
            image_id: self.image(image_id, copy)
            for image_id, copy in self.copies.items()
            if copy["region"] == region and not copy.get("hidden")
        }
        there = {**copies, **({IMAGE_ID: self.source} if self.source and region == REGION else {})}
        if "ImageIds" in params:
            unknown = [image_id for image_id in params["ImageIds"] if image_id not in there]
            return unknown_images(*unknown) if unknown else {"Images": [there[one] for one in params["ImageIds"]]}
        assert params["Owners"] == ["self"]
        wanted = {entry["Name"]: entry["Values"] for entry in params["Filters"]}
        if "name" in wanted:
            assert wanted == {"name": ["golden*"]}
            return {"Images": list(there.values())}
        assert wanted == {"source-image-id": [IMAGE_ID], "source-image-region": [REGION]}
        return {"Images": list(copies.values())}

    def image(self, image_id, copy):
        disks = [{"DeviceName": "/dev/xvda", "Ebs": {"SnapshotId": image_id.replace("ami", "snap")}}]
        image = {"ImageId": image_id, "State": self.state(copy), "OwnerId": OWNER, "Name": copy["Name"]}
        image |= {"SourceImageId": IMAGE_ID, "SourceImageRegion": REGION, "CreationDate": "2026-11-03T00:00:00.000Z"}
        if image["State"] == "failed":
            image["StateReason"] = {
                "Code": "Client.InternalError",
                "Message": "Copy image failed with an internal error",
            }
        return {**image, "BlockDeviceMappings": disks}

    def snapshots(self, _region, params):
        shown = []
        for snapshot_id in params["SnapshotIds"]:
            if snapshot_id == SNAPSHOT_ID:
                known = {"SnapshotId": SNAPSHOT_ID, "OwnerId": OWNER, "State": "completed"}
                shown += [{**known, **self.disk}] if self.disk is not None else []
                continue
            copy = self.copies[snapshot_id.replace("snap", "ami")]
            passed = 100 * (self.clock.now - copy["since"]) // max(1, self.takes.get(copy["region"], 0))
            snapshot = {
                "SnapshotId": snapshot_id,
                "OwnerId": OWNER,
                "State": "pending" if passed < 100 else "completed",
                "Progress": f"{min(99, int(passed))}%",
                "Encrypted": bool(copy["key"]),
            }
            shown.append({**snapshot, **({"KmsKeyId": copy["key"]} if copy["key"] else {})})
        return {"Snapshots": shown}

    def copy(self, region, params):
        token = params["ClientToken"]
        if self.room.get(region, 0) > self.clock.now:
            return Error("ResourceLimitExceeded", "Too many snapshot copies in progress.")
        if token not in self.tokens:
            self.tokens[token] = self.add(region, key=params.get("KmsKeyId", ""), Name=params["Name"])
        return {"ImageId": self.tokens[token]}

    def key(self, region, params):
        metadata = {"KeyId": KEY_ID, "KeyManager": "CUSTOMER", "KeyState": "Enabled", "AWSAccountId": OWNER}
        metadata["Arn"] = arn(region)
        if params["KeyId"] == "alias/aws/ebs":
            metadata["KeyManager"] = "AWS"
        return {"KeyMetadata": {**metadata, **self.keys.get(region, {})}}


def arn(region):
    return f"arn:aws:kms:{region}:{OWNER}:key/{KEY_ID}"


def to(*regions, key=None):
    return [{"region": region, "kms_key_id": key, "name": None} for region in regions]


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def account(aws, clock):
    return Account(aws, clock)


@pytest.fixture
def run(aws, clock, account):
    """``run(options)`` plays the module: outcomes, and the lines of progress."""

    def play(check=False, **given):
        params = copy_params(**{"destinations": to(US, EU), **given})
        aws.calls.clear()
        targets, request = parse_copies(params, None, KNOWN)
        plans = all_or_nothing([plan_copy(request, facts) for facts in read_copy.read(aws, targets)])
        lines = []
        waiting = Waiting(params["wait"], params["wait_timeout"], lines.append, clock, clock.sleep)
        return (plans if check else image_copies.apply(aws, plans, waiting)), lines

    return play


def written(aws):
    return [(region, operation) for region, operation, _params in aws.calls if operation in WRITES]


def test_copies__in_input_order_one_call_each(aws, account, run, clock):
    account.takes = {US: 300, EU: 20}

    outcomes, _told = run()

    assert [outcome.target["region"] for outcome in outcomes] == [US, EU]
    assert [(outcome.status, outcome.extra["state"]) for outcome in outcomes] == [("changed", "available")] * 2
    assert {account.copies[outcome.extra["image_id"]]["region"] for outcome in outcomes} == {US, EU}
    assert sorted(written(aws)) == [(EU, "CopyImage"), (US, "CopyImage")]
    assert 300 <= clock.now - 1000 < 315


def test_copies__again_only_reads(aws, account, run):
    first, _told = run(destinations=to(US, EU, key="alias/golden"))
    again, lines = run(destinations=to(US, EU, key="alias/golden"))

    assert [outcome.status for outcome in again] == ["unchanged"] * 2
    assert [outcome.before for outcome in again] == [outcome.after for outcome in first]
    assert set(aws.operations()) == {"DescribeImages", "DescribeSnapshots", "DescribeKey"}
    assert lines == []


def test_copies__check_is_what_happens(aws, account, run):
    planned, _told = run(check=True, destinations=to(US, EU, key="alias/golden"))
    assert written(aws) == []
    done, _told = run(destinations=to(US, EU, key="alias/golden"))

    for plan, outcome in zip(planned, done, strict=True):
        assert plan.as_result().keys() == outcome.as_result().keys()
        assert plan.after == {**outcome.after, "image_id": None}
        assert plan.status == outcome.status


def test_copies__the_request(aws, account, run):
    run(destinations=to(US, key="alias/golden"), tags={"a": "1"}, description="d", completion_duration_minutes=30)

    (params,) = [params for _region, operation, params in aws.calls if operation == "CopyImage"]
    assert params["ClientToken"].startswith("golden-ami-")
    assert params["KmsKeyId"] == arn(US) and params["Encrypted"] is True
    assert params["SnapshotCopyCompletionDurationMinutes"] == 30
    assert [entry["ResourceType"] for entry in params["TagSpecifications"]] == ["image", "snapshot"]


def test_copies__only_where_there_is_none(aws, account, run):
    account.add(EU)
    outcomes, _told = run()

    assert [outcome.status for outcome in outcomes] == ["changed", "unchanged"]


def test_copies__interrupted_and_run_again_starts_none_twice(aws, account, run, clock):
    account.takes = {US: 600, EU: 600}
    clock_sleep, clock.sleep = clock.sleep, interrupt
    with pytest.raises(KeyboardInterrupt):
        run()
    clock.sleep = clock_sleep
    clock.now += 60

    outcomes, lines = run()

    assert [(outcome.status, outcome.extra["state"]) for outcome in outcomes] == [("unchanged", "available")] * 2
    assert written(aws) == []
    assert lines[0].endswith("is being copied since an earlier run")
    assert len(account.copies) == 2


def interrupt(_seconds):
    raise KeyboardInterrupt


def test_copies__a_lost_answer_starts_no_second_one(aws, account, run):
    """The copy is made, the answer is lost, and EC2 does not list the copy yet: the token brings it back."""
    aws.answers["CopyImage"] = lambda region, params: (account.copy(region, params), Error("Unavailable", status=503))[
        1
    ]
    (lost,), _told = run(destinations=to(US))
    assert (lost.status, lost.after) == ("failed", None)
    (image_id,) = account.copies
    account.copies[image_id]["hidden"] = True
    aws.answers["CopyImage"] = lambda region, params: (
        account.copies[image_id].update(hidden=False) or account.copy(region, params)
    )

    (found,), _told = run(destinations=to(US))

    assert (found.extra["image_id"], len(account.copies)) == (image_id, 1)


def test_copies__a_failed_one_ends_its_wait_at_once_and_no_other(aws, account, run, clock):
    account.takes, account.ends = {US: 10, EU: 300}, {US: "failed"}

    (failed, done), lines = run()

    assert (failed.status, failed.failure.code, failed.changed) == ("failed", "copy_failed", True)
    assert "internal error" in failed.failure.message
    assert done.status == "changed"
    assert any(line.startswith(f"{US}: failed after 10 s") for line in lines)
    looks = [region for region, operation, _params in aws.calls if operation == "DescribeSnapshots"]
    assert looks.count(US) == 2


def test_copies__after_a_failed_one_a_new_token(aws, account, run):
    account.ends = {US: "failed"}
    run(destinations=to(US))
    account.copies["ami-00000000000000001"]["state"] = "failed"
    account.ends = {}

    (again,), _told = run(destinations=to(US))

    assert (again.status, len(account.tokens)) == ("changed", 2)


def test_copies__no_room_is_queued(aws, account, run, clock):
    account.room, account.takes = {US: clock.now + 100}, {EU: 5}

    (queued, done), lines = run()

    assert (queued.status, done.status) == ("changed", "changed")
    assert len(account.copies) == 2
    assert lines[0].startswith(f"{US}: queued")
    assert any(line.startswith("1 of 2 done after") and f"{US} queued" in line for line in lines)


def test_copies__no_room_until_the_deadline(aws, account, run, clock):
    account.room = {US: clock.now + 1000}

    (queued,), _told = run(destinations=to(US), wait_timeout=60)

    assert (queued.failure.code, queued.failure.action, queued.changed) == (
        "ResourceLimitExceeded",
        "ec2:CopyImage",
        False,
    )
    assert clock.now - 1000 == 60


def test_copies__no_room_without_wait_fails_and_says_what_helps(aws, account, run, clock):
    account.room = {US: clock.now + 100}

    (failed, started), _told = run(wait=False)

    assert (failed.failure.code, started.status, started.extra["state"]) == (
        "ResourceLimitExceeded",
        "changed",
        "pending",
    )
    assert "wait=true" in failed.failure.next_step
    assert clock.slept == []


def test_copies__one_deadline_for_all(aws, account, run, clock):
    account.takes = {US: 9999, EU: 30}

    (pending, done), _told = run(wait_timeout=100)

    assert (pending.failure.code, pending.extra["image_id"] in account.copies) == ("wait_timeout", True)
    assert (pending.changed, pending.extra["state"], done.status) == (True, "pending", "changed")
    assert clock.now - 1000 == 100

    clock.now += 10000
    (found, _done), _told = run(wait_timeout=100)
    assert (found.status, found.extra["image_id"]) == ("unchanged", pending.extra["image_id"])


def test_copies__done_at_the_deadline_is_done(aws, account, run):
    account.takes = {US: 7}

    (done,), _told = run(destinations=to(US), wait_timeout=7)

    assert done.status == "changed"


def test_copies__a_look_that_fails_once_ends_no_wait(aws, account, run):
    account.takes, failing = {US: 20}, iter([Error("RequestLimitExceeded", status=503)] * 2)
    read = account.snapshots
    aws.answers["DescribeSnapshots"] = lambda region, params: (
        (next(failing, None) if region == US else None) or read(region, params)
    )

    (done,), _told = run(destinations=to(US))

    assert done.status == "changed"


def test_copies__one_that_is_not_listed_yet(aws, account, run, clock):
    copy = account.copy

    def start(region, params):
        answer = copy(region, params)
        account.copies[answer["ImageId"]]["hidden"] = True
        return answer

    aws.answers["CopyImage"] = start

    (gone,), _told = run(destinations=to(US))

    assert gone.failure.code == "gone"
    assert 60 <= clock.now - 1000 < 70


@pytest.mark.parametrize(
    ("break_it", "code"),
    [
        pytest.param(lambda account: setattr(account, "source", None), "not_found", id="no source"),
        pytest.param(lambda account: account.source.update(State="pending"), "pending", id="pending source"),
        pytest.param(lambda account: account.keys.update({US: {"KeyState": "Disabled"}}), "key_disabled", id="key"),
        pytest.param(
            lambda account: account.keys.update({US: {"KeyManager": "AWS"}}), "aws_managed_key", id="AWS's key"
        ),
        pytest.param(lambda account: account.keys.update({US: {"KeySpec": "RSA_2048"}}), "key_unusable", id="RSA"),
    ],
)
def test_refusals__nothing_starts_anywhere(aws, account, run, clock, break_it, code):
    break_it(account)

    outcomes, lines = run(destinations=to(US, EU, key="alias/golden"))

    assert outcomes[0].failure.code == code
    assert {outcome.status for outcome in outcomes} == {"failed"}
    assert (written(aws), lines, clock.slept) == ([], [], [])


@pytest.mark.parametrize("operation", ["DescribeImages", "DescribeKey"])
def test_refusals__a_region_that_cannot_be_read(aws, account, run, operation):
    read = aws.answers[operation]
    aws.answers[operation] = lambda region, params: Error("AuthFailure") if region == US else read(region, params)

    unread, held = run(destinations=to(US, EU, key="alias/golden"))[0]

    assert (unread.failure.code, unread.failure.action.split(":")[1]) == ("AuthFailure", operation)
    assert held.failure.code == "not_started"
    assert written(aws) == []


def test_refusals__an_encrypted_source_without_a_key(aws, account, run):
    account.encrypt("alias/aws/ebs")

    outcomes, _told = run()

    assert {outcome.failure.code for outcome in outcomes} == {"no_key"}
    assert not {"GetEbsEncryptionByDefault", "CopyImage"} & set(aws.operations())


@pytest.mark.parametrize(("default", "status"), [("alias/aws/ebs", "failed"), (arn(US), "changed")])
def test_refusals__encryption_by_default(aws, account, run, default, status):
    account.by_default, account.default_key = {US: True}, default

    outcomes, _told = run()

    assert [outcome.status for outcome in outcomes] == [status] * 2
    assert len(aws.operations("GetEbsEncryptionByDefault")) == 2
    assert len(aws.operations("GetEbsDefaultKmsKeyId")) == 1
    assert len(written(aws)) == (2 if status == "changed" else 0)


def test_refusals__who_has_a_key_is_not_asked_about_defaults(aws, account, run):
    run(destinations=to(US, key="alias/golden"))

    assert not {"GetEbsEncryptionByDefault", "GetEbsDefaultKmsKeyId"} & set(aws.operations())


def test_refusals__storage_that_is_not_shared(aws, account, run):
    account.disk = None

    outcomes, _told = run()

    assert {outcome.failure.code for outcome in outcomes} == {"storage_not_shared"}
    assert SNAPSHOT_ID in outcomes[0].failure.message and OWNER in outcomes[0].failure.next_step
    assert written(aws) == []


@pytest.mark.parametrize(("owned", "status"), [(True, "changed"), (False, "failed")])
def test_refusals__product_codes_of_somebody_else(aws, account, run, owned, status):
    account.source["ProductCodes"] = [{"ProductCodeId": "abc", "ProductCodeType": "marketplace"}]
    read = account.images
    aws.answers["DescribeImages"] = lambda region, params: (
        {"Images": []} if not owned and region == REGION and params.get("Owners") else read(region, params)
    )

    (outcome,), _told = run(destinations=to(US))

    assert outcome.status == status
    if not owned:
        assert outcome.failure.code == "product_codes"


@pytest.mark.parametrize(("state", "code"), [("Disabled", "key_disabled"), ("PendingDeletion", "key_unusable")])
def test_refusals__a_source_that_cannot_be_decrypted(aws, account, run, state, code):
    account.encrypt(arn(REGION))
    account.keys = {REGION: {"KeyState": state}}

    outcomes, _told = run(destinations=to(US, EU, key="alias/golden"))

    assert {outcome.failure.code for outcome in outcomes} == {code}
    assert arn(REGION) in outcomes[0].failure.message
    assert written(aws) == []


def test_refusals__a_key_of_the_source_that_cannot_be_read_is_left_to_ec2(aws, account, run):
    """Of another account, as a rule: who may copy need not be allowed to describe it."""
    account.encrypt(arn(REGION))
    read = account.key
    aws.answers["DescribeKey"] = lambda region, params: (
        Error("AccessDeniedException") if region == REGION else read(region, params)
    )

    (done,), _told = run(destinations=to(US, key="alias/golden"))

    assert done.status == "changed"


def test_refusals__snapshots_of_the_source_that_could_not_be_listed(aws, account, run):
    read = account.snapshots
    aws.answers["DescribeSnapshots"] = lambda region, params: (
        Error("UnauthorizedOperation") if region == REGION else read(region, params)
    )

    (unread,), _told = run(destinations=to(US))

    assert (unread.failure.code, unread.failure.action) == ("UnauthorizedOperation", "ec2:DescribeSnapshots")


def test_calls__the_source_is_looked_at_once_for_all_regions(aws, account, run):
    account.encrypt(arn(REGION))

    run(check=True, destinations=to(US, EU, key="alias/golden"))

    assert sorted((region, operation) for region, operation, _params in aws.calls) == [
        (EU, "DescribeImages"),
        (EU, "DescribeKey"),
        (REGION, "DescribeImages"),
        (REGION, "DescribeKey"),
        (REGION, "DescribeSnapshots"),
        (US, "DescribeImages"),
        (US, "DescribeKey"),
    ]


@pytest.mark.parametrize(
    "state", [pytest.param("available", id="the copies are there"), pytest.param("pending", id="none can be made")]
)
def test_calls__what_a_copy_is_made_of_is_asked_only_where_one_starts(aws, account, run, state):
    account.encrypt(arn(REGION))
    if state == "available":
        run(destinations=to(US, EU, key="alias/golden"))
    account.source["State"] = state

    run(destinations=to(US, EU, key="alias/golden"))

    assert {operation for region, operation, _params in aws.calls if region == REGION} == {"DescribeImages"}


OTHER_KEY = f"{arn(REGION)}0"


def test_own_region__a_copy_under_the_key_is_made_once(aws, account, run):
    account.encrypt("alias/aws/ebs")

    (made,), _told = run(destinations=to(REGION, key="alias/golden"))
    (again,), _told = run(destinations=to(REGION, key="alias/golden"))

    assert (made.status, made.extra["kms_key_arn"]) == ("changed", arn(REGION))
    assert made.extra["image_id"] not in (IMAGE_ID, None)
    assert (again.status, again.extra["image_id"]) == ("unchanged", made.extra["image_id"])
    assert written(aws) == []


def test_own_region__a_copy_under_another_key_is_another_copy(aws, account, run):
    """It is left alone, whether it is done, pending or failed."""
    others = [account.add(REGION, key=OTHER_KEY, state=state) for state in ("available", "pending", "failed")]

    (made,), _told = run(destinations=to(REGION, key="alias/golden"))

    assert (made.status, made.extra["image_id"] in others) == ("changed", False)
    assert [warning for warning in made.warnings if others[2] in warning]


def test_own_region__two_copies_under_the_key_are_one_too_many(aws, account, run):
    both = [account.add(REGION, key=arn(REGION)) for _number in range(2)]
    account.add(REGION, key=OTHER_KEY)

    (failed,), _told = run(destinations=to(REGION, key="alias/golden"))

    assert failed.failure.code == "several_copies"
    assert all(image_id in failed.failure.message for image_id in both)


def test_own_region__a_pending_copy_whose_key_is_not_seen_yet_is_waited_for(aws, account, run):
    pending = account.add(REGION, key=arn(REGION))
    account.takes, read = {REGION: 30}, account.snapshots
    hidden = iter([{"Snapshots": []}])
    aws.answers["DescribeSnapshots"] = lambda region, params: next(hidden, None) or read(region, params)

    (found,), _told = run(destinations=to(REGION, key="alias/golden"))

    assert (found.status, found.extra["image_id"], found.extra["state"]) == ("unchanged", pending, "available")
    assert written(aws) == []


def test_own_region__a_source_on_the_key_needs_no_copy_and_is_none(aws, account, run):
    account.encrypt(arn(REGION))

    (needless, done), _told = run(destinations=to(REGION, US, key="alias/golden"))

    assert (needless.failure.code, needless.extra["image_id"], needless.changed) == ("already_encrypted", None, False)
    assert IMAGE_ID in needless.failure.message and IMAGE_ID in needless.failure.next_step
    assert done.status == "changed"
    assert written(aws) == [(US, "CopyImage")]


@pytest.mark.parametrize("disk", [{"Encrypted": False}, {"Encrypted": True, "KmsKeyId": OTHER_KEY}])
def test_own_region__a_source_without_the_key_is_copied(aws, account, run, disk):
    account.disk = disk

    (made,), _told = run(destinations=to(REGION, key="alias/golden"))

    assert (made.status, written(aws)) == ("changed", [(REGION, "CopyImage")])


BY_NAME = {"image_id": None, "source_name": "golden*"}


def test_by_name__the_newest_is_found_first_and_then_its_copies(aws, account, run):
    (made,), _told = run(destinations=to(US), **BY_NAME)
    (again,), _told = run(destinations=to(US), **BY_NAME)

    assert (made.status, again.status) == ("changed", "unchanged")
    assert made.target == again.target == {"source_image_id": IMAGE_ID, "region": US}
    assert again.extra["image_id"] == made.extra["image_id"]


def test_by_name__a_copy_in_the_sources_own_region_does_not_become_the_source(aws, account, run):
    """It is newer, and has the name of the source."""
    account.encrypt("alias/aws/ebs")
    first, _told = run(destinations=to(REGION, US, key="alias/golden"), **BY_NAME)

    again, _told = run(destinations=to(REGION, US, key="alias/golden"), **BY_NAME)

    assert [outcome.status for outcome in again] == ["unchanged"] * 2
    assert [outcome.extra["image_id"] for outcome in again] == [outcome.extra["image_id"] for outcome in first]
    assert {outcome.target["source_image_id"] for outcome in again} == {IMAGE_ID}


def test_by_name__none_is_said_as_the_filter(aws, account, run):
    account.source = None

    (missing,), _told = run(destinations=to(US), **BY_NAME)

    assert (missing.failure.code, missing.target["source_image_id"]) == ("not_found", "name golden*")
    assert "name golden*" in missing.failure.message
    assert aws.operations() == ["DescribeImages"]


def test_by_name__a_region_that_could_not_be_read(aws, account, run):
    aws.answers["DescribeImages"] = lambda _region, _params: Error("UnauthorizedOperation")

    (unread,), _told = run(destinations=to(US), **BY_NAME)

    assert unread.failure.code == "UnauthorizedOperation"


def test_a_copy_under_another_key_does_not_stop_the_other_region(aws, account, run):
    wrong = account.add(US, key=f"{arn(US)}0")

    (failed, done), _told = run(destinations=to(US, EU, key="alias/golden"))

    assert (failed.failure.code, failed.extra["image_id"], done.status) == ("wrong_key", wrong, "changed")
    assert written(aws) == [(EU, "CopyImage")]


def test_two_copies_are_a_failure_that_lists_both(aws, account, run):
    both = account.add(US), account.add(US)

    (failed,), _told = run(destinations=to(US))

    assert failed.failure.code == "several_copies"
    assert all(image_id in failed.failure.message for image_id in both)
    assert written(aws) == []


def test_bad_input_calls_nothing(aws, account, run):
    with pytest.raises(InputError):
        run(destinations=to(REGION))
    assert aws.calls == []


@pytest.mark.parametrize(("elapsed", "seconds"), [(0, 5), (59, 5), (60, 10), (599, 10), (600, 15), (99999, 15)])
def test_interval__grows(elapsed, seconds):
    assert interval(elapsed) == seconds
