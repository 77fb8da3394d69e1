# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Share an encrypted golden AMI, copy it to one more Region, and take it back from an account, on the embedded AWS.

Run it by `make demo`.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from demo import world  # noqa: E402 the checkout has to be on the path first
from embedded_aws import EmbeddedAWS  # noqa: E402

COLLECTIONS = ROOT / ".build" / "collections"
COLOR = re.compile(r"\x1b\[[0-9;]*m")
# Of a copy; on AWS it is minutes to hours.
COPY_SECONDS = 4


def quoted(argument: str) -> str:
    """As a person would type it in a shell."""
    return f'"{argument}"' if "'" in argument and not set(argument) & set('"$`\\\\') else shlex.quote(argument)


def without_skipped(lines: Iterable[str]) -> Iterator[str]:
    """Ansible's setting for this would show a task's name only when it has ended, below the lines of its progress."""
    name, skipped = "", False
    for line in lines:
        text = COLOR.sub("", line)
        if text.startswith("TASK ["):
            name, skipped = line, False
        elif name and text.startswith("skipping:"):
            name, skipped = "", True
        elif not skipped or text.strip():
            yield from filter(None, (name, line))
            name, skipped = "", False


class Demo:
    def __init__(self, aws: EmbeddedAWS) -> None:
        self.aws = aws
        self.world = world.build(aws)
        self.home, self.golden = next(iter(self.world.golden.items()))
        self.step = 0

    def title(self, text: str) -> None:
        self.step += 1
        line = f"== {self.step}. {text}"
        print(f"\n\033[1m{line}\033[0m" if sys.stdout.isatty() else f"\n{line}", flush=True)

    def check(self, holds: bool, text: str) -> None:
        """Say what was seen; the demo ends with an error if it is not what it promises."""
        print(f"   {text}", flush=True)
        if not holds:
            raise SystemExit(f"The demo expected something else here: {text}")

    def playbook(self, name: str, *arguments: str) -> tuple[int, str]:
        """Run a playbook as the owner, with credentials in the environment only, and show its output as it comes."""
        command = ["ansible-playbook", name, *arguments]
        print(f"   $ {' '.join(map(quoted, command))}", flush=True)
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "ANSIBLE_"))}
        environment |= self.aws.environment(world.OWNER) | {
            "ANSIBLE_COLLECTIONS_PATH": str(COLLECTIONS),
            "ANSIBLE_HOME": str(ROOT / ".build" / "demo"),
            "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
            "ANSIBLE_LOCALHOST_WARNING": "false",
            "ANSIBLE_CALLBACK_RESULT_FORMAT": "yaml",
        }
        if sys.stdout.isatty():
            environment["ANSIBLE_FORCE_COLOR"] = "1"
        lines = []
        command[0] = str(Path(sys.executable).parent / command[0])
        with subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        ) as running:
            for line in without_skipped(running.stdout or ()):
                print(f"   | {line.rstrip()}", flush=True)
                lines.append(line)
        return running.returncode, COLOR.sub("", "".join(lines))

    def writes(self) -> list[dict[str, Any]]:
        return self.aws.calls(write=True)

    def look(self, account: str, region: str, image_id: str) -> tuple[str, str]:
        """What a consumer can do with an AMI, as a sentence, and what became of its launch."""
        outcome = world.launch(self.aws, account, region, image_id)
        seen = "sees" if world.sees(self.aws, account, region, image_id) else "does not see"
        name = "golden-web" if image_id == self.world.web else "golden-base"
        return f"{account} in {region}: {seen} {image_id} ({name}); launches it: {outcome}", outcome

    def without_sharing(self) -> None:
        first, by_hand = world.CONSUMERS[0], world.CONSUMERS[2]
        self.title("Before: the consumers cannot see the golden AMI")
        for account in world.CONSUMERS:
            seen = world.sees(self.aws, account, self.home, self.golden)
            self.check(not seen, f"{account} in {self.home}: sees {self.golden}: {'yes' if seen else 'no'}")
        outcome = world.launch(self.aws, first, self.home, self.golden)
        self.check(outcome == "refused: AuthFailure", f"{first} launches it: {outcome}")
        self.title(f"By hand: only the launch permission for {by_hand}, the usual mistake with an encrypted AMI")
        self.by_hand(self.golden, by_hand)
        seen = world.sees(self.aws, by_hand, self.home, self.golden)
        self.check(seen, f"{by_hand} in {self.home}: sees {self.golden}: {'yes' if seen else 'no'}")
        outcome = world.launch(self.aws, by_hand, self.home, self.golden)
        self.check("Client.InternalError" in outcome, f"{by_hand} launches it: {outcome}: no access to the key")

    def by_hand(self, image_id: str, account: str) -> None:
        ec2 = self.aws.client("ec2", self.home, world.OWNER)
        ec2.modify_image_attribute(ImageId=image_id, LaunchPermission={"Add": [{"UserId": account}]})

    def share(self) -> None:
        self.title("golden.ami.share: three accounts, three Regions, key access first")
        code, output = self.playbook("golden.ami.share", "-e", "@demo/inputs.yml")
        self.check(code == 0 and "failed=0" in output, "the playbook succeeded")
        self.title("After: every consumer sees the AMI in every Region, and launches it because of the key grant")
        for region, image_id in self.world.golden.items():
            for account in world.CONSUMERS:
                text, outcome = self.look(account, region, image_id)
                self.check(outcome == "running", text)

    def again(self) -> None:
        self.title("Again: nothing to do, so nothing is written")
        self.aws.clear_calls()
        code, output = self.playbook("golden.ami.share", "-e", "@demo/inputs.yml")
        calls, writes = self.aws.calls(), self.writes()
        self.check(code == 0 and "changed=0" in output, "changed=0")
        self.check(not writes, f"{len(calls)} calls to AWS, {len(writes)} of them writes")

    def one_more_region(self) -> None:
        region = world.NEW_REGION
        self.title(f"{region} lacks the AMI: copied there under the key of that Region, then shared")
        self.aws.set_copies(seconds=COPY_SECONDS)
        source = f"share_source='{self.golden} {self.home}'"
        code, output = self.playbook("golden.ami.share", "-e", "@demo/one-more-region.yml", "-e", source)
        copies = world.copies(self.aws, region, self.golden)
        done = code == 0 and len(copies) == 1 and f"{region}: {copies[0]} is available" in output
        self.check(done, f"the playbook succeeded; copies of {self.golden} in {region}: {', '.join(copies)}")
        self.world.golden[region] = copies[0]
        text, outcome = self.look(world.CONSUMERS[0], region, copies[0])
        self.check(outcome == "running", text)

    def leaving(self) -> None:
        account = world.CONSUMERS[1]
        self.title(f"{account} has golden-web, too; that AMI is on the same key as golden-base in {self.home}")
        self.by_hand(self.world.web, account)
        everywhere = self.world.golden.items()
        for region, image_id in (*everywhere, (self.home, self.world.web)):
            text, outcome = self.look(account, region, image_id)
            self.check(outcome == "running", text)
        self.title(f"golden.ami.unshare: {account} loses golden-base, and key access where nothing else needs it")
        code, output = self.playbook("golden.ami.unshare", "-e", "@demo/leaving-account.yml")
        kept = f"{account} keeps key access in {self.home}: {self.world.web}"
        self.check(code == 0 and kept in output, "the playbook succeeded, and says which grant it keeps and why")
        self.title(f"After: {account} has nothing of golden-base, and golden-web as before")
        for region, image_id in everywhere:
            text, outcome = self.look(account, region, image_id)
            able = world.may_use(self.aws, account, region, self.world.keys[region])
            text += f"; may use the key: {'yes, for golden-web' if able else 'no'}"
            self.check(outcome == "refused: AuthFailure" and able == (region == self.home), text)
        text, outcome = self.look(account, self.home, self.world.web)
        self.check(outcome == "running", text)

    def refused(self) -> None:
        self.aws.clear_calls()
        self.title("Refused: an account ID that YAML read as an octal number, and a mistyped Region")
        wrong = {
            "share_images": "name=golden-base-*",
            "share_regions": "eu-wset-1",
            "share_account_ids": [0o12345670123],
        }
        code, _output = self.playbook("golden.ami.share", "-e", json.dumps(wrong))
        self.check(code != 0 and not self.aws.calls(), f"{len(self.aws.calls())} calls to AWS")
        self.title("Refused: an AMI on the AWS managed key, and an AMI in another Region")
        wrong = {
            "share_images": f"{self.world.on_aws_key} {self.home}\n{self.golden} us-east-1",
            "share_account_ids": "\n".join(world.CONSUMERS),
        }
        code, _output = self.playbook("golden.ami.share", "-e", json.dumps(wrong))
        writes = self.writes()
        self.check(code != 0 and not writes, f"{len(writes)} writes")


def main() -> None:
    started = time.monotonic()
    with EmbeddedAWS() as aws:
        print(f"The embedded AWS listens on {aws.url} (loopback only) until the demo ends.")
        print(
            "Playbooks run with ANSIBLE_CALLBACK_RESULT_FORMAT=yaml; of their output, skipped tasks are not shown here."
        )
        demo = Demo(aws)
        demo.without_sharing()
        demo.share()
        demo.again()
        demo.one_more_region()
        demo.leaving()
        demo.refused()
    print(f"\nDone in {time.monotonic() - started:.0f} s. The embedded AWS has stopped; nothing is left running.")


if __name__ == "__main__":
    main()
