"""Accounts of readers and staff, products, and grants: who may do what, from when until when."""

from typing import Any, ClassVar
from uuid import UUID, uuid4

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from newsstand.office.kit import clock


class AccountManager(BaseUserManager["Account"]):
    """Makes accounts; an e-mail address is looked up without regard to case."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "Account":
        account = self.model(email=self.normalize_email(email).strip(), **fields)
        account.set_password(password)
        account.save(using=self._db)
        return account

    def create_superuser(self, email: str, password: str, **fields: Any) -> "Account":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "Account":
        return self.get(email__iexact=username)


class Account(AbstractBaseUser, PermissionsMixin):
    """A person: a reader, or one of the staff. Only `public_id` ever stands in passes, logs and addresses."""

    email = models.EmailField(_("e-mail address"))
    name = models.CharField(_("name"), max_length=80, blank=True, help_text=_("Stands beside your comments."))
    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    is_staff = models.BooleanField(_("staff"), default=False)
    is_active = models.BooleanField(_("active"), default=True)
    created_at = models.DateTimeField(default=clock.real_now, editable=False)

    # Set while the row is saved: what it carries has to be closed afterwards.
    loses_rights = False

    objects = AccountManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        constraints = [models.UniqueConstraint(Lower("email"), name="accounts_email_once")]

    def __str__(self) -> str:
        return self.email

    @property
    def reader_id(self) -> str:
        """The public id as it stands in passes and audit rows: 32 hexadecimal characters."""
        return UUID(str(self.public_id)).hex

    @property
    def works_here(self) -> bool:
        """Whether this is one of the staff: by the flag, or because a group lets them into the office."""
        return self.is_staff or self.is_superuser or self.has_perm("wagtailadmin.access_admin")

    @property
    def actor(self) -> str:
        """The account as it stands in the audit log: `reader:<id>`, or `staff:<id>` for one of the staff."""
        return f"{'staff' if self.works_here else 'reader'}:{self.reader_id}"

    def get_full_name(self) -> str:
        return self.name or self.email

    def get_short_name(self) -> str:
        return self.name or self.email.partition("@")[0]


class Product(models.Model):
    """What a right is for: the newspaper, a magazine, a local edition."""

    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=80)

    def __str__(self) -> str:
        return self.name


class Grant(models.Model):
    """Rights of one account, to a subject, from a moment to a moment.

    `subject` is `site`, `product:<code>` or `article:<id>`; one source (a subscription, a gift, staff) gives at
    most one grant per reference, so that giving it again changes it and never doubles it.
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="grants")
    subject = models.CharField(max_length=80)
    rights = models.JSONField(default=list)
    from_at = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)
    grace_until = models.DateTimeField(null=True, blank=True)
    source = models.CharField(max_length=20)
    source_ref = models.CharField(max_length=80)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "source_ref"], name="accounts_one_grant_per_source"),
            models.CheckConstraint(
                condition=models.Q(until__isnull=True) | models.Q(until__gte=models.F("from_at")),
                name="accounts_grant_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=models.Q(grace_until__isnull=True) | models.Q(grace_until__gte=models.F("until")),
                name="accounts_grace_follows_the_end",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.subject} {self.source}:{self.source_ref}"


class SignInCode(models.Model):
    """A code of six digits that was mailed to an address. Only its hash is kept, and only for a day.

    Everything about it is real time. Whether the address has an account is not known here, and not asked.
    """

    email = models.EmailField()
    network = models.CharField(max_length=16, blank=True)
    code_hash = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    over_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["email", "made_at"], name="accounts_codes_of_email"),
            models.Index(fields=["network", "made_at"], name="accounts_codes_of_network"),
        ]

    def __str__(self) -> str:
        return f"sign-in code {self.pk}"
