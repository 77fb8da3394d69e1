# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Opt-in Regions, enabled or not."""

from __future__ import annotations


def test_regions_that_are_not_enabled(cloud):
    ec2 = cloud.ec2(region="us-east-1")
    everything = {one["RegionName"]: one["OptInStatus"] for one in ec2.describe_regions(AllRegions=True)["Regions"]}
    assert everything["us-east-1"] == "opt-in-not-required"
    assert everything["me-central-1"] == "not-opted-in"
    assert "us-gov-west-1" not in everything
    enabled = {one["RegionName"] for one in ec2.describe_regions()["Regions"]}
    assert "me-central-1" not in enabled
    with cloud.refused("AuthFailure", 401):
        cloud.ec2(region="me-central-1").describe_images()
    with cloud.refused("UnrecognizedClientException", 400):
        cloud.kms(region="me-central-1").list_keys()
    cloud.aws.set_not_opted_in(["af-south-1"])
    cloud.ec2(region="me-central-1").describe_images()
    answer = ec2.describe_regions(AllRegions=True, Filters=[{"Name": "opt-in-status", "Values": ["opted-in"]}])
    assert "me-central-1" in {one["RegionName"] for one in answer["Regions"]}
    assert ec2.describe_regions(RegionNames=["eu-west-1"])["Regions"][0]["RegionName"] == "eu-west-1"
    with cloud.refused("InvalidParameterValue"):
        ec2.describe_regions(RegionNames=["eu-nowhere-1"])
