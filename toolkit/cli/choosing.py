"""Choosing a known node: a list for arrow keys, or a table and a question on a dumb terminal."""

from collections.abc import Callable, Sequence

from prompt_toolkit.application import Application
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.layout import BufferControl, FormattedTextControl, HSplit, Layout, Window
from prompt_toolkit.layout.processors import BeforeInput
from prompt_toolkit.utils import is_dumb_terminal

from toolkit.cli import ui
from toolkit.cli.ending import in_order
from toolkit.model.choosing import Choice
from toolkit.model.errors import InputError, Interrupted, ToolkitError
from toolkit.model.node import Node
from toolkit.model.toolbar import cut
from toolkit.operations.connect import resolve

_ROWS = 12  # of the list; more are reached by the arrow keys
_QUESTION = "which node: "
_KEYS = "arrow keys and Enter choose; a number, name, uid or address can be typed"


def choose(nodes: Sequence[Node]) -> str:
    """Let the person pick a known node; its uid, or an address that was typed."""
    try:
        if is_dumb_terminal():
            return _asked(nodes)
        chosen = _List(nodes).run()
    except KeyboardInterrupt:
        raise Interrupted("no node was chosen") from None
    ui.note(f"{_QUESTION}{chosen}")
    return chosen


def _asked(nodes: Sequence[Node]) -> str:
    ui.table(
        [(number, node.name, node.endpoint, node.uid) for number, node in enumerate(nodes)],
        ["", "name", "address", "uid"],
    )

    def check(text: str) -> str:
        if text.isdecimal() and int(text) < len(nodes):
            return nodes[int(text)].uid
        return resolve(text, nodes).uid or text

    return ui.ask("which node", nodes[-1].uid, check)


class _List:
    """The list on the terminal; it leaves nothing of itself on the screen."""

    def __init__(self, nodes: Sequence[Node]) -> None:
        self._choice = Choice(tuple(nodes))
        self._problem = ""
        self._typed = Buffer(multiline=False, on_text_changed=self._type)

    def run(self) -> str:
        """The uid or the address that was chosen."""
        field = BufferControl(self._typed, input_processors=[BeforeInput(_QUESTION)])
        layout = HSplit(
            [
                Window(FormattedTextControl(self._shown), dont_extend_height=True),
                Window(field, height=1),
                Window(FormattedTextControl(self._below), height=1),
            ]
        )
        self._application: Application[str] = Application(
            Layout(layout, focused_element=field), key_bindings=self._keys(), erase_when_done=True
        )
        with in_order(self._application) as first:
            return self._application.run(pre_run=first)

    def _shown(self) -> StyleAndTextTuples:
        size = self._application.output.get_size()
        rows = self._choice.rows(max(1, min(_ROWS, size.rows - 4)))
        return [
            (
                "reverse" if marked else "",
                cut(("> " if marked else "  ") + text, size.columns) + "\n",
            )
            for marked, text in rows
        ]

    def _below(self) -> StyleAndTextTuples:
        columns = self._application.output.get_size().columns
        return [("", cut(self._problem or _KEYS, columns - 1))]

    def _type(self, buffer: Buffer) -> None:
        self._choice, self._problem = self._choice.type(buffer.text.strip()), ""

    def _keys(self) -> KeyBindings:
        keys = KeyBindings()

        def bind(name: str, action: Callable[[KeyPressEvent], None]) -> None:
            keys.add(name)(action)

        def move(steps: int) -> Callable[[KeyPressEvent], None]:
            def moved(_: KeyPressEvent) -> None:
                self._choice = self._choice.move(steps)

            return moved

        def leave(why: BaseException) -> Callable[[KeyPressEvent], None]:
            return lambda event: event.app.exit(exception=why)

        for name, steps in (("up", -1), ("down", 1), ("s-tab", -1), ("tab", 1)):
            bind(name, move(steps))
        bind("enter", self._enter)
        bind("c-c", leave(KeyboardInterrupt()))
        bind("c-d", leave(ToolkitError("no node was chosen")))
        return keys

    def _enter(self, event: KeyPressEvent) -> None:
        try:
            resolve(self._choice.chosen, self._choice.nodes)
        except InputError as refusal:
            self._typed.text = ""  # the whole list again
            self._problem = str(refusal)
        else:
            event.app.exit(result=self._choice.chosen)
