"""Counterparties that may be one: the queue, the decisions, and the way back. For the desk."""

from __future__ import annotations

from typing import Any

import graphene
from django.db.models import Q

from b2b_overlay.company import access, joining, rules
from b2b_overlay.company.candidates import waiting
from b2b_overlay.company.models import Company, Doubt, LegalEntity, Rearrangement
from b2b_overlay.company.rearranging import summary, title
from b2b_overlay.company.splitting import Chosen
from b2b_overlay.ordering import rearranging
from b2b_overlay.shop import get_shop

from . import types
from .answers import page
from .context import current_user
from .fields import global_id, list_of
from .ids import find, find_named, numbers, readable
from .payload import Payload, desk

__all__ = ["Mutations", "Queries"]


class B2BDoubt(graphene.ObjectType):
    id = global_id("B2BDoubt", description="Global id.")
    score = graphene.Int(required=True, description="Of 100, how alike they are.")
    reasons = list_of(
        graphene.String,
        required=True,
        description="Why, the weightiest first: inn_kpp, inn, inn_near, ogrn, account, name, "
        "address, phone, email.",
    )
    decision = graphene.String(required=True, description="waiting, joined or different.")
    low = graphene.Field(types.B2BLegalEntity, required=True, description="The older of the two.")
    high = graphene.Field(types.B2BLegalEntity, required=True, description="The newer one.")

    class Meta:
        description = "Two legal entities that may be one (похожие контрагенты)." + (
            types.ADDED_IN_02
        )


class B2BRowsMoved(graphene.ObjectType):
    what = graphene.String(required=True, description="What rows they are, in words.")
    count = graphene.Int(required=True, description="How many went.")

    class Meta:
        description = "What went along with a rearrangement." + types.ADDED_IN_02


class B2BRearrangement(graphene.ObjectType):
    id = global_id("B2BRearrangement", description="Global id.")
    kind = graphene.String(required=True, description="join, split, move or join_companies.")
    title = graphene.String(required=True, description="What was done, in a line.")
    source = graphene.Field(
        types.B2BLegalEntity, description="Joined: who went; split: who was split."
    )
    target = graphene.Field(
        types.B2BLegalEntity, description="Joined: who is kept; split: the part; or who moved."
    )
    source_company = graphene.Field(types.B2BCompany, description="From which company.")
    target_company = graphene.Field(types.B2BCompany, description="To which company.")
    moved = list_of(B2BRowsMoved, required=True, description="What went along.")
    rule = graphene.String(required=True, description="Code of the rule that did it, or empty.")
    made_at = types.DateTime(required=True, description="When.")
    undone_at = types.DateTime(description="When it was undone; null: it holds.")

    class Meta:
        description = "Rows that went from one owner to another, undone as one." + (
            types.ADDED_IN_02
        )

    @staticmethod
    def resolve_title(root: Rearrangement, info: Any) -> str:
        return title(root)

    @staticmethod
    def resolve_moved(root: Rearrangement, info: Any) -> list[B2BRowsMoved]:
        return [B2BRowsMoved(what=what, count=count) for what, count in summary(root)]


class B2BRule(graphene.ObjectType):
    code = graphene.String(required=True, description="What b2bRuleSet names it by.")
    name = graphene.String(required=True, description="In a few words.")
    description = graphene.String(required=True, description="When it joins.")
    is_on = graphene.Boolean(required=True, description="Whether it joins by itself.")

    class Meta:
        description = "A certain case that joins by itself." + types.ADDED_IN_02


def _rule(rule: rules.Certain, on: bool) -> B2BRule:
    return B2BRule(code=rule.code, name=str(rule.name), description=str(rule.description), is_on=on)


