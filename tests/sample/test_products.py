"""The product list: enough of it, and nothing unknown dressed up as known."""

import pytest

from mainstay.sample.products import product, products


def test_the_list_is_long_and_names_each_model_once() -> None:
    models = [one.model for one in products()]
    assert 60 <= len(models) <= 100
    assert len(set(models)) == len(models)


@pytest.mark.parametrize(
    ("model", "platform", "mqtt_from", "safe_from"),
    [
        ("AA-12FB", "Android", "3.15.0", None),
        ("AV-03BD", "Camdroid", "3.3.0", "3.9.2"),
        ("AK-10", "Android", "5.6.0", None),
        ("SH-42", None, None, None),
    ],
)
def test_known_facts_are_there_and_unknown_ones_are_none(model, platform, mqtt_from, safe_from) -> None:
    one = product(model)
    assert (one.platform, one.mqtt_from, one.safe_from) == (platform, mqtt_from, safe_from)


def test_the_advisory_names_only_camdroid_devices() -> None:
    assert {one.platform for one in products() if one.safe_from} == {"Camdroid"}


def test_an_unknown_model_is_refused() -> None:
    with pytest.raises(KeyError):
        product("AA-99X")
