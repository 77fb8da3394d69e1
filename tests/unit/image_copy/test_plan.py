# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which AMI is the copy, what stops a new one, and what CopyImage is asked for."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ansible_collections.golden.ami.plugins.module_utils._base.outcome import Failure
from ansible_collections.golden.ami.plugins.module_utils._image.model import Snapshot
from ansible_collections.golden.ami.plugins.module_utils._image.selection import ImageSelector
from ansible_collections.golden.ami.plugins.module_utils._image_copy.model import CopyFacts, Encryption
from ansible_collections.golden.ami.plugins.module_utils._image_copy.plan import (
    all_or_nothing,
    client_token,
    copy_image_parameters,
    plan_copy,
)
from ansible_collections.golden.ami.plugins.module_utils._image_copy.request import CopyRequest, Destination
from tests.unit.builders import IMAGE_ID, OTHER_KEY_ARN, OTHER_REGION, REGION, SNAPSHOT_ID, image, key

COPY_ID, SECOND_ID = "ami-0aaaaaaaaaaaaaaaa", "ami-0bbbbbbbbbbbbbbbb"
REQUEST = CopyRequest(ImageSelector(REGION, IMAGE_ID))
THERE = Destination(OTHER_REGION)
THERE_KEY = key(arn=OTHER_KEY_ARN)
MANAGED_KEY = key(arn=f"{OTHER_KEY_ARN}-aws", manager="AWS")
DENIED = Failure("UnauthorizedOperation", "no", action="ec2:DescribeImages", region=OTHER_REGION)


def a_copy(state="available", image_id=COPY_ID, **given):
    return image(image_id=image_id, region=OTHER_REGION, state=state, snapshot_ids=(SNAPSHOT_ID,), **given)


def on(*keys, progress=100):
    return {SNAPSHOT_ID: Snapshot(SNAPSHOT_ID, bool(keys), keys[0] if keys else "", progress=progress)}


def facts(*copies, **given):
    return CopyFacts(**{"destination": THERE, "source": image(), "copies": copies, **given})


def plan(*copies, request=REQUEST, **given):
    return plan_copy(request, facts(*copies, **given))


@pytest.mark.parametrize("state", ["available", "disabled"])
def test_plan__a_copy_that_is_there_is_enough(state):
    done = plan(a_copy(state, name="another"), snapshots=on())

    assert (done.status, done.change, done.before) == ("unchanged", None, done.after)
    assert (done.extra["image_id"], done.extra["state"], done.extra["name"]) == (COPY_ID, state, "another")
    assert bool(done.warnings) == (state == "disabled")


def test_plan__a_pending_copy_is_waited_for_and_no_change():
    done = plan(a_copy("pending"), snapshots=on(progress=42))

    assert (done.status, done.change.image_id, done.change.start) == ("unchanged", COPY_ID, None)
    assert (done.extra["progress"], done.before["state"], done.after["state"]) == (42, "pending", "available")


def test_plan__a_pending_copy_without_wait_is_left_alone():
    done = plan(a_copy("pending"), snapshots=on(), request=replace(REQUEST, wait=False))

    assert (done.status, done.change, done.after["state"]) == ("unchanged", None, "pending")


def test_plan__a_copy_that_is_there_needs_no_source():
    assert plan(a_copy(), source=None, snapshots=on()).status == "unchanged"
    assert plan(a_copy(), source=image(state="disabled"), snapshots=on()).status == "unchanged"


@pytest.mark.parametrize("state", ["failed", "error", "invalid", "deregistered"])
def test_plan__a_dead_copy_is_none(state):
    done = plan(a_copy(state))

    assert (done.status, done.before) == ("changed", None)
    assert done.change.start["ClientToken"] != plan().change.start["ClientToken"]
    assert COPY_ID in done.warnings[0]


def test_plan__a_dead_copy_beside_a_living_one():
    done = plan(a_copy("failed", SECOND_ID), a_copy("pending"))

    assert (done.status, done.change.image_id) == ("unchanged", COPY_ID)


def test_plan__two_copies_are_listed():
    done = plan(a_copy(), a_copy("pending", SECOND_ID))

    assert (done.failure.code, done.change) == ("several_copies", None)
    assert COPY_ID in done.failure.message and SECOND_ID in done.failure.message


def test_plan__new():
    done = plan(key=THERE_KEY)

    assert (done.status, done.before, done.extra["image_id"], done.extra["progress"]) == ("changed", None, None, None)
    assert done.after == {"image_id": None, "name": "golden-web", "state": "available", "kms_key_arn": OTHER_KEY_ARN}
    start = dict(done.change.start)
    assert len(start.pop("ClientToken")) <= 64
    assert start == {
        "Name": "golden-web",
        "SourceImageId": IMAGE_ID,
        "SourceRegion": REGION,
        "Encrypted": True,
        "KmsKeyId": OTHER_KEY_ARN,
        "CopyImageTags": True,
    }


