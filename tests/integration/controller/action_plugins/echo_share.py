# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The action of image_share with a module that writes down what it is started with."""

from __future__ import annotations

import json
import os
import time

from ansible_collections.golden.ami.plugins.action.image_share import ActionModule as OfImageShare


class ActionModule(OfImageShare):
    _module = "image_share"

    def _execute(self, arguments, variables):
        with open(os.environ["SEEN"], "a", encoding="utf-8") as file:
            file.write(json.dumps({"host": variables["inventory_hostname"], **arguments}) + "\n")
        time.sleep(0.3)
        return {"changed": True, "table": ["AMI    consumer", "ami-1  111122223333"]}
