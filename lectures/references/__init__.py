"""What the lectures cite, written out so that no network is needed: a module a theme, all names importable from here."""

from lectures.references.machine import *  # noqa: F403
from lectures.references.models import *  # noqa: F403
from lectures.references.parallel import *  # noqa: F403
from lectures.references.text import *  # noqa: F403
from lectures.references.training import *  # noqa: F403
from tracer import Reference


def cite(reference: Reference) -> str:
    """A reference as a link in Markdown, to stand in a sentence; its title shows when one points at it."""
    label = reference.label.strip("[]")
    return f'[{label}]({reference.url} "{reference.title}")'
