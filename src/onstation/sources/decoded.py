"""What an answer in JSON says."""

from typing import TYPE_CHECKING, TypeVar

from onstation.errors import SourceError

if TYPE_CHECKING:
    from onstation.web.records import Reply

Said = TypeVar("Said")


def decoded(reply: "Reply", kind: type[Said], otherwise: str) -> Said:
    """Return what an answer says.

    Parameters
    ----------
    otherwise
        Why the source failed where it says anything else.

    Raises
    ------
    SourceError
        It is no such answer.
    """
    if reply.status != 200:
        raise SourceError(f"HTTP {reply.status}", status=reply.status)
    import msgspec

    try:
        return msgspec.json.decode(reply.body, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise SourceError(otherwise) from error
