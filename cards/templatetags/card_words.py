"""Words of the card for templates."""

from django import template

register = template.Library()


@register.filter
def field_label(name: str):
    """What a field of the card is called."""
    from cards.reading import label_of

    return label_of(name)


@register.filter
def at(mapping, key):
    """What stands in a mapping under a key; None if nothing does."""
    return mapping.get(key)
