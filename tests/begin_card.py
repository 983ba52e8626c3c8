"""``python -m tests.begin_card``: a monitor begins a card on the site of the environment."""

import django


def main() -> None:
    django.setup()
    from cards import services
    from monitoring.accounts.models import User

    monitor = User.objects.get(username="monitor")
    services.create(actor=monitor, answers={"settlement": "Meanwhile"})


if __name__ == "__main__":
    main()
