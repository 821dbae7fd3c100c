"""Block Kit's elements: buttons, menus, inputs, pickers.

docs.slack.dev/reference/block-kit/block-elements
"""

from sandbox.blockkit.objects import (
    CONFIRM,
    DISPATCH,
    FILTER,
    ID,
    OPTION,
    OPTION_GROUP,
    OVERFLOW_OPTION,
    RICH_OPTION,
    SLACK_FILE,
    URL,
    plain,
)
from sandbox.blockkit.rich_text import RICH_TEXT
from sandbox.blockkit.rules import (
    Fields,
    Rule,
    anything,
    array,
    boolean,
    by_type,
    choice,
    integer,
    one_of,
    shape,
    string,
)

NAMED: Fields = {"action_id": ID}
CONFIRMED: Fields = NAMED | {"confirm": CONFIRM}
FOCUSABLE: Fields = {"focus_on_load": boolean}
MENU: Fields = CONFIRMED | FOCUSABLE | {"placeholder": plain(150)}
MANY: Fields = {"max_selected_items": integer(1, 1000)}
WRITTEN: Fields = NAMED | FOCUSABLE | {"placeholder": plain(150), "dispatch_action_config": DISPATCH}
OPTIONS: Fields = {"options": array(OPTION, 100), "option_groups": array(OPTION_GROUP, 100)}
CONVERSATIONS: Fields = {"default_to_current_conversation": boolean, "filter": FILTER}
ANSWERING: Fields = {"response_url_enabled": boolean}

BUTTON = shape(
    {"text": plain(75)},
    CONFIRMED
    | {"url": URL, "value": string(2000), "style": choice("primary", "danger"), "accessibility_label": string(75)},
)
IMAGE = shape(
    {"alt_text": string(2000, least=0)}, {"image_url": URL, "slack_file": SLACK_FILE}, one_of("image_url", "slack_file")
)

MENUS: dict[str, Rule] = {
    "static_select": shape({}, MENU | OPTIONS | {"initial_option": OPTION}, one_of("options", "option_groups")),
    "external_select": shape({}, MENU | {"initial_option": OPTION, "min_query_length": integer(0, 3000)}),
    "users_select": shape({}, MENU | {"initial_user": string()}),
    "conversations_select": shape({}, MENU | CONVERSATIONS | ANSWERING | {"initial_conversation": string()}),
    "channels_select": shape({}, MENU | ANSWERING | {"initial_channel": string()}),
    "multi_static_select": shape(
        {}, MENU | OPTIONS | MANY | {"initial_options": array(OPTION, 100)}, one_of("options", "option_groups")
    ),
    "multi_external_select": shape(
        {}, MENU | MANY | {"initial_options": array(OPTION, 100), "min_query_length": integer(0, 3000)}
    ),
    "multi_users_select": shape({}, MENU | MANY | {"initial_users": array(string(), 1000)}),
    "multi_conversations_select": shape(
        {}, MENU | MANY | CONVERSATIONS | {"initial_conversations": array(string(), 1000)}
    ),
    "multi_channels_select": shape({}, MENU | MANY | {"initial_channels": array(string(), 1000)}),
}
PICKERS: dict[str, Rule] = {
    "checkboxes": shape(
        {"options": array(RICH_OPTION, 10)}, CONFIRMED | FOCUSABLE | {"initial_options": array(RICH_OPTION, 10)}
    ),
    "radio_buttons": shape(
        {"options": array(RICH_OPTION, 10)}, CONFIRMED | FOCUSABLE | {"initial_option": RICH_OPTION}
    ),
    "datepicker": shape({}, MENU | {"initial_date": string()}),
    "timepicker": shape({}, MENU | {"initial_time": string(), "timezone": string()}),
    "datetimepicker": shape({}, CONFIRMED | FOCUSABLE | {"initial_date_time": integer(1_000_000_000, 9_999_999_999)}),
}
WRITING: dict[str, Rule] = {
    "plain_text_input": shape(
        {},
        WRITTEN
        | {
            "initial_value": string(3000, least=0),
            "multiline": boolean,
            "min_length": integer(0, 3000),
            "max_length": integer(1, 3000),
        },
    ),
    "email_text_input": shape({}, WRITTEN | {"initial_value": string(least=0)}),
    "url_text_input": shape({}, WRITTEN | {"initial_value": string(least=0)}),
    "number_input": shape(
        {"is_decimal_allowed": boolean},
        WRITTEN | {"initial_value": string(least=0), "min_value": string(), "max_value": string()},
    ),
    "rich_text_input": shape({}, WRITTEN | {"initial_value": by_type(rich_text=RICH_TEXT)}),
    "file_input": shape({}, NAMED | {"filetypes": array(string(), 100), "max_files": integer(1, 10)}),
}
OVERFLOW = shape({"options": array(OVERFLOW_OPTION, 5)}, CONFIRMED)
WORKFLOW = shape(
    {
        "trigger": shape(
            {"url": URL},
            {"customizable_input_parameters": array(shape({"name": string(), "value": anything}, {}), least=0)},
        )
    },
    {},
)
WORKFLOW_BUTTON = shape(
    {"text": plain(75), "workflow": WORKFLOW},
    CONFIRMED | {"style": choice("primary", "danger"), "accessibility_label": string(75)},
)
FEEDBACK = shape({"text": plain(75), "value": string(2000)}, {"accessibility_label": string(75)})
IN_CONTEXT_ACTIONS: dict[str, Rule] = {
    "feedback_buttons": shape({"positive_button": FEEDBACK, "negative_button": FEEDBACK}, NAMED),
    "icon_button": shape(
        {"icon": string(), "text": plain(3000)},
        CONFIRMED
        | {"value": string(2000), "accessibility_label": string(75), "visible_to_user_ids": array(string(), 10)},
    ),
}

PRESSABLE: dict[str, Rule] = (
    MENUS | PICKERS | {"button": BUTTON, "overflow": OVERFLOW, "workflow_button": WORKFLOW_BUTTON}
)
IN_INPUT: dict[str, Rule] = MENUS | PICKERS | WRITING
IN_SECTION: dict[str, Rule] = PRESSABLE | {"image": IMAGE}
IN_ACTIONS: dict[str, Rule] = PRESSABLE | {"rich_text_input": WRITING["rich_text_input"]}
