"""The texts that status updates begin with: Jinja2 templates over a few things that customers may know.

They are written by admins, so they run in Jinja2's sandbox, and only what a short text needs is possible in them.
https://jinja.palletsprojects.com/en/stable/sandbox/
"""

from collections.abc import Iterator, Mapping

from jinja2 import StrictUndefined, TemplateError, nodes
from jinja2.meta import find_undeclared_variables
from jinja2.sandbox import SandboxedEnvironment

from incidents.model.text import BODY_LIMIT
from incidents.model.vocabulary import Impact, PublicStatus

VARIABLES = ("title", "status", "services", "impact")
"""The public title, the public status' word, the names of the affected services in one phrase, and the word of the
worst that happens to one of them; services and impact are empty where none is affected."""

FILTERS = frozenset({"capitalize", "default", "lower", "title", "upper"})
COMPARISONS = frozenset({"eq", "ne"})
"""Those that any two values allow, so that what was checked once can be rendered always."""
POSSIBLE = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.Const,
    nodes.If,
    nodes.CondExpr,
    nodes.And,
    nodes.Or,
    nodes.Not,
    nodes.Compare,
)

TEMPLATE_LIMIT = 2_000
"""Characters of a template."""

DEEPEST = 20
"""Levels of what stands within something else: Python compiles no more than a hundred."""

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
    """``source`` where it can be rendered, whatever the incident. Raises ValueError, which says what to write."""
    if len(source) > TEMPLATE_LIMIT:
        raise ValueError(f"a template can have at most {TEMPLATE_LIMIT:,} characters")
    try:
        parsed = _environment.parse(source)
    except TemplateError as error:
        raise ValueError(f"the template can't be read: {error}") from error
    except RecursionError as error:
        raise ValueError("the template is nested too deeply") from error
    unknown = sorted(find_undeclared_variables(parsed) - set(VARIABLES))
    if unknown:
        raise ValueError(f'there is no "{unknown[0]}" in templates; possible: {", ".join(VARIABLES)}')
    if not all(map(_possible, _within(parsed))):
        raise ValueError("a template can hold {{ services }}, {% if %} and simple filters, and nothing more")
    return source


def rendered(source: str, status: PublicStatus, title: str, services: Mapping[str, Impact]) -> str:
    """What a draft begins with: ``source`` (as `checked_template` let it through), cut where it grows too long.

    ``services`` are those that are affected, by name.
    """
    names = list(services)
    phrase = " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
    worst = max(services.values(), key=lambda impact: impact.rank).word if services else ""
    template = _environment.from_string(source)
    return template.render(title=title, status=status.word, services=phrase, impact=worst)[:BODY_LIMIT]


def _within(node: nodes.Node, depth: int = 0) -> Iterator[nodes.Node]:
    """``node`` and all that stands in it. Raises ValueError where that is too deep."""
    if depth > DEEPEST:
        raise ValueError("the template is nested too deeply")
    yield node
    for each in node.iter_child_nodes():
        yield from _within(each, depth + 1)


def _possible(node: nodes.Node) -> bool:
    match node:
        case nodes.Filter():
            return node.name in FILTERS and _takes_its_arguments(node)
        case nodes.Operand():
            return node.op in COMPARISONS
        case nodes.Name():
            return node.name in VARIABLES
    return isinstance(node, POSSIBLE)


def _takes_its_arguments(node: nodes.Filter) -> bool:
    """Whether the filter is given no more than it takes: `default` what to say instead, the others nothing."""
    most = 2 if node.name == "default" else 0
    return len(node.args) <= most and not (node.kwargs or node.dyn_args or node.dyn_kwargs)