class Queries(graphene.ObjectType):
    b2b_doubts = list_of(
        B2BDoubt,
        required=True,
        first=graphene.Int(default_value=20, description="At most 100."),
        offset=graphene.Int(default_value=0, description="Pass over so many of the likest."),
        reason=graphene.String(description="Only those that agree in it."),
        search=graphene.String(default_value="", description="Name or INN of either."),
        decision=graphene.String(
            default_value="waiting", description="waiting, joined or different."
        ),
        description="Counterparties that may be one, the likest first. For the desk; empty for "
        "others." + types.ADDED_IN_02,
    )
    b2b_rearrangements = list_of(
        B2BRearrangement,
        required=True,
        first=graphene.Int(default_value=20, description="At most 100."),
        legal_entity=graphene.ID(description="Only those it took part in."),
        company=graphene.ID(description="Only those it took part in."),
        description="What was joined, split and moved, newest first. For the desk; empty for "
        "others." + types.ADDED_IN_02,
        deprecation_reason="Use `b2bRearrangementsConnection`.",
    )
    b2b_rules = list_of(
        B2BRule,
        required=True,
        description="Cases that join by themselves. For the desk; empty for others."
        + types.ADDED_IN_02,
    )

    @staticmethod
    def resolve_b2b_doubts(
        root: Any,
        info: Any,
        first: int = 20,
        reason: str | None = None,
        search: str = "",
        decision: str = "waiting",
        offset: int = 0,
    ) -> list[Doubt]:
        if not access.is_desk(current_user(info)):
            return []
        found = waiting()
        if decision != Doubt.Decision.WAITING:
            found = Doubt.objects.filter(decision=decision).order_by("-decided_at", "-pk")
            found = found.select_related("low__company", "high__company")
        if reason:
            found = found.filter(reasons__contains=[reason])
        if search := search.strip():
            named = LegalEntity.objects.filter(
                Q(name__icontains=search) | Q(inn__startswith=search)
            ).values("pk")
            found = found.filter(Q(low__in=named) | Q(high__in=named))
        return list(found[page(first, offset)])

    @staticmethod
    def resolve_b2b_rearrangements(
        root: Any,
        info: Any,
        first: int = 20,
        legal_entity: str | None = None,
        company: str | None = None,
    ) -> list[Rearrangement]:
        if not access.is_desk(current_user(info)):
            return []
        found = Rearrangement.objects.select_related(
            "source", "target", "source_company", "target_company"
        )
        if legal_entity is not None:
            pks = readable([legal_entity], "B2BLegalEntity")
            found = found.filter(Q(source__in=pks) | Q(target__in=pks))
        if company is not None:
            pks = readable([company], "B2BCompany")
            found = found.filter(Q(source_company__in=pks) | Q(target_company__in=pks))
        return list(found[page(first)])

    @staticmethod
    def resolve_b2b_rules(root: Any, info: Any) -> list[B2BRule]:
        if not access.is_desk(current_user(info)):
            return []
        return [_rule(rule, on) for rule, on in rules.states()]


# ------------------------------------------------------------------------- mutations


class LegalEntityJoin(Payload):
    rearrangement = graphene.Field(B2BRearrangement, description="What was done.")

    class Meta:
        name = "B2BLegalEntityJoin"
        description = (
            "They are one: contracts, orders, prices, debts and buyers go to the one that is "
            "kept; open carts get the prices that hold then." + types.ADDED_IN_02
        )
        atomic = False

    class Arguments:
        kept = graphene.ID(required=True, description="The legal entity that stays.")
        gone = graphene.ID(required=True, description="The one that turned out to be it.")
        company = graphene.ID(description="Which company stays, where they are of two.")

    @classmethod
    def mutate(
        cls, root: Any, info: Any, kept: str, gone: str, company: str | None = None
    ) -> LegalEntityJoin:
        user = desk(info)
        home = find_named(Company, company)
        done = rearranging.join(
            get_shop(), user, find(LegalEntity, kept), find(LegalEntity, gone), company=home
        )
        return cls(rearrangement=done)


class LegalEntitySplitInput(graphene.InputObjectType):
    source = graphene.ID(required=True, description="Whom to split.")
    back = graphene.ID(
        description="One that was joined to it before: it gets back all that came with it, and "
        "what is named here. Without it, a new one is made."
    )
    name = graphene.String(default_value="", description="Of the new one.")
    inn = graphene.String(default_value="", description="Of the new one.")
    kpp = graphene.String(default_value="", description="Of the new one.")
    kind = graphene.String(default_value="company", description="Of the new one.")
    contracts = list_of(graphene.ID, description="With their orders, prices and debts.")
    orders = list_of(graphene.ID, description="Global ids of wholesale orders (B2BOrder).")
    buyers = list_of(graphene.ID, description="Who may buy for the new one too.")

    class Meta:
        name = "B2BLegalEntitySplitInput"
        description = "What goes to another legal entity." + types.ADDED_IN_02


class LegalEntitySplit(Payload):
    rearrangement = graphene.Field(B2BRearrangement, description="What was done.")

    class Meta:
        name = "B2BLegalEntitySplit"
        description = (
            "Make a legal entity of a part of another, or give one that was joined its own back."
            + types.ADDED_IN_02
        )
        atomic = False

    class Arguments:
        input = LegalEntitySplitInput(required=True, description="The part.")

    @classmethod
    def mutate(cls, root: Any, info: Any, input: Any) -> LegalEntitySplit:
        user = desk(info)
        chosen = Chosen(
            {
                "b2b_overlay.Contract": numbers(input.get("contracts") or (), "B2BContract"),
                "b2b_overlay.WholesaleOrder": numbers(input.get("orders") or (), "B2BOrder"),
            },
            numbers(input.get("buyers") or (), "B2BBuyer"),
        )
        back = find_named(LegalEntity, input.get("back"))
        card = None if back else {k: input[k] for k in ("name", "inn", "kpp", "kind")}
        source = find(LegalEntity, input["source"])
        done = rearranging.split(get_shop(), user, source, chosen, card=card, back=back)
        return cls(rearrangement=done)


