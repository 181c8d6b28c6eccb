"""Framework signals that accounts listen to: somebody signed in, somebody signs out, by whichever door."""

from datetime import datetime
from typing import Any

from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.db.models.signals import post_delete, post_save, pre_save
from django.http import HttpRequest

from newsstand.office.accounts import actions, passes, queries
from newsstand.office.accounts.models import Account
from newsstand.office.kit import clock
from newsstand.office.kit.registry import registry


def connect() -> None:
    """Called once, when the application is ready."""
    user_logged_in.connect(_signed_in, dispatch_uid="accounts.signed_in")
    user_logged_out.connect(_signing_out, dispatch_uid="accounts.signing_out")
    pre_save.connect(_saving, sender=Account, dispatch_uid="accounts.saving")
    post_save.connect(_saved, sender=Account, dispatch_uid="accounts.saved")
    post_delete.connect(_deleted, sender=Account, dispatch_uid="accounts.deleted")
    registry.at_sign_in.append(take_in_device)


def take_in_device(account: Account, request: HttpRequest, now: datetime) -> None:
    """Free articles that were counted on this device count for the reader, too."""
    token = request.COOKIES.get(passes.VISIT_COOKIE)
    if token:
        actions.take_in_device(account=account, visit_token=token, now=now)


def _signed_in(sender: type[Account], request: HttpRequest, user: Account, **kwargs: Any) -> None:
    now = clock.now()
    for at_sign_in in registry.at_sign_in:
        at_sign_in(user, request, now)


def _signing_out(sender: type[Account], request: HttpRequest, user: Account | None, **kwargs: Any) -> None:
    session_key = request.session.session_key
    if user is not None and session_key is not None:
        actions.close_session(session=passes.session_mark(session_key), by=user.actor, now=clock.now())


def _saving(sender: type[Account], instance: Account, update_fields: Any, **kwargs: Any) -> None:
    """Note whether a form of Wagtail's takes something from an account; our own actions write single fields."""
    if not instance._state.adding and update_fields is None:
        instance.loses_rights = queries.loses_rights(instance)


def _saved(sender: type[Account], instance: Account, **kwargs: Any) -> None:
    if instance.loses_rights:
        instance.loses_rights = False
        why = "the account was closed, or is no longer one of the staff"
        follow = actions.close_passes if instance.is_active else actions.follow_closing
        follow(account=instance, by="system", why=why, now=clock.now())


def _deleted(sender: type[Account], instance: Account, **kwargs: Any) -> None:
    actions.close_passes(account=instance, by="system", why="the account was deleted", now=clock.now())
