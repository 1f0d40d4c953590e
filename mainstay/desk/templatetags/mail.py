"""What the templates of messages ask about mail and its files."""

from django import template

from mainstay.channels.email.showing import warning_of
from mainstay.tickets.models import Attachment, Message

register = template.Library()

PREVIEWED = {"image/png", "image/jpeg", "image/gif", "image/webp"}
PREVIEWED_BYTES_MAX = 10 * 1024 * 1024


@register.filter
def sender_warning(message: Message) -> str:
    """In words, in which way the sender of a message that came in misleads; empty when in none."""
    return warning_of(message)


@register.filter
def is_picture(attachment: Attachment) -> bool:
    """Whether to show a preview. The bytes are looked at again when it is loaded."""
    return attachment.content_type in PREVIEWED and attachment.size <= PREVIEWED_BYTES_MAX
