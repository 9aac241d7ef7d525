# SPDX-License-Identifier: Apache-2.0
"""The side input (spec sections 4 and 9): projects by lower-cased hash."""
from dataclasses import dataclass, field

from jsontext import WHITE, JsonError, parse_one
from rules import ascii_lower

DEFAULT_REASONS = frozenset("could-not-understand found-better-plugin not-have-that-feature "
                            "is-not-working looking-for-other did-not-work-as-expected other "
                            "none".split())
TYPES = ("string", "int", "float", "bool", "date")


class SideInputError(Exception):
    """Ends the run before any output."""


@dataclass
class Project:
    id: str
    hash: str
    active: bool = True
    reasons: frozenset = DEFAULT_REASONS
    custom: dict = field(default_factory=dict)      # key -> type, in the project's order
    mail: bool = False


def custom_fields(document):
    fields = {}
    for entry in document.get("custom_fields") or []:
        if entry["type"] not in TYPES or entry["key"] in fields:
            raise SideInputError(f"custom field {entry}")
        fields[entry["key"]] = entry["type"]
    return fields


def project_of(document):
    try:
        reasons = {r["slug"] for r in document.get("reasons") or []}
        integrations = (document.get("integrations") or {}).values()
        return Project(id=str(document["_id"]), hash=ascii_lower(document["hash"]),
                       active=document.get("active") is not False,
                       reasons=DEFAULT_REASONS | reasons, custom=custom_fields(document),
                       mail=any(i.get("enabled") is True for i in integrations))
    except (KeyError, TypeError, AttributeError) as error:
        raise SideInputError(f"no project document: {error!r}") from error


def load(path, allow_none=False):
    """{hash: Project} of a file of JSON lines."""
    projects = {}
    with open(path, "rb") as file:
        for line in file.read().removeprefix(b"\xef\xbb\xbf").split(b"\n"):
            if not line.strip(WHITE):
                continue
            try:
                project = project_of(parse_one(line)[0])
            except JsonError as error:
                raise SideInputError(str(error)) from error
            if project.hash in projects:
                raise SideInputError(f"two projects with hash {project.hash}")
            projects[project.hash] = project
    if not projects and not allow_none:
        raise SideInputError("no project at all")
    return projects
