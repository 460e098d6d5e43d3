"""A gateway of Saleor's old Payments API that takes whatever it is given: Saleor's own for trying
things out is gone from 3.24 on (saleor#19551)."""

from __future__ import annotations

from typing import Any

from saleor.payment import TransactionKind
from saleor.payment.interface import GatewayResponse, PaymentData
from saleor.plugins.base_plugin import BasePlugin

__all__ = ["PayingGateway"]


class PayingGateway(BasePlugin):
    PLUGIN_ID = "tests.paying"
    PLUGIN_NAME = "Paying"
    DEFAULT_ACTIVE = True

    def process_payment(
        self, payment_information: PaymentData, previous_value: Any
    ) -> GatewayResponse:
        return GatewayResponse(
            is_success=True,
            action_required=False,
            kind=TransactionKind.CAPTURE,
            amount=payment_information.amount,
            currency=payment_information.currency,
            transaction_id=payment_information.token or "",
            error=None,
        )

    def get_supported_currencies(self, previous_value: Any) -> list[str]:
        return ["RUB"]

    def get_payment_config(self, previous_value: Any) -> list[dict[str, Any]]:
        return []
