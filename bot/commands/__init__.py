"""What people type after `/incident`: one module a word, found by the word.

Importing this package registers them all; the order here is the order in help.
"""

from bot.commands import (  # noqa: F401, I001  (the order is that of help)
    declare,
    list,
    severity,
    status,
    note,
    resolve,
    join,
    leave,
    lead,
    page,
    update,
    updates,
    subscribe,
    unsubscribe,
    oncall,
    title,
    summary,
    services,
    timeline,
    reopen,
    export,
    channel,
    adopt,
    detach,
    settings,
    doctor,
    pin,
    undo,
    panel,
    help,
)
