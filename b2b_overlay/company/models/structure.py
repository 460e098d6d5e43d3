"""Companies and their legal entities.

Rules: a legal entity that 1C sent belongs to no company until a manager says so; what fails
a check digit is kept and marked, never dropped or corrected; one that was joined to another
(``merged_into``) keeps its row, its requisites and its 1C ids, so that the next exchange
changes it and not the other, and the joining can be taken back.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from b2b_overlay.company import requisites
from b2b_overlay.history import tracked


@tracked(found_by=["merged_into"])
class Company(models.Model):
    """клиент, партнёр: the wholesale customer as the sales manager knows it."""

    class Kind(models.TextChoices):
        CUSTOMER = "customer", _("customer")
        HOLDING = "holding", _("holding")
        SUBSIDIARY = "subsidiary", _("daughter company")
        BRANCH = "branch", _("branch")
        DEPARTMENT = "department", _("department")

    name = models.CharField(_("name"), max_length=255)
    kind = models.CharField(_("kind"), max_length=16, choices=Kind, default=Kind.CUSTOMER)
    #: Any depth, no cycles (``company.structure.set_parent``).
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("parent company"),
    )
    manager = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="b2b_managed_companies",
        verbose_name=_("manager"),
    )
    #: The switch: B2B is on for this customer. Off, its buyers are retail customers again.
    is_active = models.BooleanField(_("wholesale is on"), default=False)
    #: The company this one turned out to be; its people and legal entities are there.
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="merged"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        app_label = "b2b_overlay"
        ordering = ["name", "pk"]
        verbose_name = _("company")
        verbose_name_plural = _("companies")
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(parent=models.F("pk")), name="b2b_company_not_its_own_parent"
            )
        ]

    def __str__(self) -> str:
        return self.name


@tracked()
class Group(models.Model):
    """группа клиентов: companies that share terms («дилеры»)."""

    name = models.CharField(_("name"), max_length=255, unique=True)
    companies = models.ManyToManyField(Company, related_name="groups", blank=True)

    class Meta:
        app_label = "b2b_overlay"
        ordering = ["name"]
        verbose_name = _("group of companies")

    def __str__(self) -> str:
        return self.name


@tracked(found_by=["company"], is_link=True)
class GroupCompanies(Group.companies.through):  # type: ignore[misc,name-defined]  # a class Django makes
    """The table behind :attr:`Group.companies`, for its history."""

    class Meta:
        app_label = "b2b_overlay"
        proxy = True


@tracked(found_by=["company", "merged_into"])
class LegalEntity(models.Model):
    """юрлицо, контрагент: who signs and pays."""

    class Kind(models.TextChoices):
        COMPANY = "company", _("company (ООО, АО…)")
        ENTREPRENEUR = "entrepreneur", _("sole trader (ИП)")
        SELF_EMPLOYED = "self_employed", _("self-employed")
        PERSON = "person", _("private person")
        FOREIGN = "foreign", _("foreign company")

    company = models.ForeignKey(
        Company,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="legal_entities",
        verbose_name=_("company"),
    )
    kind = models.CharField(_("kind"), max_length=16, choices=Kind, default=Kind.COMPANY)
    name = models.CharField(_("name"), max_length=255)
    full_name = models.CharField(_("full name"), max_length=1000, blank=True)
    inn = models.CharField(_("INN"), max_length=32, blank=True, db_index=True)
    kpp = models.CharField(_("KPP"), max_length=16, blank=True)
    #: ISO 3166-1 alpha-2; a foreigner's, with the tax id of his own country.
    country = models.CharField(_("country"), max_length=2, default="RU")
    tax_id = models.CharField(_("foreign tax id"), max_length=64, blank=True)
    #: ОГРН, or ОГРНИП of a sole trader.
    ogrn = models.CharField(_("OGRN"), max_length=16, blank=True)
    okpo = models.CharField(_("OKPO"), max_length=16, blank=True)
    legal_address = models.CharField(_("legal address"), max_length=1000, blank=True)
    address = models.CharField(_("delivery address"), max_length=1000, blank=True)
    phone = models.CharField(_("phone"), max_length=255, blank=True)
    email = models.CharField(_("e-mail"), max_length=255, blank=True)
    #: False: 1C marked it for deletion; it can't buy, its orders stay.
    is_active = models.BooleanField(_("active"), default=True)
    #: The legal entity this one turned out to be: orders, contracts and debts are there.
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="merged"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        app_label = "b2b_overlay"
        ordering = ["name", "pk"]
        verbose_name = _("legal entity")
        verbose_name_plural = _("legal entities")

    def __str__(self) -> str:
        return self.name

    def wrong(
        self, accounts: Iterable[requisites.BankDetails] | None = None
    ) -> list[requisites.Wrong]:
        """What is wrong in its requisites, in sentences; of these accounts too, else of its own
        where they were prefetched: a list must not ask the database for each row."""
        prefetched = getattr(self, "_prefetched_objects_cache", {})
        return requisites.wrong(
            self.kind,
            inn=self.inn,
            kpp=self.kpp,
            ogrn=self.ogrn,
            okpo=self.okpo,
            country=self.country,
            tax_id=self.tax_id,
            accounts=prefetched.get("bank_accounts", ()) if accounts is None else accounts,
        )

    def failed_checks(self) -> list[str]:
        """Names of the requisites that :meth:`wrong` is about, each once."""
        return list(dict.fromkeys(each.field for each in self.wrong()))


@tracked(found_by=["legal_entity"])
class BankAccount(models.Model):
    """расчётный счёт of a legal entity."""

    legal_entity = models.ForeignKey(LegalEntity, models.CASCADE, related_name="bank_accounts")
    number = models.CharField(_("account"), max_length=34)
    bic = models.CharField(_("BIC"), max_length=11, blank=True)
    bank_name = models.CharField(_("bank"), max_length=255, blank=True)
    correspondent = models.CharField(_("correspondent account"), max_length=34, blank=True)

    class Meta:
        app_label = "b2b_overlay"
        constraints = [
            models.UniqueConstraint(
                fields=["legal_entity", "number", "bic"], name="b2b_bank_account_once"
            )
        ]
