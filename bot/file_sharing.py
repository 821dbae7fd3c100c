"""Giving somebody a file, in three steps: ask where it goes, send it there, say where it is to be seen.

https://docs.slack.dev/messaging/working-with-files#uploading_files
"""

from bot.context import Bot
from incidents.model.identity import Person


async def share_file(bot: Bot, to: Person, name: str, content: bytes, comment: str) -> None:
    """Send ``to`` a file, called ``name``, as a direct message that says ``comment``.

    Raises SlackRefused, SlackUnavailable.
    """
    place = await bot.slack.call("files.getUploadURLExternal", filename=name, length=len(content))
    await bot.slack.upload(place["upload_url"], content)
    messages = await bot.slack.call("conversations.open", users=to.id)
    await bot.slack.call(
        "files.completeUploadExternal",
        files=[{"id": place["file_id"], "title": name}],
        channel_id=messages["channel"]["id"],
        initial_comment=comment,
    )
