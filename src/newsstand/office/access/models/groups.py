"""Groups that read together: a library, a school, a company."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from newsstand.rules.gate.networks import Network, RangeError, parse_range


def read_ranges(text: str) -> list[str]:
    """The ranges of a text, one a line. Raises ValidationError with the reason for each that is refused."""
    found, refused = [], []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            found.append(str(parse_range(line)))
        except RangeError as error:
            refused.append(_("Line %(number)s: %(reason)s") % {"number": number, "reason": error})
    if refused:
        raise ValidationError(refused)
    return list(dict.fromkeys(found))


class ReaderGroup(models.Model):
    """Whoever comes from one of its networks reads, without an account, one product or the whole site."""

    name = models.CharField(_("name"), max_length=120, unique=True)
    contact = models.EmailField(
        _("contact"),
        help_text=_("Whom its readers may ask. It stands on walls, so do not use a private one."),
    )
    product = models.ForeignKey(
        "accounts.Product",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("product"),
        help_text=_("What its readers may read. Empty: the whole site."),
    )
    ranges = models.TextField(
        _("networks"),
        blank=True,
        help_text=_("One a line, such as 192.0.2.0/24, 2001:db8::/48 or a single address."),
    )
    until = models.DateTimeField(
        _("until"), null=True, blank=True, help_text=_("Empty: until somebody ends it.")
    )

    class Meta:
        verbose_name = _("group")
        verbose_name_plural = _("groups")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Refuse ranges that cannot be read or are absurdly wide, each with its reason."""
        super().clean()
        try:
            self.ranges = "\n".join(read_ranges(self.ranges))
        except ValidationError as error:
            raise ValidationError({"ranges": error}) from error

    @property
    def subject(self) -> str:
        """What the group's readers may read, as grants name it."""
        return f"product:{self.product.code}" if self.product is not None else "site"

    def networks(self, until: int | None) -> tuple[Network, ...]:
        """Its ranges as the gate takes them."""
        return tuple(Network(range_, self.subject, until) for range_ in read_ranges(self.ranges))
