import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsstand.rules.money import CurrencyMismatch, Money

amounts = st.builds(Money, st.integers(-(10**12), 10**12), st.just("USD"))


def usd(amount: int) -> Money:
    return Money(amount, "USD")


def test_arithmetic_stays_in_whole_units() -> None:
    assert usd(199) + usd(1) == usd(200)
    assert usd(199) - usd(200) == usd(-1)
    assert -usd(199) == usd(-199)
    assert usd(199) * 13 == 13 * usd(199) == usd(2587)
    assert Money.zero("USD") == usd(0)


def test_order_and_equality_belong_to_one_currency() -> None:
    assert usd(1) < usd(2) <= usd(2)
    assert usd(2) > usd(1) >= usd(1)
    assert usd(1) != Money(1, "EUR")
    assert len({usd(1), usd(1), Money(1, "EUR")}) == 2


@pytest.mark.parametrize(
    "mix",
    [
        lambda one, other: one + other,
        lambda one, other: one - other,
        lambda one, other: one < other,
        lambda one, other: one <= other,
        lambda one, other: one > other,
        lambda one, other: one >= other,
    ],
)
def test_two_currencies_never_mix(mix: object) -> None:
    assert callable(mix)
    with pytest.raises(CurrencyMismatch, match="USD and EUR"):
        mix(usd(1), Money(1, "EUR"))


@pytest.mark.parametrize(
    "mix",
    [
        lambda: usd(1) + 1,
        lambda: usd(1) - 1,
        lambda: 1 + usd(1),
        lambda: usd(1) * 1.5,
        lambda: 1.5 * usd(1),
        lambda: usd(1) * True,
        lambda: usd(1) * usd(1),
        lambda: Money(1.99, "USD"),
        lambda: Money(True, "USD"),
        lambda: Money("199", "USD"),
    ],
)
def test_only_whole_numbers_and_money_are_calculated_with(mix: object) -> None:
    assert callable(mix)
    with pytest.raises(TypeError):
        mix()


@pytest.mark.parametrize("currency", ["", "usd", "US", "USDX", "U$D", "ÄÖÜ", "U D"])
def test_a_currency_is_three_capital_letters(currency: str) -> None:
    with pytest.raises(ValueError, match="three capital letters"):
        Money(1, currency)


@pytest.mark.parametrize(
    ("currency", "digits"),
    [
        ("USD", 2),
        ("EUR", 2),
        ("JPY", 0),
        ("KRW", 0),
        ("ISK", 0),
        ("XOF", 0),
        ("KWD", 3),
        ("TND", 3),
        ("CLF", 4),
    ],
)
def test_the_digits_after_the_point(currency: str, digits: int) -> None:
    assert Money(1, currency).exponent == digits


@pytest.mark.parametrize(
    ("amount", "parts"),
    [
        (100, [34, 33, 33]),
        (101, [34, 34, 33]),
        (2, [1, 1, 0]),
        (0, [0, 0, 0]),
        (-100, [-34, -33, -33]),
        (-1, [-1, 0, 0]),
    ],
)
def test_splitting_by_three(amount: int, parts: list[int]) -> None:
    assert usd(amount).split(3) == [usd(part) for part in parts]


@pytest.mark.parametrize(
    ("amount", "weights", "parts"),
    [
        (199, [1, 2], [66, 133]),
        (199, [2, 1], [133, 66]),
        (100, [1], [100]),
        (100, [0, 1], [0, 100]),
        (1, [1, 1], [1, 0]),
        (10, [1, 1, 1, 0], [4, 3, 3, 0]),
        (-199, [1, 2], [-66, -133]),
        (28, [9, 19], [9, 19]),
    ],
)
def test_allocating_by_weight(amount: int, weights: list[int], parts: list[int]) -> None:
    assert usd(amount).allocate(weights) == [usd(part) for part in parts]


@pytest.mark.parametrize("n", [0, -1, 1.5, True])
def test_a_split_needs_a_number_of_parts(n: int) -> None:
    with pytest.raises(ValueError, match="number of parts"):
        usd(100).split(n)


@pytest.mark.parametrize("weights", [[], [0], [0, 0], [1, -1], [0.5, 0.5], [True]])
def test_weights_are_whole_and_one_of_them_is_above_zero(weights: list[int]) -> None:
    with pytest.raises(ValueError, match="weights"):
        usd(100).allocate(weights)


@given(amounts, st.lists(st.integers(0, 50), min_size=1, max_size=8).filter(any))
@settings(max_examples=50, deadline=None)
def test_parts_add_up_and_none_is_off_by_a_whole_unit(money: Money, weights: list[int]) -> None:
    parts = money.allocate(weights)

    assert sum(part.amount for part in parts) == money.amount
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part.amount * sum(weights) - money.amount * weight) < sum(weights)
        assert weight or part == Money.zero("USD")


@given(amounts, st.integers(1, 12))
@settings(max_examples=40, deadline=None)
def test_a_split_adds_up_and_is_even(money: Money, n: int) -> None:
    parts = money.split(n)

    assert len(parts) == n
    assert sum(parts, Money.zero("USD")) == money
    assert max(parts).amount - min(parts).amount <= 1


@pytest.mark.parametrize(
    ("typed", "currency", "amount"),
    [
        ("1.99", "USD", 199),
        ("1,99", "EUR", 199),
        (" 2 ", "USD", 200),
        ("0.5", "USD", 50),
        ("199", "JPY", 199),
        ("1.5", "KWD", 1500),
    ],
)
def test_an_amount_is_read_as_it_is_typed(typed: str, currency: str, amount: int) -> None:
    assert Money.read(typed, currency) == Money(amount, currency)


@pytest.mark.parametrize(
    ("typed", "currency"),
    [
        *(("", "USD"), ("a", "USD"), ("1.", "USD"), ("-1", "USD"), ("1,000.00", "USD"), ("$1", "USD")),
        *(
            ("1.999", "USD"),
            ("1.0", "JPY"),
            ("1e3", "USD"),
            ("\u0661", "USD"),
            ("9" * 13, "USD"),
            ("1", "usd"),
        ),
    ],
)
def test_what_is_no_amount_is_refused(typed: str, currency: str) -> None:
    with pytest.raises(ValueError, match=r"no amount|three capital"):
        Money.read(typed, currency)


@given(st.integers(0, 10**12 - 1), st.sampled_from(["USD", "JPY", "KWD", "CLF"]))
def test_what_is_typed_is_read_again(amount: int, currency: str) -> None:
    money = Money(amount, currency)
    assert Money.read(money.typed, currency) == money
