"""Foreign keys point down the desk order, also those that are named by a string."""

from collections.abc import Iterator

from django.apps import apps
from django.db.models import Model

from tests.architecture.house import may_see

OFFICE = "newsstand.office."


def desk(model: type[Model]) -> str | None:
    module = model.__module__
    return module.removeprefix(OFFICE).split(".")[0] if module.startswith(OFFICE) else None


def relations() -> Iterator[tuple[type[Model], str, type[Model]]]:
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.get_fields(include_hidden=True):
            points_away = field.is_relation and not field.auto_created and field.related_model
            if points_away and isinstance(field.related_model, type):
                yield model, field.name, field.related_model


def climbs(model: type[Model], related: type[Model]) -> bool:
    own, other = desk(model), desk(related)
    return own is not None and other is not None and not may_see(own, other)


def test_relations_point_down() -> None:
    climbing = [
        f"{model.__name__}.{name} -> {related.__name__}"
        for model, name, related in relations()
        if climbs(model, related)
    ]
    assert climbing == []


def test_a_relation_that_climbs_is_seen() -> None:
    account, publication = apps.get_model("accounts", "Account"), apps.get_model("kit", "Publication")
    assert climbs(publication, account)
    assert not climbs(account, publication)


def test_there_are_relations_to_look_at() -> None:
    assert any(desk(model) and desk(related) for model, _, related in relations())
