"""What the templates of messages ask about mail and its files."""

from django import template

from mainstay.channels.email.showing import warning_of
from mainstay.channels.email.subjects import is_new_subject
from mainstay.tickets.models import Attachment, Message, Ticket

register = template.Library()

PREVIEWED = {"image/png", "image/jpeg", "image/gif", "image/webp"}
PREVIEWED_BYTES_MAX = 10 * 1024 * 1024


@register.filter
def sender_warning(message: Message) -> str:
    """In words, in which way the sender of a message that came in misleads; empty when in none."""
    return warning_of(message)


@register.filter
def other_subject(message: Message, ticket: Ticket) -> str:
    """The subject of a message when it is another than its ticket's; empty otherwise."""
    is_ours = str(ticket.number) in message.subject  # an answer to one of our own subjects
    return message.subject if is_new_subject(message.subject, [ticket.subject]) and not is_ours else ""


@register.filter
def is_picture(attachment: Attachment) -> bool:
    """Whether to show a preview. The bytes are looked at again when it is loaded."""
    return attachment.content_type in PREVIEWED and attachment.size <= PREVIEWED_BYTES_MAX
