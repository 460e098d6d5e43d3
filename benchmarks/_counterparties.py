"""A base of counterparties with known truth, as 1C bases are: for ``benchmarks.companies``.

What is assumed, all drawn from one seed, so that the same seed gives the same base:

* 70 % organisations, 30 % sole traders. Names are made of some 130 words and 70 stems that
  Russian firms like, with «Торговый дом», a town or a number before or behind; people's names of
  common ones. So firms share words, and some share names by mere chance.
* Every fifth legal entity has two or three cards (some 35 % of the cards are such): different
  people entered them, each with what he knew. A card has an address with 60 %, a phone with
  55 %, a bank account with 45 %, an e-mail with 30 %, a KPP (organisations, beside an INN) with
  90 %. Every fourth firm has two phones, every fifth two accounts, every tenth has moved; a card
  has one of them. An address is written in one of four ways, a phone in one of four.
* A KPP is the tax office's code and 01001, so firms of one office share it.
* Of the cards: 45 % have no INN (and no KPP); 5 % a wrong one: half a slip in one digit, half
  another firm's valid INN, of a namesake where there is one, and then half with that firm's KPP;
  30 % one or two slips in the name (a tenth of them Latin look-alikes); 20 % another legal form
  (spelled in full, behind, in brackets, none, another one) or another order of words, or
  initials. These fall independently of each other, on every card.
* 10 % of the cards are of namesakes: two to four firms of one name, with nothing else in common
  (a quarter of them in one town). 10 % are of branches: the head's INN and name (half with the
  town added), a KPP, an address and a phone of their own. Head and branch are two legal entities.
* Five addresses have forty firms each, and so have two phones (an accountant's).

The truth is ``Card.truth``, the number of the legal entity; nothing of it is in the fields that
are compared.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field

from stdnum.ru.inn import calc_company_check_digit, calc_personal_check_digits

__all__ = ["KINDS", "Card", "make"]

KINDS = ("no INN", "wrong INN", "typo", "form or order", "namesake", "branch", "crowd")


def _words(text: str) -> list[str]:
    return text.split()


_ROOTS = _words(
    "Ромашка Восход Заря Рассвет Горизонт Вектор Альянс Партнёр Меридиан Атлант Орион Вега Сириус "
    "Феникс Гранит Монолит Фаворит Лидер Престиж Эталон Стандарт Импульс Прогресс Старт Контакт "
    "Спектр Формат Регион Континент Океан Волга Енисей Байкал Урал Сибирь Каскад Родник Исток "
    "Берёзка Рябина Калина Тополь Дубрава Лесник Север Полюс Маяк Компас Якорь Парус Бриз Прибой "
    "Рубин Алмаз Изумруд Янтарь Сапфир Кристалл Топаз Аметист Жемчужина Золушка Метелица Снежинка "
    "Теремок Колосок Каравай Хлебодар Нива Пашня Урожай Садовод Огородник Цветник Флора Оазис "
    "Комфорт Уют Очаг Кров Фундамент Кирпич Мастер Умелец Левша Кузнец Самоделкин Инструмент "
    "Крепёж Метиз Профиль Кровля Фасад Паркет Ламинат Керамика Сантехник Водолей Акватория "
    "Электрон Протон Квант Заряд Импортёр Логистик Экспресс Магистраль Трасса Вираж Болид Мотор "
    "Дизель Карбон Сталь Прокат Литейщик Станок Техника Автомат Робот Механик Технолог Инженер "
    "Аврора Диана Виктория Светлана Людмила Надежда Вера Любава Славяне Витязь Богатырь Русич "
    "Казак Барин Купец Меценат Дворик Ярмарка Базар Лавка Прилавок Универсам Гурман Лакомка"
)
_STEMS = _words(
    "Строй Пром Агро Тех Снаб Торг Маш Мет Хим Лес Авто Транс Электро Энерго Тепло Водо Газ Нефте "
    "Сельхоз Продукт Мясо Молоко Рыб Хлеб Овоще Зерно Мебель Текстиль Обувь Фарм Мед Био Эко Гео "
    "Инфо Софт Теле Радио Видео Принт Полиграф Пласт Стекло Бетон Кирпич Дор Мост Ремонт Монтаж "
    "Сервис Инвест Капитал Финанс Трейд Групп Холдинг Консалт Аудит Юр Тур Спорт Арт Дизайн Медиа "
    "Сиб Урал Волго Юг Дон Кубань Невский Мос Центр Рос Евро Интер Глобал Мега Супер Гипер Альфа"
)
_TAILS = _words("Плюс Сервис Групп Центр Трейд Юг Север Регион Опт Маркет Комплект Снаб")
_LEADS = ("Торговый дом", "ТД", "ПКФ", "Компания", "Группа компаний", "Фирма", "ТК", "СК")
_TOWNS = (
    ("Москва", "77", "125"),
    ("Санкт-Петербург", "78", "190"),
    ("Тверь", "69", "170"),
    ("Казань", "16", "420"),
    ("Екатеринбург", "66", "620"),
    ("Новосибирск", "54", "630"),
    ("Самара", "63", "443"),
    ("Омск", "55", "644"),
    ("Ростов-на-Дону", "61", "344"),
    ("Уфа", "02", "450"),
    ("Красноярск", "24", "660"),
    ("Воронеж", "36", "394"),
    ("Пермь", "59", "614"),
    ("Волгоград", "34", "400"),
    ("Краснодар", "23", "350"),
    ("Саратов", "64", "410"),
    ("Тюмень", "72", "625"),
    ("Ижевск", "18", "426"),
    ("Барнаул", "22", "656"),
    ("Иркутск", "38", "664"),
    ("Ярославль", "76", "150"),
    ("Рязань", "62", "390"),
    ("Пенза", "58", "440"),
    ("Липецк", "48", "398"),
    ("Киров", "43", "610"),
    ("Тула", "71", "300"),
    ("Калининград", "39", "236"),
    ("Брянск", "32", "241"),
    ("Курск", "46", "305"),
    ("Вологда", "35", "160"),
)
_TOWN_WEIGHTS = (20, 10, *(3 for _town in _TOWNS[2:]))
_STREETS = _words(
    "Ленина Мира Советская Гагарина Кирова Пушкина Лермонтова Чехова Горького Садовая Лесная "
    "Полевая Школьная Заводская Промышленная Строителей Московская Октябрьская Первомайская "
    "Комсомольская Пролетарская Красная Набережная Речная Луговая Вокзальная Железнодорожная "
    "Транспортная Складская Индустриальная Энергетиков Металлургов Машиностроителей Победы Жукова "
    "Суворова Кутузова Свердлова Дзержинского Калинина Фрунзе Чапаева Маяковского Толстого "
    "Тургенева Некрасова Островского Циолковского Королёва Менделеева Ломоносова Павлова "
    "Тимирязева Мичурина Вавилова Новая Центральная Молодёжная Солнечная Весенняя Берёзовая"
)
_SURNAMES = _words(
    "Иванов Смирнов Кузнецов Попов Васильев Петров Соколов Михайлов Новиков Фёдоров Морозов "
    "Волков Алексеев Лебедев Семёнов Егоров Павлов Козлов Степанов Николаев Орлов Андреев Макаров "
    "Никитин Захаров Зайцев Соловьёв Борисов Яковлев Григорьев Романов Воробьёв Сергеев Кузьмин "
    "Фролов Александров Дмитриев Королёв Гусев Киселёв Ильин Максимов Поляков Сорокин Виноградов "
    "Ковалёв Белов Медведев Антонов Тарасов Жуков Баранов Филиппов Комаров Давыдов Беляев "
    "Герасимов Богданов Осипов Сидоров Матвеев Титов Марков Миронов Крылов Куликов Карпов Власов "
    "Мельников Денисов Гаврилов Тихонов Казаков Афанасьев Данилов Савельев Тимофеев Фомин Чернов "
    "Абрамов Мартынов Ефимов Федотов Щербаков Назаров Калинин Исаев Чернышёв Быков Маслов Родионов "
    "Коновалов Лазарев Воронин Климов Филатов Пономарёв Голубев Кудрявцев Прохоров Наумов Потапов "
    "Журавлёв Овчинников Трофимов Леонов Соболев Ермаков Колесников Гончаров Емельянов Никифоров "
    "Грачёв Котов Гришин Ефремов Архипов Громов Кириллов Малышев Панов Моисеев Румянцев Акимов "
    "Кондратьев Бирюков Горбунов Анисимов Еремин Тихомиров Галкин Лукьянов Михеев Скворцов Юдин "
    "Белоусов Нестеров Симонов Прокофьев Харитонов Князев Цветков Левин Митрофанов Воронов Аксёнов"
)
_MEN = _words(
    "Александр Сергей Дмитрий Андрей Алексей Максим Евгений Иван Михаил Николай Владимир Павел "
    "Роман Виктор Олег Игорь Артём Денис Антон Константин Юрий Анатолий Вячеслав Григорий Борис"
)
_WOMEN = _words(
    "Елена Ольга Наталья Анна Ирина Татьяна Мария Светлана Екатерина Юлия Марина Людмила Галина "
    "Надежда Вера Оксана Лариса Валентина Алла Нина"
)
_FORMS = ("ООО", "ООО", "ООО", "ООО", "ООО", "ООО", "АО", "ЗАО", "ОАО", "ПАО")
_FULL_FORMS = {
    "ООО": "Общество с ограниченной ответственностью",
    "АО": "Акционерное общество",
    "ЗАО": "Закрытое акционерное общество",
    "ОАО": "Открытое акционерное общество",
    "ПАО": "Публичное акционерное общество",
    "ИП": "Индивидуальный предприниматель",
}
_BICS = tuple(f"0445{n:05}" for n in (25225, 25593, 25187, 25700, 25974, 30653, 25999, 25411))
_MAILS = ("mail.ru", "yandex.ru", "gmail.com", "bk.ru", "inbox.ru")
_NEIGHBOURS = {
    "а": "уп", "е": "нк", "и": "мт", "о": "лр", "у": "ка", "н": "ег", "т": "иь", "р": "по",
    "с": "чм", "л": "од", "в": "ыа", "к": "уе", "м": "си", "д": "лж", "п": "ра", "я": "чф",
    "ь": "тб", "г": "нш", "з": "щх", "б": "ью", "ч": "яс", "й": "цф", "х": "зъ", "ж": "дэ",
}  # fmt: skip
_LOOK_ALIKE = dict(zip("аеокрсухАВЕОКМНРСТУХ", "aeokpcyxABEOKMHPCTYX", strict=True))


@dataclass(frozen=True, slots=True)
class Card:
    """A counterparty as 1C sends it, the truth of it, and what was done to it."""

    truth: int
    name: str
    person: bool
    inn: str = ""
    kpp: str = ""
    account: tuple[str, str] | None = None
    phone: str = ""
    email: str = ""
    address: str = ""
    kinds: frozenset[str] = frozenset()


@dataclass(slots=True)
class _Firm:
    """A legal entity as it is."""

    truth: int
    form: str
    #: Words of the name; of a person surname, name, patronymic.
    words: tuple[str, ...]
    town: int
    inn: str
    kpp: str
    phones: list[str]
    accounts: list[tuple[str, str]]
    emails: list[str]
    places: list[tuple[str, str, str, str, str]]
    kinds: set[str] = field(default_factory=set)
    namesakes: list[_Firm] = field(default_factory=list)

    @property
    def person(self) -> bool:
        return self.form == "ИП"


def make(seed: int, count: int = 20_000) -> list[Card]:
    """A base of so many cards, in the order in which they were entered."""
    return _Maker(seed, count).cards()


class _Maker:
    def __init__(self, seed: int, count: int) -> None:
        self.random, self.count = random.Random(seed), count
        self.firms: list[_Firm] = []
        #: Cards of each firm, by its truth.
        self.copies: dict[int, int] = {}

    # --- firms ---

    def cards(self) -> list[Card]:
        planned = 0
        while planned < self.count:
            draw = self.random.random()
            # Shares of firms that give the shares of cards that the docstring names.
            if draw < 0.047:
                made = self._namesakes()
            elif draw < 0.099:
                made = self._with_branches()
            else:
                made = [self._firm()]
            planned += sum(self._copies(firm) for firm in made)
        self._crowd()
        everybody = [card for firm in self.firms for card in self._of(firm)]
        self.random.shuffle(everybody)
        return everybody[: self.count]

    def _copies(self, firm: _Firm) -> int:
        copies = self.random.choices((1, 2, 3), (80, 15, 5))[0]
        self.copies[firm.truth] = copies
        return copies

    def _firm(self, words: tuple[str, ...] = (), form: str = "", town: int = -1) -> _Firm:
        form = form or ("ИП" if self.random.random() < 0.3 else self.random.choice(_FORMS))
        town = self._town() if town < 0 else town
        office = f"{_TOWNS[town][1]}{self.random.randint(1, 12):02}"
        person = form == "ИП"
        moved = self.random.random() < 0.1
        firm = _Firm(
            truth=len(self.firms),
            form=form,
            words=words or (self._person() if person else self._org(town)),
            town=town,
            inn=self._inn(office, person),
            kpp="" if person else f"{office}01001",
            phones=[self._phone(town) for _ in range(2 if self.random.random() < 0.25 else 1)],
            accounts=[self._account() for _ in range(2 if self.random.random() < 0.2 else 1)],
            emails=[self._email()],
            places=[self._place(town) for _ in range(2 if moved else 1)],
        )
        self.firms.append(firm)
        return firm

    def _namesakes(self) -> list[_Firm]:
        first = self._firm()
        first.kinds.add("namesake")
        family = [first]
        for _ in range(self.random.choice((1, 1, 1, 2, 3))):
            town = first.town if self.random.random() < 0.25 else -1
            family.append(self._firm(first.words, first.form, town))
        for firm in family:
            firm.kinds.add("namesake")
            firm.namesakes = [other for other in family if other is not firm]
        return family

    def _with_branches(self) -> list[_Firm]:
        head = self._firm(form=self.random.choice(_FORMS))
        family = [head]
        for _ in range(self.random.choice((1, 1, 2))):
            town = self._town()
            name = head.words
            if self.random.random() < 0.5:
                name = (*name, f"({_TOWNS[town][0]})")
            branch = self._firm(name, head.form, town)
            number = self.random.randint(1, 3)
            branch.inn = head.inn
            branch.kpp = f"{_TOWNS[town][1]}{self.random.randint(1, 12):02}43{number:03}"
            if self.random.random() < 0.3:
                branch.accounts = head.accounts
            family.append(branch)
        for firm in family:
            firm.kinds.add("branch")
        return family

    def _crowd(self) -> None:
        for _ in range(5):
            place = self._place(self._town())
            for firm in self.random.sample(self.firms, min(40, len(self.firms))):
                firm.places = [(*place[:4], str(self.random.randint(1, 400)))]
                firm.kinds.add("crowd")
        for _ in range(2):
            phone = self._phone(0)
            for firm in self.random.sample(self.firms, min(40, len(self.firms))):
                firm.phones = [phone]
                firm.kinds.add("crowd")

    # --- what a firm has ---

    def _town(self) -> int:
        return self.random.choices(range(len(_TOWNS)), _TOWN_WEIGHTS)[0]

    def _org(self, town: int) -> tuple[str, ...]:
        draw, pick = self.random.random(), self.random.choice
        stems = self.random.sample(_STEMS, self.random.choice((2, 2, 3)))
        compound = stems[0] + "".join(stem.lower() for stem in stems[1:])
        if draw < 0.12:
            words = [pick(_ROOTS)]
        elif draw < 0.42:
            words = [pick(_ROOTS), pick((pick(_TAILS), pick(_TAILS), pick(_ROOTS), compound))]
        elif draw < 0.8:
            words = [compound]
            if self.random.random() < 0.35:
                words.append(pick((*_TAILS, _TOWNS[town][0])))
        elif draw < 0.92:
            words = [stems[0] + pick(("инвест", "снаб", "пром", "торг", "сервис")), pick(_ROOTS)]
        elif draw < 0.96:
            words = [pick(_SURNAMES), "и", "партнёры"]
        else:
            words = [pick(_ROOTS), str(self.random.randint(1, 99))]
        if self.random.random() < 0.18:
            words.insert(0, pick(_LEADS))
        return tuple(words)

    def _person(self) -> tuple[str, ...]:
        father = self.random.choice(_MEN)
        surname = self.random.choice(_SURNAMES)
        if self.random.random() < 0.55:
            return surname, self.random.choice(_MEN), _patronymic(father, "ович")
        return surname + "а", self.random.choice(_WOMEN), _patronymic(father, "овна")

    def _digits(self, count: int) -> str:
        return "".join(self.random.choice("0123456789") for _ in range(count))

    def _inn(self, office: str, person: bool) -> str:
        if person:
            body = office + self._digits(6)
            return body + calc_personal_check_digits(body)
        body = office + self._digits(5)
        return body + calc_company_check_digit(body)

    def _phone(self, town: int) -> str:
        code = f"9{self._digits(2)}" if self.random.random() < 0.3 else f"4{_TOWNS[town][1]}"
        return code + self._digits(7)

    def _account(self) -> tuple[str, str]:
        return f"40702810{self._digits(12)}", self.random.choice(_BICS)

    def _email(self) -> str:
        letters = "".join(self.random.choice("abcdefghiklmnoprstuvz") for _ in range(7))
        return f"{letters}{self.random.randint(1, 99)}@{self.random.choice(_MAILS)}"

    def _place(self, town: int) -> tuple[str, str, str, str, str]:
        name, _region, index = _TOWNS[town]
        office = str(self.random.randint(1, 300)) if self.random.random() < 0.6 else ""
        house = str(self.random.randint(1, 150))
        return f"{index}{self._digits(3)}", name, self.random.choice(_STREETS), house, office

    # --- cards ---

    def _of(self, firm: _Firm) -> Iterator[Card]:
        for _ in range(self.copies[firm.truth]):
            yield self._card(firm)

    def _card(self, firm: _Firm) -> Card:
        chance, kinds = self.random.random, set(firm.kinds)
        words = firm.words
        if chance() < 0.3:
            kinds.add("typo")
            words = self._slipped(words)
        name = self._written(firm, words)
        if chance() < 0.2:
            kinds.add("form or order")
            name = self._otherwise(firm, words)
        inn, kpp = firm.inn, firm.kpp if chance() < 0.9 else ""
        draw = chance()
        if draw < 0.45:
            kinds.add("no INN")
            inn = kpp = ""
        elif draw < 0.5:
            kinds.add("wrong INN")
            inn, kpp = self._wrong(firm, kpp)
        return Card(
            truth=firm.truth,
            name=name.upper() if chance() < 0.1 else name,
            person=firm.person,
            inn=inn,
            kpp=kpp,
            account=self.random.choice(firm.accounts) if chance() < 0.45 else None,
            phone=self._phone_written(firm) if chance() < 0.55 else "",
            email=firm.emails[0] if chance() < 0.3 else "",
            address=self._address_written(firm) if chance() < 0.6 else "",
            kinds=frozenset(kinds),
        )

    def _wrong(self, firm: _Firm, kpp: str) -> tuple[str, str]:
        if self.random.random() < 0.5:
            at = self.random.randrange(len(firm.inn))
            digit = str((int(firm.inn[at]) + self.random.randint(1, 9)) % 10)
            return firm.inn[:at] + digit + firm.inn[at + 1 :], kpp
        others = firm.namesakes or [
            other
            for other in self.random.sample(self.firms, min(20, len(self.firms)))
            if other.person == firm.person and other.inn != firm.inn
        ]
        other = self.random.choice(others or [firm])
        return other.inn, other.kpp if self.random.random() < 0.5 else kpp

    def _written(self, firm: _Firm, words: tuple[str, ...]) -> str:
        if firm.person:
            return f"ИП {' '.join(words)}"
        opening, closing = self.random.choice(("«»", '""', '""', ("", ""), "“”"))
        return f"{firm.form} {opening}{' '.join(words)}{closing}"

    def _otherwise(self, firm: _Firm, words: tuple[str, ...]) -> str:
        text, form, pick = " ".join(words), firm.form, self.random.choice
        if firm.person:
            initials = " ".join((words[0], "".join(f"{word[0]}." for word in words[1:])))
            return pick(
                (
                    f"{text} ИП",
                    f"{text} (ИП)",
                    text,
                    f"{_FULL_FORMS[form]} {text}",
                    f"ИП {initials}",
                    f"{initials} ИП",
                    f"ИП {' '.join((*words[1:], words[0]))}",
                )
            )
        if len(words) > 1 and self.random.random() < 0.35:
            turned = list(words)
            while tuple(turned) == words and len(set(words)) > 1:
                self.random.shuffle(turned)
            return f"{form} «{' '.join(turned)}»"
        another = pick([each for each in ("ООО", "ЗАО", "АО", "ОАО") if each != form])
        return pick(
            (
                f"{text} {form}",
                f"{text}, {form}",
                f"{text} ({form})",
                text,
                f"{_FULL_FORMS[form]} «{text}»",
                f"{another} «{text}»",
            )
        )

    def _slipped(self, words: tuple[str, ...]) -> tuple[str, ...]:
        slipped = list(words)
        for _ in range(1 if self.random.random() < 0.75 else 2):
            long = [at for at, word in enumerate(slipped) if len(word) >= 4 and word.isalpha()]
            if long:
                at = self.random.choice(long)
                slipped[at] = self._slip(slipped[at])
        return tuple(slipped)

    def _slip(self, word: str) -> str:
        at = self.random.randrange(1, len(word))
        draw, letter = self.random.random(), word[at]
        if draw < 0.1:
            return "".join(_LOOK_ALIKE.get(each, each) for each in word)
        if draw < 0.4:
            return word[:at] + self.random.choice(_NEIGHBOURS.get(letter, "аеио")) + word[at + 1 :]
        if draw < 0.65:
            return word[:at] + word[at + 1 :]
        if draw < 0.85:
            return word[: at - 1] + letter + word[at - 1] + word[at + 1 :]
        return word[:at] + letter + word[at:]

    def _phone_written(self, firm: _Firm) -> str:
        p = self.random.choice(firm.phones)
        return self.random.choice(
            (
                f"+7 ({p[:3]}) {p[3:6]}-{p[6:8]}-{p[8:]}",
                f"8{p}",
                f"8 {p[:3]} {p[3:6]} {p[6:]}",
                f"7-{p[:3]}-{p[3:6]}-{p[6:]}",
            )
        )

    def _address_written(self, firm: _Firm) -> str:
        index, town, street, house, office = self.random.choice(firm.places)
        short = f"-{office}" if office else ""
        way = self.random.randrange(4)
        if way == 0:
            more = f", оф. {office}" if office else ""
            return f"{index}, г. {town}, ул. {street}, д. {house}{more}"
        if way == 1:
            more = f", офис {office}" if office else ""
            return f"Россия, {index}, {town} г, {street} ул, дом № {house}{more}"
        if way == 2:
            return f"{town}, {street} {house}{short}"
        return f"г.{town},ул.{street},{house}"


def _patronymic(father: str, ending: str) -> str:
    if father.endswith("ий"):
        return father[:-2] + "ьев" + ending[2:]
    if father.endswith(("й", "ь")):
        return father[:-1] + "ев" + ending[2:]
    return father + ending
