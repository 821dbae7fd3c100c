"""A small believable company to try an app in: people, guests, a partner, another bot, a few channels.

Ids are readable, so that tests and people at the keyboard can name them.
"""

from sandbox import messages
from sandbox.messages import Draft
from sandbox.things import App, Bot, Channel, User, Usergroup
from sandbox.workspace import Workspace

TEAM = "T0SANDBOX"
PARTNER_TEAM = "T0PARTNER"

PEOPLE = [
    User(
        "U0ANA",
        "ana",
        "Ana Duarte",
        TEAM,
        "ana@example.com",
        "Europe/Lisbon",
        "Engineering lead",
        is_admin=True,
        is_owner=True,
    ),
    User("U0BEN", "ben", "Ben Okafor", TEAM, "ben@example.com", "Europe/London", "Site reliability"),
    User("U0CLEO", "cleo", "Cleo Marchetti", TEAM, "cleo@example.com", "America/New_York", "Payments"),
    User("U0DAN", "dan", "Dan Sato", TEAM, "dan@example.com", "Asia/Tokyo", "Databases"),
    User("U0EVE", "eve", "Eve Lindqvist", TEAM, "eve@example.com", "America/Los_Angeles", "Customer support"),
    User("U0FAY", "fay", "Fay Oduya", TEAM, "fay@example.com", "Africa/Nairobi", "Platform"),
    User("U0HUGO", "hugo", "Hugo Brandt", TEAM, "hugo@example.com", "Europe/Berlin", "Site reliability"),
    User("U0INDRA", "indra", "Indra Patel", TEAM, "indra@example.com", "Asia/Kolkata", "Payments"),
    User("U0JUN", "jun", "Jun Watanabe", TEAM, "jun@example.com", "Australia/Sydney", "Security"),
    User(
        "U0GUS", "gus", "Gus Pereira", TEAM, "gus@contractor.example", "Europe/Lisbon", "Contractor", is_restricted=True
    ),
    User(
        "U0UMA",
        "uma",
        "Uma Haddad",
        TEAM,
        "uma@agency.example",
        "Africa/Cairo",
        "Copywriter",
        is_restricted=True,
        is_ultra_restricted=True,
    ),
    User("U0NED", "ned", "Ned Larsson", TEAM, "ned@example.com", "Europe/Stockholm", "Platform", deleted=True),
    User(
        "U0PIA", "pia", "Pia Novak", PARTNER_TEAM, "pia@partner.example", "Europe/Prague", "Partner", is_stranger=True
    ),
]
USERGROUPS = [
    ("S0ONCALL", "oncall", "On call", "Who answers now", ["U0BEN", "U0DAN"]),
    ("S0PAYMENTS", "payments-oncall", "Payments on call", "Cards, wallets and payouts", ["U0CLEO", "U0INDRA", "U0DAN"]),
    ("S0SRE", "sre", "Site reliability", "Keeps the platform up", ["U0BEN", "U0HUGO", "U0FAY"]),
]
CHANNELS = {
    "general": ["U0ANA", "U0BEN", "U0CLEO", "U0DAN", "U0EVE", "U0FAY", "U0HUGO", "U0INDRA", "U0JUN"],
    "incidents": ["U0ANA", "U0BEN", "U0CLEO", "U0DAN", "U0EVE"],
    "payments": ["U0ANA", "U0CLEO", "U0DAN", "U0GUS", "U0UMA", "U0PIA", "U0GRAFANA"],
}
FIRST_WORDS = [
    ("general", "U0ANA", "Good morning! The new on-call rota starts today."),
    ("general", "U0EVE", "Thanks Ana. Support is staffed until 20:00."),
    ("payments", "U0CLEO", "Deploying the new card gateway at 14:00, shout if that is a problem."),
    ("payments", "U0DAN", "Fine with me, the replicas are healthy."),
]


def found(app: App) -> Workspace:
    """A fresh workspace of that company with `app` installed; its bot is in no channel yet."""
    workspace = Workspace(TEAM, "Sandbox Inc.", "sandbox", app)
    for person in PEOPLE:
        workspace.users[person.id] = User(**vars(person))
    _add_bot(workspace, Bot(app.bot_id, app.name, app.id, app.bot_user_id))
    _add_bot(workspace, Bot("B0GRAFANA", "Grafana", "A0GRAFANA", "U0GRAFANA"))
    for name, members in CHANNELS.items():
        _add_channel(workspace, name, members)
    for id_, handle, name, about, members in USERGROUPS:
        workspace.usergroups[id_] = Usergroup(id_, handle, name, list(members), workspace.now(), "U0ANA", about)
    for channel, author, text in FIRST_WORDS:
        messages.post(workspace, workspace.channels[_id(channel)], workspace.users[author], Draft(text))
    return workspace


def _add_bot(workspace: Workspace, bot: Bot) -> None:
    bot.updated = workspace.now()
    workspace.bots[bot.id] = bot
    name = bot.name.lower().replace(" ", "")
    workspace.users[bot.user_id] = User(bot.user_id, name, bot.name, TEAM, bot_id=bot.id)


def _add_channel(workspace: Workspace, name: str, members: list[str]) -> Channel:
    channel = Channel(_id(name), name, members[0], workspace.now(), is_general=name == "general", members=list(members))
    if any(workspace.users[m].is_stranger for m in members):
        channel.shared_team_ids = [PARTNER_TEAM]
    channel.updated = channel.created * 1000
    workspace.channels[channel.id] = channel
    return channel


def _id(name: str) -> str:
    return f"C0{name.upper()}"
