from django.apps import AppConfig


class BillingConfig(AppConfig):
    name = "newsstand.office.billing"
    label = "billing"
    verbose_name = "Billing"

    def ready(self) -> None:
        from newsstand.office.billing import queries, receivers, tasks, views
        from newsstand.office.billing.gateways.sandbox import permit
        from newsstand.office.kit.registry import AccountSection, registry

        receivers.connect()
        tasks.register()
        registry.reader_states.append(queries.reader_state)
        registry.page_context.append(permit.for_pages)
        registry.account_section(
            AccountSection(5, "subscription", "billing/account_section.html", views.account_section)
        )
