"""The sample company's product list, read from `products.toml`."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True)
class Product:
    """One model. A field that is None is not known; it never means zero or "no"."""

    model: str
    family: str
    subfamily: str
    platform: str | None = None
    mqtt_from: str | None = None
    safe_from: str | None = None
    note: str | None = None


@cache
def products() -> tuple[Product, ...]:
    """All products, in the order of the file."""
    table = tomllib.loads(files(__package__).joinpath("products.toml").read_text(encoding="utf-8"))
    return tuple(Product(**entry) for entry in table["product"])


@cache
def product(model: str) -> Product:
    """The product of that model; an unknown model is a mistake in the sample and raises KeyError."""
    return {one.model: one for one in products()}[model]