@pytest.mark.parametrize(
    ("there", "task", "expected"), [("", "", "golden-web"), ("", "task", "task"), ("there", "task", "there")]
)
def test_plan__name(there, task, expected):
    done = plan(request=replace(REQUEST, name=task), destination=Destination(OTHER_REGION, name=there))

    assert done.change.start["Name"] == done.extra["name"] == expected


def test_plan__without_wait_it_will_be_pending():
    assert plan(request=replace(REQUEST, wait=False)).after["state"] == "pending"


def test_plan__an_unencrypted_copy_names_no_key():
    done = plan(encryption=Encryption(by_default=False))

    assert not {"Encrypted", "KmsKeyId"} & set(done.change.start)


def test_plan__encryption_by_default_with_a_customers_key():
    done = plan(encryption=Encryption(True, THERE_KEY))

    assert (done.change.start["KmsKeyId"], done.extra["kms_key_arn"]) == (OTHER_KEY_ARN, OTHER_KEY_ARN)


@pytest.mark.parametrize(
    ("actual", "status"),
    [
        pytest.param(on(OTHER_KEY_ARN), "unchanged", id="the asked one"),
        pytest.param(on(f"{OTHER_KEY_ARN}0"), "failed", id="another"),
        pytest.param(on(), "failed", id="none"),
        pytest.param({}, "unchanged", id="not to be seen yet"),
    ],
)
def test_plan__the_key_of_a_copy_that_is_there(actual, status):
    done = plan(a_copy(), snapshots=actual, key=THERE_KEY)

    assert done.status == status
    if status == "failed":
        assert (done.failure.code, done.change, done.extra["image_id"]) == ("wrong_key", None, COPY_ID)
        assert OTHER_KEY_ARN in done.failure.message and "deregister" in done.failure.next_step


def test_plan__snapshots_under_two_keys():
    mixed = {"s-1": Snapshot("s-1", True, OTHER_KEY_ARN), "s-2": Snapshot("s-2", False)}
    two = replace(a_copy(), snapshot_ids=("s-1", "s-2"))

    assert plan(two, snapshots=mixed, key=THERE_KEY).failure.code == "wrong_key"
    assert plan(two, snapshots=mixed).extra["kms_key_arn"] is None


def test_plan__the_key_of_a_copy_need_not_be_usable_any_more():
    assert plan(a_copy(), snapshots=on(OTHER_KEY_ARN), key=replace(THERE_KEY, state="Disabled")).status == "unchanged"


@pytest.mark.parametrize(
    ("given", "code", "said"),
    [
        pytest.param({"source": None}, "not_found", IMAGE_ID, id="no source"),
        pytest.param({"source": DENIED}, "UnauthorizedOperation", "no", id="source not readable"),
        pytest.param({"source": image(state="pending")}, "pending", "pending", id="pending"),
        pytest.param({"source": image(state="failed", state_reason="broken")}, "failed", "(broken)", id="failed"),
        pytest.param({"source": image(state="disabled")}, "disabled", "disabled", id="disabled"),
        pytest.param({"source": image(state="error")}, "not_available", "error", id="other state"),
        pytest.param({"source": image(encrypted=True)}, "no_key", "could not be shared", id="encrypted, no key"),
        pytest.param({"encryption": Encryption(True, MANAGED_KEY)}, "no_key", "by default", id="by default"),
        pytest.param(
            {"encryption": Encryption(True, replace(THERE_KEY, state="Disabled"))},
            "key_disabled",
            "Disabled",
            id="default off",
        ),
        pytest.param({"key": MANAGED_KEY}, "aws_managed_key", "cannot be shared", id="managed"),
        pytest.param({"key": replace(THERE_KEY, state="Disabled")}, "key_disabled", OTHER_KEY_ARN, id="disabled key"),
        pytest.param(
            {"key": replace(THERE_KEY, state="PendingDeletion")}, "key_unusable", "PendingDeletion", id="dying key"
        ),
        pytest.param({"key": replace(THERE_KEY, state="Updating")}, "key_unusable", "Updating", id="not Enabled"),
        pytest.param({"key": replace(THERE_KEY, spec="RSA_2048")}, "key_unusable", "RSA_2048", id="asymmetric"),
        pytest.param({"key": DENIED}, "UnauthorizedOperation", "no", id="key not readable"),
        pytest.param({"failure": DENIED}, "UnauthorizedOperation", "no", id="copies not readable"),
    ],
)
def test_plan__refused(given, code, said):
    done = plan(**given)

    assert (done.status, done.failure.code, done.change, done.changed) == ("failed", code, None, False)
    assert said in done.failure.message


