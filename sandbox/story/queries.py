"""Every GraphQL text of the story. The same text runs on the sandbox and on a real Saleor."""

from __future__ import annotations

SIGN_IN = """
mutation ($email: String!, $password: String!) {
  tokenCreate(email: $email, password: $password) { token errors { field message code } }
}
"""

CATALOGUE = """
query ($channel: String!, $after: String) {
  products(first: 100, after: $after, channel: $channel) {
    pageInfo { hasNextPage endCursor }
    edges { node {
      id name slug description
      variants {
        id sku name quantityAvailable
        pricing { price { gross { amount currency } } priceUndiscounted { gross { amount } } }
      }
    } }
  }
}
"""

VARIANT = """
query ($id: ID!, $channel: String!) {
  productVariant(id: $id, channel: $channel) {
    id sku quantityAvailable pricing { price { gross { amount currency } } }
  }
}
"""

ME = """
query ($channel: String!) {
  me {
    email firstName
    checkoutIds(channel: $channel)
    orders(first: 20) { edges { node { number total { gross { amount } } } } }
  }
}
"""

_CHECKOUT = """
  id
  totalPrice { gross { amount currency } }
  lines {
    id quantity
    variant { id sku }
    unitPrice { gross { amount } }
    totalPrice { gross { amount } }
  }
"""

CHECKOUT = f"query ($id: ID!) {{ checkout(id: $id) {{ {_CHECKOUT} }} }}"

_PAYLOAD = f"checkout {{ {_CHECKOUT} }} errors {{ field message code lines variants }}"

CHECKOUT_CREATE = f"""
mutation ($input: CheckoutCreateInput!) {{
  checkoutCreate(input: $input) {{ {_PAYLOAD} }}
}}
"""

LINES_ADD = f"""
mutation ($id: ID!, $lines: [CheckoutLineInput!]!) {{
  checkoutLinesAdd(id: $id, lines: $lines) {{ {_PAYLOAD} }}
}}
"""

LINES_UPDATE = f"""
mutation ($id: ID!, $lines: [CheckoutLineUpdateInput!]!) {{
  checkoutLinesUpdate(id: $id, lines: $lines) {{ {_PAYLOAD} }}
}}
"""

SHIPPING_ADDRESS = """
mutation ($id: ID!, $address: AddressInput!) {
  checkoutShippingAddressUpdate(id: $id, shippingAddress: $address) {
    checkout { id shippingMethods { id name price { amount } } }
    errors { field message code }
  }
}
"""

BILLING_ADDRESS = """
mutation ($id: ID!, $address: AddressInput!) {
  checkoutBillingAddressUpdate(id: $id, billingAddress: $address) {
    checkout { id } errors { field message code }
  }
}
"""

DELIVERY = f"""
mutation ($id: ID!, $method: ID!) {{
  checkoutDeliveryMethodUpdate(id: $id, deliveryMethodId: $method) {{
    checkout {{ {_CHECKOUT} }} errors {{ field message code }}
  }}
}}
"""

COMPLETE = """
mutation ($id: ID!) {
  checkoutComplete(id: $id) {
    order {
      id number status
      total { gross { amount } }
      lines { productName productSku quantity unitPrice { gross { amount } } }
    }
    errors { field message code lines }
  }
}
"""

ORDER = """
query ($id: ID!) { order(id: $id) { number total { gross { amount } } } }
"""

# ------------------------------------------------------------------------ the overlay's

B2B_ME = """
query ($channel: String!) {
  b2bMe(channel: $channel) {
    chosen { id name inn }
    legalEntities { id name inn kpp company { name }
      contracts { id number title payment paymentDays priceLists { name } } }
  }
}
"""

PRICES = """
query ($ids: [ID!]!, $channel: String!, $quantity: Int) {
  b2bPrices(variantIds: $ids, channel: $channel, quantity: $quantity) {
    variantId price { amount } retail { amount } unit coefficient unitPrice { amount }
    step source isContract
  }
}
"""

CHOOSE = """
mutation ($id: ID, $channel: String) {
  b2bLegalEntityChoose(legalEntityId: $id, channel: $channel) {
    chosen { id name } errors { field message code }
  }
}
"""

CHECKOUT_ENTITY = """
mutation ($checkout: ID!, $entity: ID) {
  b2bCheckoutLegalEntityUpdate(checkoutId: $checkout, legalEntityId: $entity) {
    checkout { legalEntity { name inn } problems { variantId message code } }
    errors { field message code }
  }
}
"""

B2B_CHECKOUT = """
query ($id: ID!) {
  b2bCheckout(id: $id) {
    legalEntity { id name inn } contract { number paymentDays } dueDate
    problems { lineId variantId message code }
  }
}
"""

B2B_ORDERS = """
query {
  b2bOrders(first: 20) {
    orderId number state dueDate payment total { amount }
    legalEntity { name inn }
    onecNumber onecStatus paidAt shippedAt
    lines { article quantity baseUnit unit coefficient unitPrice total vatRate vat }
  }
}
"""

B2B_ORDER = "query ($id: ID!) { b2bOrder(orderId: $id) { number } }"

# --------------------------------------------------------------------------- the desk's

LEGAL_ENTITIES = """
query ($search: String!) {
  b2bLegalEntities(search: $search, free: true, first: 20) { id name inn kpp }
}
"""

PRICE_LISTS = "query { b2bPriceLists { id name currency vatIncluded } }"

COMPANY_CREATE = """
mutation ($input: B2BCompanyCreateInput!) {
  b2bCompanyCreate(input: $input) { company { id name isActive } errors { message code } }
}
"""

CONTRACT_SAVE = """
mutation ($input: B2BContractSaveInput!) {
  b2bContractSave(input: $input) {
    contract { id title priceLists { name } } errors { message code }
  }
}
"""

ORGANIZATION_SAVE = """
mutation ($input: B2BOrganizationInput!) {
  b2bOrganizationSave(input: $input) { organization { id account } errors { message code } }
}
"""

INVOICE = """
query ($order: ID!) {
  b2bInvoice(orderId: $order) {
    inWords code total { amount } vat { amount } lines { total { amount } }
  }
}
"""

BUYER_ADD = """
mutation ($input: B2BBuyerAddInput!) {
  b2bBuyerAdd(input: $input) { buyer { id email role } errors { message code } }
}
"""

COMPANY_SWITCH = """
mutation ($id: ID!, $on: Boolean!) {
  b2bCompanySwitch(id: $id, isActive: $on) { company { id isActive } errors { message code } }
}
"""