class LegalEntityMove(Payload):
    rearrangement = graphene.Field(B2BRearrangement, description="What was done.")

    class Meta:
        name = "B2BLegalEntityMove"
        description = (
            "Move a legal entity to another company with its contracts, orders and debts; buyers "
            "of the company it leaves lose it at once." + types.ADDED_IN_02
        )
        atomic = False

    class Arguments:
        id = graphene.ID(required=True, description="The legal entity.")
        company = graphene.ID(description="Where to; null: out of its company.")

    @classmethod
    def mutate(cls, root: Any, info: Any, id: str, company: str | None = None) -> LegalEntityMove:
        user = desk(info)
        home = find_named(Company, company)
        return cls(rearrangement=rearranging.move(get_shop(), user, find(LegalEntity, id), home))


class CompaniesJoin(Payload):
    rearrangement = graphene.Field(B2BRearrangement, description="What was done.")

    class Meta:
        name = "B2BCompaniesJoin"
        description = (
            "They are one customer: legal entities, buyers, orders, groups and price lists go to "
            "the company that is kept; the other is switched off." + types.ADDED_IN_02
        )
        atomic = False

    class Arguments:
        kept = graphene.ID(required=True, description="The company that stays.")
        gone = graphene.ID(required=True, description="The one that turned out to be it.")

    @classmethod
    def mutate(cls, root: Any, info: Any, kept: str, gone: str) -> CompaniesJoin:
        user, shop = desk(info), get_shop()
        done = rearranging.join_companies(shop, user, find(Company, kept), find(Company, gone))
        return cls(rearrangement=done)


class RearrangementUndo(Payload):
    rearrangement = graphene.Field(B2BRearrangement, description="What was undone.")

    class Meta:
        name = "B2BRearrangementUndo"
        description = (
            "Put everything back where it was; what was made since stays. Refused while a later "
            "one stands in the way: its title is in the message." + types.ADDED_IN_02
        )
        atomic = False

    class Arguments:
        id = graphene.ID(required=True, description="The rearrangement.")

    @classmethod
    def mutate(cls, root: Any, info: Any, id: str) -> RearrangementUndo:
        user = desk(info)
        found = find(Rearrangement, id)
        return cls(rearrangement=rearranging.undo(get_shop(), user, found))


class DoubtDifferent(Payload):
    doubt = graphene.Field(B2BDoubt, description="The doubt as it is now.")

    class Meta:
        name = "B2BDoubtDifferent"
        description = (
            "They are two: nobody asks again, and no rule joins them; or take that back."
            + types.ADDED_IN_02
        )

    class Arguments:
        id = graphene.ID(required=True, description="The doubt.")
        undo = graphene.Boolean(default_value=False, description="It waits again.")

    @classmethod
    def mutate(cls, root: Any, info: Any, id: str, undo: bool = False) -> DoubtDifferent:
        user = desk(info)
        doubt = find(Doubt, id)
        decide = joining.undo_different if undo else joining.different
        return cls(doubt=decide(user, doubt))


class RuleSet(Payload):
    rule = graphene.Field(B2BRule, description="The rule as it is now.")

    class Meta:
        name = "B2BRuleSet"
        description = (
            "Switch a rule on or off; what it has joined stays joined." + types.ADDED_IN_02
        )

    class Arguments:
        code = graphene.String(required=True, description="The rule's code.")
        is_on = graphene.Boolean(required=True, description="On, or off.")

    @classmethod
    def mutate(cls, root: Any, info: Any, code: str, is_on: bool) -> RuleSet:
        rules.set_rule(desk(info), code, is_on)
        rule = next(each for each in rules.RULES if each.code == code)
        return cls(rule=_rule(rule, is_on))


class Mutations(graphene.ObjectType):
    b2b_legal_entity_join = LegalEntityJoin.Field()
    b2b_legal_entity_split = LegalEntitySplit.Field()
    b2b_legal_entity_move = LegalEntityMove.Field()
    b2b_companies_join = CompaniesJoin.Field()
    b2b_rearrangement_undo = RearrangementUndo.Field()
    b2b_doubt_different = DoubtDifferent.Field()
    b2b_rule_set = RuleSet.Field()
