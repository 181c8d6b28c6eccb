"""The addresses of ordering, of the subscription in the account, and of the gateways' door."""

from django.urls import path

from newsstand.office.billing.views import account, cancelling, checkout, webhooks

urlpatterns = [
    path("subscribe/", checkout.subscribe, name="subscribe"),
    path("subscribe/return/", checkout.subscribe_return, name="subscribe_return"),
    path("subscribe/card/<uuid:public_id>/", checkout.another_card, name="another_card"),
    path("subscribe/<slug:code>/", checkout.subscribe_offer, name="subscribe_offer"),
    path("account/receipts/<uuid:public_id>/", account.receipt, name="receipt"),
    path("account/subscription/card/", account.card, name="change_card"),
    path("account/subscription/pay/", account.pay, name="pay_failed"),
    path("account/subscription/paid/", account.card_paid, name="card_paid"),
    path("account/subscription/cancel/", cancelling.cancel, name="cancel_subscription"),
    path("account/subscription/cancelled/", cancelling.cancelled, name="subscription_cancelled"),
    path("account/subscription/keep/", cancelling.keep, name="keep_subscription"),
    path("billing/webhooks/<slug:gateway>/", webhooks.webhook, name="billing_webhook"),
]
