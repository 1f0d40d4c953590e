"""Turns what pydantic finds into sentences for the person who edits the policy file."""

from difflib import get_close_matches
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from .lines import Path
from .shape import Policy

_SHAPES = {
    "string_type": "must be text in quotes",
    "bool_type": "must be true or false, without quotes",
    "tuple_type": "must be a list in square brackets",
    "model_type": "must be a table",
    "mapping_type": "must be a table",
    "dict_type": "must be a table",
}


def told(error: ValidationError) -> list[tuple[Path, str]]:
    """Each thing that is wrong, as the path of a key and a sentence."""
    found = error.errors(include_url=False)
    paths = [path_of(it["loc"]) for it in found]

    def holds_faults(path: Path) -> bool:
        return any(len(other) > len(path) and other[: len(path)] == path for other in paths)

    # A list whose elements are all wrong is "too short" for pydantic; its elements' own faults say it better.
    return [
        (path, sentence(it))
        for path, it in zip(paths, found, strict=True)
        if it["type"] != "too_short" or not holds_faults(path)
    ]


def path_of(location: tuple[int | str, ...]) -> Path:
    """Without the mark that pydantic puts behind the key of a mapping."""
    return tuple(part for part in location if part != "[key]")


def sentence(error: ErrorDetails) -> str:
    """What is wrong, and what is allowed instead."""
    path, kind, context = path_of(error["loc"]), error["type"], error.get("ctx", {})
    described = description(path)
    known = {
        "extra_forbidden": lambda: _unknown_key(path),
        "value_error": lambda: str(context["error"]).removesuffix("."),
        "literal_error": lambda: f"must be one of: {context['expected'].replace(chr(39), '').replace(' or ', ', ')}",
        "string_too_long": lambda: f"may have {context['max_length']} characters at most",
        "too_long": lambda: f"may have {context['max_length']} elements at most",
        "too_short": lambda: f"may not be empty: {described}",
        "missing": lambda: f"is missing: {described if len(path) > 1 else f'write a table [{path[0]}]'}",
    }
    if kind in known:
        return known[kind]()
    return _SHAPES.get(kind, error["msg"]) + (f" ({described})" if described else "")


def _unknown_key(path: Path) -> str:
    allowed = list(fields_at(path[:-1]))
    near = get_close_matches(str(path[-1]), allowed, n=1, cutoff=0.6)
    meant = f"did you mean {near[0]}? " if near else ""
    return f"unknown key; {meant}allowed here: {', '.join(allowed)}"


def description(path: Path) -> str:
    fields = fields_at(path[:-1])
    field = fields.get(str(path[-1])) if path else None
    return (field.description or "") if field else ""


def fields_at(path: Path) -> dict[str, FieldInfo]:
    """The keys of the table at this path."""
    model: type[BaseModel] = Policy
    for part in path:
        field = model.model_fields.get(str(part))
        if field is not None:
            model = model_in(field.annotation) or model
    return dict(model.model_fields)


def model_in(annotation: Any) -> type[BaseModel] | None:
    """The model somewhere in a type: in a list, a mapping, or one that may be left out."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((model for it in get_args(annotation) if (model := model_in(it)) is not None), None)
