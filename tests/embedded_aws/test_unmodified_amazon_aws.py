# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A check from outside: amazon.aws's own modules, as released, work on the embedded AWS and agree with what we say."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TREE = os.environ.get("ANSIBLE_COLLECTIONS_PATH") or str(ROOT / ".build" / "collections")

PLAYBOOK = """
- hosts: localhost
  gather_facts: false
  module_defaults:
    group/amazon.aws.aws:
      region: "{{ region }}"
  tasks:
    - amazon.aws.kms_key: &key
        alias: golden
        description: for golden images
        grants:
          - name: consumer
            grantee_principal: "arn:aws:iam::{{ consumer }}:root"
            operations: [Decrypt, DescribeKey, CreateGrant, ReEncryptFrom]
      register: key
    - amazon.aws.kms_key: *key
      register: key_again
    - amazon.aws.kms_key:
        alias: golden
        purge_grants: true
        grants: []
        policy: "{{ policy | to_json }}"
      register: key_changed
    - amazon.aws.kms_key: {alias: golden, enabled: false}
      register: key_disabled
    - amazon.aws.kms_key: {alias: golden, enabled: true}
      register: key_enabled
    - amazon.aws.ec2_snapshot:
        volume_id: "{{ volume }}"
      register: snapshot
    - amazon.aws.ec2_snapshot: &permission
        snapshot_id: "{{ snapshot.snapshot_id }}"
        modify_create_vol_permission: true
        user_ids: ["{{ consumer }}"]
      register: snapshot_shared
    - amazon.aws.ec2_snapshot: *permission
      register: snapshot_shared_again
    - amazon.aws.ec2_ami: &image
        name: golden
        state: present
        architecture: x86_64
        virtualization_type: hvm
        root_device_name: /dev/xvda
        device_mapping:
          - {device_name: /dev/xvda, snapshot_id: "{{ snapshot.snapshot_id }}", delete_on_termination: true}
        wait: true
        tags: {team: core}
      register: image
    - amazon.aws.ec2_ami: &share
        image_id: "{{ image.image_id }}"
        launch_permissions:
          user_ids: ["{{ consumer }}"]
          group_names: [all]
      register: shared
    - amazon.aws.ec2_ami: *share
      register: shared_again
    - amazon.aws.ec2_ami_info:
        image_ids: ["{{ image.image_id }}"]
        describe_image_attributes: true
      register: info
    - amazon.aws.ec2_ami:
        image_id: "{{ image.image_id }}"
        launch_permissions: {user_ids: [], group_names: []}
      register: unshared
    - amazon.aws.ec2_ami:
        image_id: "{{ image.image_id }}"
        state: absent
      register: gone
    - ansible.builtin.copy:
        dest: "{{ results }}"
        mode: "0600"
        content: "{{ dict(names | zip(names | map('extract', vars))) | to_json }}"
      vars:
        names:
          [key, key_again, key_changed, key_disabled, key_enabled, snapshot, snapshot_shared, snapshot_shared_again,
           image, shared, shared_again, info, unshared, gone]
"""


@pytest.fixture
def results(cloud, commands, tmp_path):
    """What each task registered."""
    ec2 = cloud.ec2()
    volume = ec2.create_volume(Size=9, AvailabilityZone=f"{cloud.region}a")["VolumeId"]
    root = {"AWS": f"arn:aws:iam::{cloud.owner}:root"}
    policy = {
        "Version": "2012-10-17",
        "Statement": [{"Sid": "own", "Effect": "Allow", "Principal": root, "Action": "kms:*", "Resource": "*"}],
    }
    variables = {
        "region": cloud.region,
        "consumer": cloud.consumer,
        "volume": volume,
        "policy": policy,
        "results": str(tmp_path / "results.json"),
    }
    playbook = tmp_path / "playbook.yml"
    playbook.write_text(PLAYBOOK)
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "ANSIBLE_"))}
    environment = {
        **inherited,
        **cloud.aws.environment(),
        "ANSIBLE_COLLECTIONS_PATH": TREE,
        "ANSIBLE_HOME": str(tmp_path / "home"),
        "ANSIBLE_NOCOLOR": "1",
        "ANSIBLE_PIPELINING": "true",
        "ANSIBLE_LOCALHOST_WARNING": "false",
    }
    command = [str(commands / "ansible-playbook"), str(playbook), "-e", json.dumps(variables)]
    done = subprocess.run(
        command, env=environment, cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}\n{cloud.aws.log()}"
    return json.loads((tmp_path / "results.json").read_text())


def test_modules_agree(cloud, results):
    changed = {name: result["changed"] for name, result in results.items()}
    again = {"key_again", "shared_again", "snapshot_shared_again", "info"}
    assert changed == {name: name not in again for name in results}

    grant = results["key"]["grants"][0]
    assert (grant["name"], grant["grantee_principal"]) == ("consumer", f"arn:aws:iam::{cloud.consumer}:root")
    assert results["key_changed"]["grants"] == []
    assert [one["Sid"] for one in results["key_changed"]["key_policies"][0]["Statement"]] == ["own"]
    assert results["key_disabled"]["key_state"] == "Disabled"
    assert results["key_enabled"]["key_state"] == "Enabled"

    image = results["image"]
    assert image["block_device_mapping"]["/dev/xvda"]["snapshot_id"] == results["snapshot"]["snapshot_id"]
    assert image["tags"] == {"team": "core"}

    def sorted_items(permissions):
        return sorted(tuple(one.items()) for one in permissions)

    expected = [(("group", "all"),), (("user_id", cloud.consumer),)]
    assert sorted_items(results["info"]["images"][0]["launch_permissions"]) == expected

    errors = {one["error"] for one in cloud.aws.calls() if one["error"]}
    assert "EmbeddedAWSFailure" not in errors
    assert cloud.ec2().describe_images(Owners=["self"])["Images"] == []
