from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "newsstand.office.access"
    label = "access"
    verbose_name = "Access"

    def ready(self) -> None:
        from newsstand.office.access import queries, receivers, tasks, views
        from newsstand.office.kit.registry import AccountSection, registry

        receivers.connect()
        tasks.register()
        registry.reader_states.append(queries.state_by_grants)
        registry.account_section(
            AccountSection(20, "gifts", "access/section_gifts.html", views.gifts_section)
        )
        registry.story_notes.append(views.why_of_story)
        registry.reader_notes.append(views.why_of_reader)
