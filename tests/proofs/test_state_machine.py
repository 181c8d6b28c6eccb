"""Everything that readers, banks, networks and deaths can do, in every order; all invariants after each step."""

import os

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from newsstand.rules.billing.memory.charging import POINTS
from tests.proofs.world import CARDS, MONTHLY, STANDS_STILL_AT, TERMS, Command, World

IN_CI = os.environ.get("CI", "").lower() in {"1", "true", "yes"}
EXAMPLES = int(os.environ.get("NEWSSTAND_BILLING_EXAMPLES", "2000" if IN_CI else "200"))
STEPS = 25

cards = st.sampled_from((*("pays",) * len(CARDS), *CARDS))
deaths = st.sampled_from((*("",) * len(POINTS), *POINTS))
places = st.sampled_from(STANDS_STILL_AT)
deeds = st.sampled_from(
    (
        *(("cancel",), ("undo",), ("withdraw",), ("end_by_staff",), ("new_card", "pays"), ("reconcile",)),
        *(("buy", "pays"), ("order", "pays")),
        *(("later", 60), ("later", 400), ("pay",), ("dispute", "opened"), ("refund", 99), ("new_price", 599)),
        *(("deliver", number) for number in range(6)),
    )
)
spans = st.sampled_from((60, 400, 4000, 90_000, 4 * 86_400, 11 * 86_400, 28 * 86_400, 90 * 86_400))


class Billing(RuleBasedStateMachine):
    """One reader from order to order, of subscriptions and of what is bought once."""

    def __init__(self) -> None:
        super().__init__()
        self.terms, self.world = TERMS, World()

    @initialize(card=cards, is_monthly=st.booleans(), dies_at=deaths)
    def begin(self, card: str, is_monthly: bool, dies_at: str) -> None:
        self.terms = MONTHLY if is_monthly else TERMS
        self.world = World(self.terms)
        self.world.play(("order", card, dies_at))

    @rule(card=cards, dies_at=deaths)
    def order(self, card: str, dies_at: str) -> None:
        self.world.play(("order", card, dies_at))

    @rule(card=cards, dies_at=deaths)
    def buy(self, card: str, dies_at: str) -> None:
        self.world.play(("buy", card, dies_at))

    @rule(dies_at=deaths)
    def pay(self, dies_at: str) -> None:
        self.world.play(("pay", dies_at))

    @rule(is_approved=st.booleans())
    def approve(self, is_approved: bool) -> None:
        self.world.play(("approve", is_approved))

    @rule(dies_at=deaths)
    def work(self, dies_at: str) -> None:
        self.world.play(("work", dies_at))

    @rule(dies_at=deaths)
    def work_when_due(self, dies_at: str) -> None:
        self.world.play(("to_due",))
        self.world.play(("work", dies_at))

    @rule(seconds=spans)
    def wait(self, seconds: int) -> None:
        self.world.play(("wait", seconds))

    @rule(which=st.integers(0, 30), dies_at=deaths)
    def deliver(self, which: int, dies_at: str) -> None:
        self.world.play(("deliver", which, dies_at))

    @rule(card=cards)
    def turn(self, card: str) -> None:
        self.world.play(("turn", card))

    @rule(card=cards)
    def new_card(self, card: str) -> None:
        self.world.play(("new_card", card))

    @rule(mood=st.sampled_from(("request_lost", "answer_lost")))
    def network(self, mood: str) -> None:
        self.world.play(("network", mood))

    @rule(place=places, deed=deeds)
    def stand_still(self, place: str, deed: Command) -> None:
        self.world.play(("to_due",))
        self.world.play(("stand_still", place, deed))

    @rule(which=st.integers(0, 30))
    def drop(self, which: int) -> None:
        self.world.play(("drop", which))

    @rule(dies_at=deaths)
    def reconcile(self, dies_at: str) -> None:
        self.world.play(("reconcile", dies_at))

    @rule(cents=st.sampled_from((1, 50, 99, 199)))
    def refund(self, cents: int) -> None:
        self.world.play(("refund", cents))

    @rule(what=st.sampled_from(("cancel", "undo", "cancel", "undo", "forget_keys")))
    def decide(self, what: str) -> None:
        self.world.play((what,))

    @rule(what=st.sampled_from((*("",) * 6, "withdraw", "end_by_staff")))
    def end(self, what: str) -> None:
        if what:
            self.world.play((what,))

    @rule(cents=st.sampled_from((149, 299, 599)))
    def price_change(self, cents: int) -> None:
        self.world.play(("price_change", cents))

    @rule(cents=st.sampled_from((149, 299, 599)))
    def new_price(self, cents: int) -> None:
        self.world.play(("new_price", cents))

    @rule(kind=st.sampled_from(("opened", "won", "opened", "won", "lost")))
    def dispute(self, kind: str) -> None:
        self.world.play(("dispute", kind))

    @invariant()
    def nothing_is_broken(self) -> None:
        assert self.world.violations() == []

    def teardown(self) -> None:
        self.world.settle()
        assert self.world.violations() == []


Billing.TestCase.settings = settings(
    max_examples=EXAMPLES,
    stateful_step_count=STEPS,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
TestBilling = Billing.TestCase
