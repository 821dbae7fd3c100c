"""The texts that status updates begin with: Jinja2 templates over a few things that customers may know.

They are written by admins, so they run in Jinja2's sandbox, and only what a short text needs is possible in them.
https://jinja.palletsprojects.com/en/stable/sandbox/
"""

from collections.abc import Sequence

from jinja2 import StrictUndefined, TemplateError, nodes
from jinja2.meta import find_undeclared_variables
from jinja2.sandbox import SandboxedEnvironment

from incidents.model.vocabulary import PublicStatus

VARIABLES = ("title", "status", "services")
"""The public title, the public status' word, and the names of the affected services in one phrase (may be empty)."""

FILTERS = frozenset({"capitalize", "default", "lower", "title", "upper"})
POSSIBLE = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.Name,
    nodes.Const,
    nodes.If,
    nodes.CondExpr,
    nodes.And,
    nodes.Or,
    nodes.Not,
    nodes.Compare,
    nodes.Operand,
    nodes.Filter,
)

TEMPLATE_LIMIT = 2_000
"""Characters of a template."""

DEFAULTS = {
    PublicStatus.INVESTIGATING: "We are investigating problems with {{ services or 'our service' }}. "
    "We will tell more as soon as we know more.",
    PublicStatus.IDENTIFIED: "We have found the cause of the problems with {{ services or 'our service' }} "
    "and are working on a fix.",
    PublicStatus.MONITORING: "A fix is in place, and {{ services or 'our service' }} should work again. "
    "We are watching closely.",
    PublicStatus.RESOLVED: "The problems are solved. We are sorry for the trouble.",
}

_environment = SandboxedEnvironment(undefined=StrictUndefined, autoescape=False)


def checked_template(source: str) -> str:
    """``source`` where it can be rendered. Raises ValueError, which says what to write instead."""
    if len(source) > TEMPLATE_LIMIT:
        raise ValueError(f"a template can have at most {TEMPLATE_LIMIT:,} characters")
    try:
        parsed = _environment.parse(source)
    except TemplateError as error:
        raise ValueError(f"the template can't be read: {error}") from error
    unknown = sorted(find_undeclared_variables(parsed) - set(VARIABLES))
    if unknown:
        raise ValueError(f'there is no "{unknown[0]}" in templates; possible: {", ".join(VARIABLES)}')
    for node in parsed.find_all(nodes.Node):
        if not isinstance(node, POSSIBLE) or (isinstance(node, nodes.Filter) and node.name not in FILTERS):
            raise ValueError("a template can hold {{ services }}, {% if %} and simple filters, and nothing more")
    return source


def rendered(source: str, status: PublicStatus, title: str, services: Sequence[str]) -> str:
    """The text that ``source`` (as `checked_template` has let through) comes to."""
    phrase = " and ".join([", ".join(services[:-1]), services[-1]] if len(services) > 1 else services)
    return _environment.from_string(source).render(title=title, status=status.word, services=phrase)