def test_plan__all_reasons_of_a_region_together():
    done = plan(source=image(state="pending"), key=replace(THERE_KEY, state="Disabled"))

    assert "is in state pending" in done.failure.message and "is in state Disabled" in done.failure.message
    assert "Wait" in done.failure.next_step and "kms:EnableKey" in done.failure.next_step


def test_all_or_nothing__one_that_cannot_start_holds_back_the_others():
    other = Destination("eu-central-1")
    plans = [plan(source=None), plan(destination=other), plan(a_copy("pending"), destination=other), plan(a_copy())]

    refused, held, waiting, there = all_or_nothing(plans)

    assert (refused.failure.code, held.failure.code) == ("not_found", "not_started")
    assert OTHER_REGION in held.failure.message
    assert (held.change, held.changed, held.after, held.extra["image_id"]) == (None, False, None, None)
    assert (waiting.change, waiting.status, waiting.after["state"]) == (None, "unchanged", "pending")
    assert there.status == "unchanged"


@pytest.mark.parametrize(
    "failing", [plan(a_copy(), a_copy(image_id=SECOND_ID)), plan(a_copy(), snapshots=on(), key=THERE_KEY)]
)
def test_all_or_nothing__a_copy_that_is_not_the_asked_one_stops_no_other_region(failing):
    plans = [failing, plan(destination=Destination("eu-central-1"))]

    assert all_or_nothing(plans) == plans
    assert failing.status == "failed"


def parameters(source=None, **given):
    return copy_image_parameters(replace(REQUEST, **given), source or image(), "golden", "")


def test_parameters__everything():
    found = parameters(description="For all", completion_minutes=60, tags=(("a", "1"),), copy_tags=False)

    tags = [{"Key": "a", "Value": "1"}]
    assert found == {
        "Name": "golden",
        "SourceImageId": IMAGE_ID,
        "SourceRegion": REGION,
        "Description": "For all",
        "SnapshotCopyCompletionDurationMinutes": 60,
        "TagSpecifications": [{"ResourceType": "image", "Tags": tags}, {"ResourceType": "snapshot", "Tags": tags}],
    }


def test_parameters__no_tags():
    assert "TagSpecifications" not in parameters()
    assert "CopyImageTags" not in parameters(copy_tags=False)


def test_parameters__a_tag_of_both_comes_from_one_of_them():
    source = image(tags={"a": "old", "b": "kept", "aws:x": "AWS's"})

    found = parameters(source, tags=(("a", "new"),))

    assert "CopyImageTags" not in found
    on_image, on_snapshots = found["TagSpecifications"]
    assert on_image["Tags"] == [{"Key": "a", "Value": "new"}, {"Key": "b", "Value": "kept"}]
    assert on_snapshots["Tags"] == [{"Key": "a", "Value": "new"}]


def test_token__is_the_same_in_every_run_and_of_every_release():
    assert client_token(OTHER_REGION, {"Name": "a", "SourceImageId": "b"}, []) == client_token(
        OTHER_REGION, {"SourceImageId": "b", "Name": "a"}, ()
    )
    assert client_token("us-east-1", {"Name": "a"}, ["ami-1"]) == "golden-ami-68bf942bd8a32da9c7b9fd7c3e6ddbd8d7b847d9"


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(client_token("eu-central-1", {"Name": "a"}, []), id="Region"),
        pytest.param(client_token(OTHER_REGION, {"Name": "b"}, []), id="name"),
        pytest.param(client_token(OTHER_REGION, {"Name": "a", "KmsKeyId": "k"}, []), id="key"),
        pytest.param(client_token(OTHER_REGION, {"Name": "a"}, ["ami-1"]), id="after a failed copy"),
    ],
)
def test_token__differs(other):
    assert client_token(OTHER_REGION, {"Name": "a"}, []) != other


def test_token__in_any_order_of_failed_copies():
    assert client_token(OTHER_REGION, {}, ["ami-1", "ami-2"]) == client_token(OTHER_REGION, {}, ["ami-2", "ami-1"])


def test_target__is_named_as_a_copy():
    assert plan().target == {"source_image_id": IMAGE_ID, "region": OTHER_REGION}
    assert plan().as_diff()["after_header"] == f"copy of {IMAGE_ID} in {OTHER_REGION}"
