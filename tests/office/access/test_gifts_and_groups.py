"""Gift links from the giver's side, groups and their networks, and offers by hand."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from newsstand.office.access import actions, queries
from newsstand.office.access.models import AccessPolicy, Gift, HandOffer, ReaderGroup
from newsstand.office.accounts.actions import close_account, end_grant, give_grant
from newsstand.office.accounts.models import Account, Product
from newsstand.office.accounts.queries import reader_facts
from newsstand.office.kit import clock, outbox
from newsstand.office.kit.models import AuditRow, OutboxRow
from newsstand.rules.gate.networks import Network, proxy_range
from newsstand.shelf.shelf import Shelf
from tests.office import newsroom

DAY = timedelta(days=1)
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture(autouse=True)
def front(db: None) -> Any:
    return newsroom.found()


@pytest.fixture
def story() -> Any:
    return newsroom.story(newsroom.section(), "the-crane", level="subscribers", published_at=clock.now())


def grant(account: Account, **values: Any) -> None:
    now = clock.now()
    given = {"subject": "product:news", "rights": ["read"], "from_at": now - 40 * DAY, "until": None}
    given |= {"grace_until": None, "source": "comp", "source_ref": account.email}
    give_grant(account=account, **{**given, **values}, by="system", now=now)


@pytest.fixture
def subscriber() -> Account:
    account = Account.objects.create_user("giver@example.org")
    grant(account)
    return account


def test_a_subscriber_makes_a_link_sees_it_and_takes_it_back(
    client: Any, subscriber: Account, story: Any, shelf: Shelf
) -> None:
    client.force_login(subscriber, backend=BACKEND)
    assert "10 of 10 links left this month" in client.get(f"/gift/{story.article_id}/").content.decode()
    made = client.post(f"/gift/{story.article_id}/")
    gift = Gift.objects.get()
    link = queries.gift_address(gift)
    assert link in made.content.decode()
    assert "9 of 10 links left" in made.content.decode()
    assert made["Cache-Control"].startswith("max-age=0") or "no-store" in made["Cache-Control"]
    assert link in client.get("/account/").content.decode()
    assert AuditRow.objects.get(verb="make_gift").by == subscriber.actor
    client.post(f"/gift/{gift.public_id}/take-back/")
    assert gift.gift_id in shelf.board.read().revoked_gifts
    assert "opens nothing any more" in client.get("/account/").content.decode()
    assert link not in client.get("/account/").content.decode()


def test_the_last_day_of_a_link_is_one_of_the_publications_own(
    client: Any, subscriber: Account, story: Any
) -> None:
    gift = actions.make_gift(account=subscriber, article=story, by=subscriber.actor, now=clock.now())
    night = datetime(2030, 7, 1, 23, 30, tzinfo=UTC)  # half past midnight in London
    Gift.objects.filter(pk=gift.pk).update(until=night)
    client.force_login(subscriber, backend=BACKEND)
    assert "Opens until 2 July 2030" in client.get("/account/").content.decode()


def test_nobody_takes_back_anothers_gift(client: Any, subscriber: Account, story: Any) -> None:
    gift = actions.make_gift(account=subscriber, article=story, by=subscriber.actor, now=clock.now())
    client.force_login(Account.objects.create_user("other@example.org"), backend=BACKEND)
    assert client.post(f"/gift/{gift.public_id}/take-back/").status_code == 404
    assert Gift.objects.get().revoked_at is None


@pytest.mark.parametrize(
    "given", [None, {"subject": "product:sport"}, {"subject": "article"}, {"rights": ["ad_free"]}]
)
def test_who_has_no_right_that_can_be_shared_gives_nothing(
    client: Any, story: Any, given: dict[str, Any] | None
) -> None:
    account = Account.objects.create_user("reader@example.org")
    if given is not None:
        subject = f"article:{story.article_id}" if given.get("subject") == "article" else given.get("subject")
        grant(account, **{**given, **({"subject": subject} if subject else {})})
    client.force_login(account, backend=BACKEND)
    assert client.post(f"/gift/{story.article_id}/").status_code == 409
    assert not Gift.objects.exists()


def test_a_month_has_so_many_links(subscriber: Account, story: Any) -> None:
    AccessPolicy.objects.create(gifts_a_month=1, gift_days=3)
    gift = actions.make_gift(account=subscriber, article=story, by=subscriber.actor, now=clock.now())
    assert gift.until - gift.made_at == 3 * DAY
    with pytest.raises(actions.NoGift, match="none_left"):
        actions.make_gift(account=subscriber, article=story, by=subscriber.actor, now=clock.now())
    actions.make_gift(account=subscriber, article=story, by=subscriber.actor, now=clock.now() + 32 * DAY)


def test_staff_see_every_gift_and_take_one_back(
    client: Any, subscriber: Account, story: Any, shelf: Shelf
) -> None:
    gift = actions.make_gift(account=subscriber, article=story, by=subscriber.actor, now=clock.now())
    editor = Account.objects.create_user("editor@example.org", is_staff=True, is_superuser=True)
    client.force_login(editor, backend=BACKEND)
    assert story.title in client.get("/staff/gifts/").content.decode()
    assert "giver@example.org" in client.get(f"/staff/gifts/{gift.pk}/").content.decode()
    assert client.post(f"/staff/access/gifts/{gift.pk}/revoke/").status_code == 302
    assert gift.gift_id in shelf.board.read().revoked_gifts
    assert AuditRow.objects.get(verb="revoke_gift").by == editor.actor


def closed_by_staff(giver: Account) -> None:
    close_account(account=giver, by="staff:1", why="abuse", now=clock.now())


def closed_by_a_form_of_wagtails(giver: Account) -> None:
    giver.is_active = False
    giver.save()


def deleted(giver: Account) -> None:
    giver.delete()


def deleted_among_many(giver: Account) -> None:
    Account.objects.create_user("another@example.org")
    Account.objects.filter(is_staff=False).delete()


def deleted_by_wagtails_list(giver: Account) -> None:
    client, editor = Client(HTTP_HOST="localhost"), Account.objects.create_superuser("boss@example.org", "x")
    client.force_login(editor, backend=BACKEND)
    done = client.post(f"/staff/bulk/accounts/account/delete/?id={giver.pk}")
    assert done.status_code == 302
    assert not Account.objects.filter(pk=giver.pk).exists()


@pytest.mark.parametrize(
    "leave",
    [closed_by_staff, closed_by_a_form_of_wagtails, deleted, deleted_among_many, deleted_by_wagtails_list],
)
def test_the_links_of_who_is_shut_out_open_nothing_any_more(
    subscriber: Account, story: Any, shelf: Shelf, leave: Any
) -> None:
    now = clock.now()
    gift = actions.make_gift(account=subscriber, article=story, by=subscriber.actor, now=now)
    over = actions.make_gift(account=subscriber, article=story, by=subscriber.actor, now=now)
    Gift.objects.filter(pk=over.pk).update(made_at=now - 15 * DAY, until=now - DAY)
    leave(subscriber)
    assert set(shelf.board.read().revoked_gifts) == {gift.gift_id}
    assert list(OutboxRow.objects.filter(topic=actions.REVOKE).values_list("key", flat=True)) == [
        gift.gift_id
    ]
    assert not Gift.objects.filter(revoked_at__isnull=True).exclude(pk=over.pk).exists()


def test_a_gift_outlives_the_givers_subscription(subscriber: Account, story: Any, shelf: Shelf) -> None:
    actions.make_gift(account=subscriber, article=story, by=subscriber.actor, now=clock.now())
    end_grant(
        source="comp", source_ref=subscriber.email, at=clock.now(), by="system", why="x", now=clock.now()
    )
    assert shelf.board.read().revoked_gifts == {}


def test_an_explanation_says_whether_a_gift_opens(subscriber: Account, story: Any) -> None:
    gift = actions.make_gift(account=subscriber, article=story, by=subscriber.actor, now=clock.now())
    token = queries.gift_address(gift).partition("gift=")[2]
    other = newsroom.story(story.section, "other", level="subscribers", published_at=clock.now())

    def told(article: Any, text: str) -> Any:
        return queries.explain_url(article.address, queries.Asked(gift=text), clock.now())

    assert told(story, token).decision.show == "full"
    assert "gift: valid for this story" in told(story, token).steps
    assert told(other, token).decision.show == "opening"
    assert "gift: the token is for another story" in told(other, token).steps
    assert told(other, token).refused == {"gift": "the token is for another story"}
    assert told(story, token[:-1]).decision.show == "opening"
    actions.revoke_gift(gift=gift, by="system", now=clock.now())
    assert told(story, token).decision.show == "opening"


def test_what_cannot_be_asked_is_refused_beside_its_field(
    client: Any, editor: Account, subscriber: Account, story: Any
) -> None:
    gift = actions.make_gift(account=subscriber, article=story, by=subscriber.actor, now=clock.now())
    other = newsroom.story(story.section, "other", level="subscribers", published_at=clock.now())
    ask = {"url": other.address, "gift": queries.gift_address(gift), "address": "10.0.0.0/8x"}
    answer = client.get("/staff/access/why/", ask)
    errors = answer.context["form"].errors
    assert errors["gift"] == ["It was left out of the question: the token is for another story."]
    assert errors["address"] == ["It was left out of the question: 10.0.0.0/8x is no address."]
    assert answer.context["told"].decision.show == "opening"


# --- groups and offers by hand --------------------------------------------------------------------------------------


def post_group(client: Any, **values: str) -> Any:
    given = {"name": "Brackwater Library", "contact": "desk@library.example", "product": "", "until": ""}
    return client.post("/staff/reader_groups/new/", {**given, **values})


@pytest.fixture
def editor(client: Any) -> Account:
    account = Account.objects.create_user("editor@example.org", is_staff=True, is_superuser=True)
    client.force_login(account, backend=BACKEND)
    return account


def test_a_groups_networks_reach_the_board(client: Any, editor: Account, shelf: Shelf) -> None:
    assert post_group(client, ranges="192.0.2.0/24\n\n 2001:db8::/48 ").status_code == 302
    outbox.drain()
    board = shelf.board.read()
    assert board.networks == (Network("192.0.2.0/24", "site"), Network("2001:db8::/48", "site"))
    assert board.policy.network_access
    assert "ask_group" in board.policy.ways
    group = ReaderGroup.objects.get()
    assert AuditRow.objects.get(verb="change_by_hand").subject == f"readergroup:{group.pk}"
    client.post(f"/staff/reader_groups/delete/{group.pk}/")
    outbox.drain()
    assert shelf.board.read().networks == ()
    assert not shelf.board.read().policy.network_access


@pytest.mark.parametrize(
    ("ranges", "reason"),
    [
        ("10.0.0.0/8x", "Line 1: &#x27;10.0.0.0/8x&#x27; is no range of addresses."),
        ("192.0.2.0/24\n::/0", "Line 2: &#x27;::/0&#x27; is wider than any library or company"),
        ("10.0.0.5/8", "Write 10.0.0.0/8 for all of the range"),
        ("127.0.0.1", "holds no address that readers come from"),
    ],
)
def test_a_bad_range_is_refused_with_its_reason(
    client: Any, editor: Account, shelf: Shelf, ranges: str, reason: str
) -> None:
    answer = post_group(client, ranges=ranges)
    assert answer.status_code == 200
    assert reason in answer.content.decode()
    assert not ReaderGroup.objects.exists()
    outbox.drain()
    assert shelf.board.read().networks == ()


def test_a_group_that_is_over_is_let_in_no_more() -> None:
    now = clock.now()
    ReaderGroup.objects.create(name="L", contact="l@example.org", ranges="192.0.2.0/24", until=now + DAY)
    assert queries.networks(now) == (Network("192.0.2.0/24", "site", clock.to_unix(now + DAY)),)
    assert queries.networks(now + DAY) == ()


def test_an_explanation_from_a_network(story: Any) -> None:
    ReaderGroup.objects.create(name="L", contact="l@example.org", ranges="192.0.2.0/24")

    def told(address: str) -> Any:
        return queries.explain_url(story.address, queries.Asked(address=address), clock.now())

    assert told("192.0.2.9").decision.reason.value == "network"
    assert told("192.0.3.9").decision.show == "opening"
    assert "network: x is no address" in told("x").steps


def test_what_is_sold_by_hand_becomes_a_way() -> None:
    news = Product.objects.get_or_create(code="news", defaults={"name": "News"})[0]
    for way in ("day_pass", "article", "win_back"):
        HandOffer.objects.create(way=way, product=news, amount=150, words="For a day.", link="/page/")
    policy = queries.policy(clock.now())
    assert policy.ways == ("mend_card", "win_back", "subscribe", "register", "day_pass", "article")
    assert policy.day_pass_products == policy.article_products == policy.win_back_products == {"news"}
    assert [card.price for card in queries.hand_offers()] == ["$1.50"] * 3
    HandOffer.objects.update(is_offered=False)
    assert queries.policy(clock.now()).ways == ("mend_card", "subscribe", "register")


@pytest.mark.parametrize(
    ("values", "state"),
    [
        ({"until": -1}, "lapsed"),
        ({"until": -2, "grace_until": -1}, "payment_failed"),
        ({"until": -1, "grace_until": 1}, ""),
        ({"until": -1, "source": "group"}, "seat_expired"),
        ({"until": 1}, ""),
        ({"until": -1, "rights": ["ad_free"]}, ""),
    ],
)
def test_the_state_of_a_reader_by_grants_given_by_hand(values: dict[str, Any], state: str) -> None:
    account = Account.objects.create_user("reader@example.org")
    now = clock.now()
    moments = {k: now + v * DAY if k.endswith("until") else v for k, v in values.items()}
    grant(account, **moments)
    assert reader_facts(account, now).state == state


def test_why_says_one_sentence_for_who_asks(client: Any, story: Any) -> None:
    answer = client.get(f"/why/{story.article_id}/")
    assert "This story is for subscribers." in answer.content.decode()
    assert "you have read" not in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    assert client.get("/why/" + "0" * 32 + "/").status_code == 404


def test_why_says_what_was_counted_and_when_there_are_new_stories(client: Any, story: Any) -> None:
    metered = newsroom.story(story.section, "metered", level="metered", published_at=clock.now())
    said = client.get(f"/why/{metered.article_id}/").content.decode()
    assert "On this device you have read 0 of 3 free stories. There are new ones on" in said
    client.force_login(Account.objects.create_user("reader@example.org"), backend=BACKEND)
    said = client.get(f"/why/{metered.article_id}/").content.decode()
    assert "With your account you have read 0 of 6 free stories." in said


def test_a_readers_page_asks_why_for_support(client: Any, editor: Account, story: Any) -> None:
    account = Account.objects.create_user("reader@example.org")
    grant(account, until=clock.now() - DAY)
    page = client.get(f"/staff/readers/{account.pk}/").content.decode()
    assert 'action="/staff/access/why/"' in page
    assert "State: lapsed" in page
    told = client.get("/staff/access/why/", {"url": story.address, "reader": "reader@example.org"})
    assert "the reader&#x27;s state: lapsed" in told.content.decode()
    assert "Level subscribers, no grant covers" in told.content.decode()


def test_why_knows_the_network_only_from_whom_it_may_believe(client: Any, story: Any, settings: Any) -> None:
    ReaderGroup.objects.create(name="L", contact="l@example.org", ranges="192.0.2.0/24")
    ask = {"headers": {"x-forwarded-for": "192.0.2.7"}, "REMOTE_ADDR": "127.0.0.1"}
    settings.TRUSTED_PROXIES = ()
    assert "is for subscribers" in client.get(f"/why/{story.article_id}/", **ask).content.decode()
    settings.TRUSTED_PROXIES = (proxy_range("127.0.0.1"),)
    assert "through the network" in client.get(f"/why/{story.article_id}/", **ask).content.decode()
