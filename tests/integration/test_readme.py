# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The README shows what Ansible prints."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from demo import world
from embedded_aws import EmbeddedAWS


def block(text: str, language: str, beginning: str) -> str:
    """The one code block of a page that begins so."""
    [found] = re.findall(rf"(?ms)^```{language}\n({re.escape(beginning)}.*?)^```$", text)
    return str(found)


def test_the_run_that_the_readme_shows(
    aws: EmbeddedAWS, ansible_env: dict[str, str], commands: Path, repo_root: Path, tmp_path: Path
) -> None:
    world.build(aws)
    readme = (repo_root / "README.md").read_text()
    inputs = tmp_path / "inputs.yml"
    inputs.write_text(block(readme, "yaml", "# inputs.yml"))

    done = subprocess.run(
        [str(commands / "ansible-playbook"), "golden.ami.share", "-e", f"@{inputs}"],
        env={**ansible_env, **aws.environment(world.OWNER)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    # Lines of progress go to stderr.
    shown = [re.sub(r"ami-\w{17}", "ami-", line) for line in block(readme, "text", "TASK [").splitlines()]
    printed = re.sub(r"ami-\w{17}", "ami-", done.stdout)
    assert "\n".join(line for line in shown if not line.startswith("image_share: ")) in printed
    assert {line for line in shown if line.startswith("image_share: ")} <= set(done.stderr.splitlines())
