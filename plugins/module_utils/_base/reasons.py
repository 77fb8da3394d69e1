# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Why something failed, said once for all whom it concerns."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from .layers import Consumer, State

# So many similar reasons are listed one by one.
ALIKE = 3
_NAMES = re.compile(
    r"arn:\S+|\b(?:ami|snap|mrk)-[0-9a-f]+|\b[0-9a-f]{8}-[0-9a-f-]{27}|\b[a-z]{2}(?:-[a-z]+)+-\d\b|\b\d[\d,.]*%?"
)


@dataclass
class _Concerned:
    """Whom and what a reason concerns, each once, in the order in which they come."""

    consumers: dict[str, None] = field(default_factory=dict)
    places: dict[str, None] = field(default_factory=dict)
    parts: dict[str, None] = field(default_factory=dict)

    def take(self, other: _Concerned) -> None:
        self.consumers |= other.consumers
        self.places |= other.places
        self.parts |= other.parts

    def described(self, most: int) -> str:
        whom = f"{_some(self.consumers)} on " if self.consumers else ""
        of = f" ({_some(self.parts)})" if self.parts else ""
        return f"{whom}{_some(self.places, most)}{of}."


def _alike(reason: str) -> str:
    """The same for reasons that differ only in what they name: ARNs, IDs, Regions, accounts and figures."""
    return _NAMES.sub("#", reason)


def _sentences(concerned: Mapping[str, _Concerned], most: int = 3) -> list[str]:
    """A sentence for each reason, and behind it whom it concerns; of many reasons that are alike the first one for all."""
    kinds: dict[str, dict[str, _Concerned]] = {}
    for reason, about in concerned.items():
        kinds.setdefault(_alike(reason), {})[reason] = about
    found = []
    for reasons in kinds.values():
        if len(reasons) <= ALIKE:
            found += [f"{_sentence(one)} This concerns {about.described(most)}" for one, about in reasons.items()]
            continue
        together = _Concerned()
        for about in reasons.values():
            together.take(about)
        first = _sentence(next(iter(reasons)))
        found.append(f"{first} The same, each with its own names, concerns {together.described(most)}")
    return found


def group_failures(
    consumers: Iterable[Consumer], states: Sequence[State] = (State.FAILED, State.HELD_BACK, State.UNKNOWN)
) -> list[str]:
    """One sentence for each reason, and behind it whom it concerns: ``60: A, B, C and 57 more``.

    Auto Scaling that is only reported about fails no run.
    """
    found: dict[str, _Concerned] = {}
    for consumer in consumers:
        needed = [consumer.launch, consumer.key, consumer.snapshot]
        if consumer.auto_scaling.state is State.FAILED:
            needed.append(consumer.auto_scaling)
        for layer in needed:
            if layer.state in states and layer.reason:
                about = found.setdefault(layer.reason, _Concerned())
                about.consumers[consumer.label] = None
                about.places[f"{consumer.subject} in {consumer.region}"] = None
                if layer.of:
                    about.parts[layer.of] = None
    return _sentences(found)


def group_reasons(reasons: Iterable[tuple[str, str]]) -> list[str]:
    """The same for reasons and what each of them is about, where it is not about consumers. All Regions of AWS are named."""
    found: dict[str, _Concerned] = {}
    for reason, about in reasons:
        found.setdefault(reason, _Concerned()).places[about] = None
    return _sentences(found, 17)


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _some(names: Iterable[str], most: int = 3) -> str:
    listed = list(names)
    if len(listed) <= most:
        return ", ".join(listed)
    return f"{len(listed)}: {', '.join(listed[:most])} and {len(listed) - most} more"
