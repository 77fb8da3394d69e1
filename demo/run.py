# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Share an encrypted golden AMI, copy it to one more Region, and stop sharing it with an account, on the embedded AWS.

Run it by `make demo`.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
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
WIDTH = 80
RUNNING = "running"
NOT_ALLOWED = "AuthFailure"
NO_KEY_ACCESS = "Client.InternalError"


def typed(command: Sequence[str]) -> str:
    """As a person would type it in a shell, an option on a line where it gets too long for one."""
    words = [f'"{word}"' if "'" in word and not set(word) & set('"$`\\') else shlex.quote(word) for word in command]
    line = f"$ {' '.join(words)}"
    return line if len(line) <= WIDTH else line.replace(" -e ", " \\\n    -e ")


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
        print(f"-> {text}", flush=True)
        if not holds:
            raise SystemExit(f"The demo expected something else here: {text}")

    def playbook(self, name: str, *arguments: str) -> tuple[int, str]:
        """Run a playbook as the owner, with credentials in the environment only, and show its output as it comes."""
        command = ["ansible-playbook", name, *arguments]
        print(typed(command), flush=True)
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "ANSIBLE_"))}
        environment |= self.aws.environment(world.OWNER) | {
            "ANSIBLE_COLLECTIONS_PATH": str(COLLECTIONS),
            "ANSIBLE_HOME": str(ROOT / ".build" / "demo"),
            "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
            "ANSIBLE_LOCALHOST_WARNING": "false",
        }
        if sys.stdout.isatty():
            environment["ANSIBLE_FORCE_COLOR"] = "1"
        lines = []
        command[0] = str(Path(sys.executable).parent / command[0])
        with subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        ) as running:
            for line in running.stdout or ():
                print(line, end="", flush=True)
                lines.append(line)
        return running.returncode, COLOR.sub("", "".join(lines))

    def writes(self) -> list[dict[str, Any]]:
        return self.aws.calls(write=True)

    def look(self, accounts: Iterable[str], images: Iterable[tuple[str, str]], wanted: str) -> None:
        """Show what accounts can do with AMIs; each must come to the same end."""
        rows = [
            (account, region, image_id, *self.seen(account, region, image_id))
            for region, image_id in images
            for account in accounts
        ]
        for line in [("Account", "Region", "AMI", "Sees", "Launch"), *rows]:
            print("{:12}  {:14}  {:21}  {:4}  {}".format(*line), flush=True)
        if any(row[-1] != wanted for row in rows):
            raise SystemExit(f"The demo expected for all of them: {wanted}")

    def seen(self, account: str, region: str, image_id: str) -> tuple[str, str]:
        sees = world.sees(self.aws, account, region, image_id)
        return "yes" if sees else "no", world.launch(self.aws, account, region, image_id)

    def without_sharing(self) -> None:
        self.title("Before: the consumers cannot see the golden AMI")
        self.look(world.CONSUMERS, [(self.home, self.golden)], NOT_ALLOWED)
        account = world.CONSUMERS[2]
        self.title(f"By hand: a launch permission for {account}, and no key")
        self.by_hand(self.golden, account)
        self.look([account], [(self.home, self.golden)], NO_KEY_ACCESS)

    def by_hand(self, image_id: str, account: str) -> None:
        ec2 = self.aws.client("ec2", self.home, world.OWNER)
        ec2.modify_image_attribute(ImageId=image_id, LaunchPermission={"Add": [{"UserId": account}]})

    def share(self) -> None:
        self.title("golden.ami.share: three accounts, three Regions, key access first")
        code, output = self.playbook("golden.ami.share", "-e", "@demo/inputs.yml")
        self.check(code == 0 and "failed=0" in output, "the playbook succeeded")
        self.title("After: every consumer launches the AMI in every Region")
        self.look(world.CONSUMERS, self.world.golden.items(), RUNNING)

    def again(self) -> None:
        self.title("Again: nothing to do, so nothing is written")
        self.aws.clear_calls()
        code, output = self.playbook("golden.ami.share", "-e", "@demo/inputs.yml")
        calls, writes = self.aws.calls(), self.writes()
        self.check(code == 0 and "changed=0" in output, "the playbook succeeded, and changed nothing")
        self.check(not writes, f"{len(calls)} calls to AWS, {len(writes)} of them writes")

    def one_more_region(self) -> None:
        region = world.NEW_REGION
        self.title(f"{region} lacks the AMI: copied under the key there, then shared")
        self.aws.set_copies(seconds=COPY_SECONDS)
        source = f"share_source='{self.golden} {self.home}'"
        code, output = self.playbook("golden.ami.share", "-e", "@demo/one-more-region.yml", "-e", source)
        copies = world.copies(self.aws, region, self.golden)
        done = code == 0 and len(copies) == 1 and f"{region}: {copies[0]} is available" in output
        self.check(done, f"the playbook succeeded; copies in {region}: {', '.join(copies)}")
        self.world.golden[region] = copies[0]
        self.look(world.CONSUMERS, [(region, copies[0])], RUNNING)

    def leaving(self) -> None:
        account, web = world.CONSUMERS[1], (self.home, self.world.web)
        self.title(f"{account} has golden-web, too, which uses the same key in {self.home}")
        self.by_hand(self.world.web, account)
        self.look([account], [*self.world.golden.items(), web], RUNNING)
        self.title(f"golden.ami.unshare: {account} loses golden-base and its keys")
        code, output = self.playbook("golden.ami.unshare", "-e", "@demo/leaving-account.yml")
        kept = f"{account} keeps access to {self.world.keys[self.home]}: {self.world.web}"
        said = kept in " ".join(output.split())
        self.check(code == 0 and said, "the playbook succeeded, and says which key access stays and why")
        self.title(f"After: {account} has nothing of golden-base, and golden-web as before")
        self.look([account], self.world.golden.items(), NOT_ALLOWED)
        self.look([account], [web], RUNNING)
        may_use = [
            region for region in self.world.golden if world.may_use(self.aws, account, region, self.world.keys[region])
        ]
        self.check(may_use == [self.home], f"it may use the keys in: {', '.join(may_use)}")

    def refused(self) -> None:
        self.aws.clear_calls()
        self.title("Refused: an account ID that YAML read as octal, a mistyped Region")
        code, _output = self.playbook("golden.ami.share", "-e", "@demo/two-mistakes.yml")
        self.check(code != 0 and not self.aws.calls(), f"{len(self.aws.calls())} calls to AWS")
        self.title("Refused: an AMI with the AWS managed key, and one that does not exist")
        code, _output = self.playbook("golden.ami.share", "-e", "@demo/not-shareable.yml")
        writes = self.writes()
        self.check(code != 0 and not writes, f"{len(writes)} writes")


def main() -> None:
    started = time.monotonic()
    with EmbeddedAWS() as aws:
        print(f"The embedded AWS listens on {aws.url} until the demo ends.")
        print("What Ansible prints is shown as it is; only its warnings that there is no")
        print("inventory are off.")
        demo = Demo(aws)
        demo.without_sharing()
        demo.share()
        demo.again()
        demo.one_more_region()
        demo.leaving()
        demo.refused()
    print(f"\nDone in {time.monotonic() - started:.0f} s. The embedded AWS has stopped; nothing is left running.")
    print("`make aws` keeps it running for your own playbooks.")


if __name__ == "__main__":
    main()
