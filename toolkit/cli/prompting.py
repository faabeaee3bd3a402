"""The prompt of the shell: its history, what Tab offers, what stands below it."""

from collections.abc import Iterable

from prompt_toolkit import PromptSession
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document
from prompt_toolkit.formatted_text import StyleAndTextTuples

from toolkit.cli.history import NodeHistory
from toolkit.model import paths
from toolkit.model.toolbar import cut, facts
from toolkit.operations.conversation import Conversation

_REFRESH = 1.0  # seconds after which what stands below is drawn anew: a connection may have ended
_AT_HAND = "bold underline"  # the argument that is being typed


def prompting(talk: Conversation) -> PromptSession[str]:
    """A prompt for lines to this node; a dumb terminal gets it without the lines below."""
    session = PromptSession[str](
        history=NodeHistory(paths.user_data() / "history" / talk.uid),
        completer=_Completer(talk),
        complete_while_typing=False,
        refresh_interval=_REFRESH,
    )
    session.bottom_toolbar = lambda: _below(talk, session)
    return session


def _below(talk: Conversation, session: PromptSession[str]) -> StyleAndTextTuples:
    columns = session.app.output.get_size().columns
    shown: StyleAndTextTuples = [("", facts(talk.bar, columns))]
    before, here, after = talk.marked(session.default_buffer.document.text_before_cursor)
    if before:
        shown.append(("", "\n"))
        for style, text in (("", before), (_AT_HAND, here), ("", after)):
            text = cut(text, columns)
            columns -= len(text)
            shown.append((style, text))
    return shown


class _Completer(Completer):
    """Offers what the node's own help says."""

    def __init__(self, talk: Conversation) -> None:
        self._talk = talk

    def get_completions(
        self, document: Document, complete_event: CompleteEvent
    ) -> Iterable[Completion]:
        """What may stand at the cursor."""
        del complete_event
        for one in self._talk.offered(document.text_before_cursor):
            yield Completion(one.text, -one.length, display_meta=one.summary)
