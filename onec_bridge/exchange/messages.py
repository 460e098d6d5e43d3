"""What the exchange itself has to say about a file, in both languages."""

from __future__ import annotations

from onec_bridge.commerceml.messages import Message, add_messages

__all__ = ["MESSAGES"]

MESSAGES = {
    "internal_error": Message(
        "Ошибка на стороне сайта ({error}); загружено до записи {position}.",
        "An error on the site's side ({error}); imported up to record {position}.",
        "Передайте строку администратору сайта; после исправления повторите обмен: загрузка "
        "продолжится сама, выгружать заново ничего не нужно.",
        "Hand this line to the site's administrator; once it is mended repeat the exchange: "
        "nothing has to be exported anew.",
    ),
}

add_messages(MESSAGES)
