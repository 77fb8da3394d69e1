# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many requests at once: no error, nothing lost."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor


def test_images_are_made_shared_tagged_and_listed_at_once(cloud):
    snapshot = cloud.snapshot()
    consumers = [f"{number:012d}" for number in range(1, 7)]
    watchers = [cloud.ec2(account) for account in consumers]

    def make(number):
        image = cloud.image(snapshot, name=f"image {number}")
        cloud.share(image, *[{"UserId": account} for account in consumers])
        cloud.ec2().create_tags(Resources=[image], Tags=[{"Key": "number", "Value": str(number)}])
        return image

    def watch(number):
        watchers[number % len(watchers)].describe_images()
        cloud.ec2().describe_images(Owners=["self"])
        cloud.ec2().describe_snapshots()

    with ThreadPoolExecutor(8) as pool:
        jobs = [pool.submit(watch if number % 2 else make, number) for number in range(40)]
        made = {job.result() for job in jobs} - {None}
    for watcher in watchers:
        assert {one["ImageId"] for one in watcher.describe_images(ExecutableUsers=["self"])["Images"]} == made
    assert {one["error"] for one in cloud.aws.calls()} == {None}


def test_additions_to_one_image_at_once_are_all_kept(cloud):
    image = cloud.image()
    accounts = [f"{number:012d}" for number in range(60)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda account: cloud.share(image, {"UserId": account}), accounts))
    assert {one["UserId"] for one in cloud.permissions(image)} == set(accounts)


def test_only_one_image_gets_a_name(cloud):
    snapshot = cloud.snapshot()

    def make(_number):
        try:
            return cloud.image(snapshot)
        except cloud.ec2().exceptions.ClientError as error:
            return error.response["Error"]["Code"]

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(make, range(8)))
    assert answers.count("InvalidAMIName.Duplicate") == 7
