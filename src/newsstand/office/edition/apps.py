from django.apps import AppConfig


class EditionConfig(AppConfig):
    name = "newsstand.office.edition"
    label = "edition"
    verbose_name = "Edition"

    def ready(self) -> None:
        from newsstand.office.edition import receivers, tasks
        from newsstand.office.edition.queries import look
        from newsstand.office.edition.views import feed_section, preview
        from newsstand.office.kit.registry import AccountSection, registry

        receivers.connect()
        tasks.register()
        registry.page_context.append(look)
        registry.account_section(AccountSection(60, "feed", "edition/account_feed.html", feed_section))
        registry.printer = preview
