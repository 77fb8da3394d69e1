# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The variables of a role as options of its module: collected by their prefix, raw, with everything wrong about their names."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ansible import errors

from ansible_collections.golden.ami.plugins.module_utils._base.near_misses import near_misses

# ansible-core 2.19 and later raise this for a value that is {{ omit }}; before, the value is a placeholder text.
_OMITTED: Any = getattr(errors, "AnsibleValueOmittedError", ())
# What the role leaves behind, by which no run is asked for anything.
RESULT = "result"


@dataclass
class RoleVariables:
    """``options`` by name without the prefix; ``problems`` are refused by the module, together with its own.

    ``taken`` are names of the role's own that were set from outside: nothing behind the module can rely on them.
    """

    options: dict[str, Any] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    taken: list[str] = field(default_factory=list)


def collect(
    prefix: str,
    known: Sequence[str],
    variables: Mapping[str, Any],
    extra_variables: Mapping[str, Any],
    template: Callable[[Any], Any],
) -> RoleVariables:
    """The options that variables with the prefix stand for.

    Each variable is templated by itself, so that one which cannot be is named, and the others are still checked.

    :param known: the options, without the prefix.
    :param variables: all variables of the task, not yet templated.
    :param extra_variables: those that were given from outside, which nothing in the play can change.
    """
    found = RoleVariables()
    for name in known:
        variable = prefix + name
        if variable in variables:
            _take(found, name, variable, variables, template)
    found.problems += near_misses(map(str, variables), known, prefix, [RESULT])
    private = f"__{prefix}"
    found.taken = [name for name in map(str, extra_variables) if name.startswith(private)]
    found.problems += [
        f"{name}: is a name of the role's own; remove it from the extra variables." for name in found.taken
    ]
    result = prefix + RESULT
    if result in extra_variables:
        found.warnings.append(
            f"{result} is among the extra variables, where it hides the {result} of this run from the rest of the play. "
            "It changes nothing about the run. In AWX it is often an artifact of an earlier job of the workflow."
        )
    return found


def _take(
    found: RoleVariables, name: str, variable: str, variables: Mapping[str, Any], template: Callable[[Any], Any]
) -> None:
    try:
        value = template(variables[variable])
    except _OMITTED:
        return
    except errors.AnsibleError as error:
        found.problems.append(f"{variable}: cannot be read: {_sentence(error)}.")
        return
    omit = variables.get("omit")
    if omit is not None and isinstance(value, str) and value == omit:
        return
    changed = _changed_on_the_way(value)
    if changed:
        found.problems.append(f"{variable}: {changed}")
        return
    # A module cannot tell null from an option that is not given, which for a guard are two things.
    found.options[name] = "" if value is None else _as_sent(value, omit)


def _sentence(error: Exception) -> str:
    text = " ".join(str(error).split()).rstrip(".")
    return text if len(text) <= 300 else f"{text[:300]}…"


def _changed_on_the_way(value: Any) -> str | None:
    """What would be another value in the JSON that a module gets, and could not be refused there any more."""
    if isinstance(value, datetime.datetime | datetime.time):
        return f"contains '{value}', which YAML made a time of, so that what was typed is lost; write it in quotes."
    if isinstance(value, Mapping):
        odd = next((key for key in value if not isinstance(key, str)), "")
        if odd != "":
            return f"contains the key '{odd}', which is no text; write it in quotes."
        return next(filter(None, map(_changed_on_the_way, value.values())), None)
    if isinstance(value, list | tuple):
        return next(filter(None, map(_changed_on_the_way, value)), None)
    return None


def _as_sent(value: Any, omit: Any) -> Any:
    """The value without what was omitted inside of it; a date as the text that it was typed as."""
    if isinstance(value, Mapping):
        return {key: _as_sent(item, omit) for key, item in value.items() if omit is None or item != omit}
    if isinstance(value, list | tuple):
        return [_as_sent(item, omit) for item in value if omit is None or item != omit]
    return value.isoformat() if isinstance(value, datetime.date) else value
