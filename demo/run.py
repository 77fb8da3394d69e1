# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Share an encrypted golden AMI with three accounts in three Regions, on the embedded AWS. Run it by `make demo`."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from demo import world  # noqa: E402 the checkout has to be on the path first
from embedded_aws import EmbeddedAWS  # noqa: E402

COLLECTIONS = ROOT / ".build" / "collections"


class Demo:
    def __init__(self, aws: EmbeddedAWS) -> None:
        self.aws = aws
        self.world = world.build(aws)
        self.home, self.golden = next(iter(self.world.golden.items()))

    def title(self, text: str) -> None:
        print(f"\n\033[1m== {text}\033[0m" if sys.stdout.isatty() else f"\n== {text}", flush=True)

    def check(self, holds: bool, text: str) -> None:
        """Say what was seen; the demo ends with an error if it is not what it promises."""
        print(f"   {text}", flush=True)
        if not holds:
            raise SystemExit(f"The demo expected something else here: {text}")

    def playbook(self, *arguments: str) -> tuple[int, str]:
        """Run golden.ami.share as the owner, with credentials in the environment only, and show its output."""
        command = [str(Path(sys.executable).parent / "ansible-playbook"), "golden.ami.share", *arguments]
        print(f"   $ ansible-playbook golden.ami.share {' '.join(arguments)}\n", flush=True)
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "ANSIBLE_"))}
        environment |= self.aws.environment(world.OWNER) | {
            "ANSIBLE_COLLECTIONS_PATH": str(COLLECTIONS),
            "ANSIBLE_HOME": str(ROOT / ".build" / "demo"),
            "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
            "ANSIBLE_LOCALHOST_WARNING": "false",
        }
        if sys.stdout.isatty():
            environment["ANSIBLE_FORCE_COLOR"] = "1"
        done = subprocess.run(
            command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
        )
        print("\n".join(f"   | {line}" for line in done.stdout.rstrip().splitlines()), flush=True)
        return done.returncode, re.sub(r"\x1b\[[0-9;]*m", "", done.stdout)

    def without_sharing(self) -> None:
        first, by_hand = world.CONSUMERS[0], world.CONSUMERS[2]
        self.title("1. Before: the consumers cannot see the golden AMI")
        for account in world.CONSUMERS:
            seen = world.sees(self.aws, account, self.home, self.golden)
            self.check(not seen, f"{account} in {self.home}: sees {self.golden}: {'yes' if seen else 'no'}")
        outcome = world.launch(self.aws, first, self.home, self.golden)
        self.check(outcome == "refused: AuthFailure", f"{first} launches it: {outcome}")
        self.title(f"2. By hand: only the launch permission for {by_hand}, the usual mistake with an encrypted AMI")
        ec2 = self.aws.client("ec2", self.home, world.OWNER)
        ec2.modify_image_attribute(ImageId=self.golden, LaunchPermission={"Add": [{"UserId": by_hand}]})
        seen = world.sees(self.aws, by_hand, self.home, self.golden)
        self.check(seen, f"{by_hand} in {self.home}: sees {self.golden}: {'yes' if seen else 'no'}")
        outcome = world.launch(self.aws, by_hand, self.home, self.golden)
        self.check("Client.InternalError" in outcome, f"{by_hand} launches it: {outcome}: no access to the key")

    def share(self) -> None:
        self.title("3. golden.ami.share: three accounts, three Regions, key access first")
        code, output = self.playbook("-e", "@demo/inputs.yml")
        self.check(code == 0 and "failed=0" in output, "the playbook succeeded")
        self.title("4. After: every consumer sees the AMI in every Region, and launches it because of the key grant")
        for region, image_id in self.world.golden.items():
            for account in world.CONSUMERS:
                seen = world.sees(self.aws, account, region, image_id)
                outcome = world.launch(self.aws, account, region, image_id)
                text = f"{account} in {region}: sees {image_id}: {'yes' if seen else 'no'}; launches it: {outcome}"
                self.check(seen and outcome == "running", text)

    def again(self) -> None:
        self.title("5. Again: nothing to do, so nothing is written")
        self.aws.clear_calls()
        code, output = self.playbook("-e", "@demo/inputs.yml")
        calls = self.aws.calls()
        writes = [call for call in calls if call["write"]]
        self.check(code == 0 and "changed=0" in output, "changed=0")
        self.check(not writes, f"{len(calls)} calls to AWS, {len(writes)} of them writes")

    def refused(self) -> None:
        self.aws.clear_calls()
        self.title("6. Refused: an account ID that YAML read as an octal number, and a mistyped Region")
        wrong = {
            "share_images": "name=golden-base-*",
            "share_regions": "eu-wset-1",
            "share_account_ids": [0o12345670123],
        }
        code, _output = self.playbook("-e", json.dumps(wrong))
        self.check(code != 0 and not self.aws.calls(), f"{len(self.aws.calls())} calls to AWS")
        self.title("7. Refused: an AMI on the AWS managed key, and an AMI in another Region")
        wrong = {
            "share_images": f"{self.world.on_aws_key} {self.home}\n{self.golden} us-east-1",
            "share_account_ids": "\n".join(world.CONSUMERS),
        }
        code, _output = self.playbook("-e", json.dumps(wrong))
        writes = [call for call in self.aws.calls() if call["write"]]
        self.check(code != 0 and not writes, f"{len(writes)} writes")


def main() -> None:
    started = time.monotonic()
    with EmbeddedAWS() as aws:
        print(f"The embedded AWS listens on {aws.url} (loopback only) until the demo ends.")
        demo = Demo(aws)
        demo.without_sharing()
        demo.share()
        demo.again()
        demo.refused()
    print(f"\nDone in {time.monotonic() - started:.0f} s. The embedded AWS has stopped; nothing is left running.")


if __name__ == "__main__":
    main()
