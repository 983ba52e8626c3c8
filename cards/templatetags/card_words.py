"""Words of the card for templates."""

from django import template

from cards.reading import label_of

register = template.Library()


@register.filter
def field_label(name: str):
    """What a field of the card is called."""
    return label_of(name)


@register.filter
def at(mapping, key):
    """What stands in a mapping under a key; None if nothing does."""
    return mapping.get(key)
