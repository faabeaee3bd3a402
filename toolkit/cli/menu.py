"""The menu: what the toolkit shows when it is started without options on a terminal."""

import shutil
from collections.abc import Callable, Sequence

from prompt_toolkit.application import Application
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.layout import FormattedTextControl, Layout, Window
from prompt_toolkit.utils import is_dumb_terminal

from toolkit.cli import target, ui
from toolkit.cli.ending import in_order
from toolkit.model import paths, release, vault
from toolkit.model.cache import FILE, Cache
from toolkit.model.errors import InputError, ToolkitError
from toolkit.model.exit_codes import EXIT_CODES
from toolkit.model.menu import Entry
from toolkit.model.menu_screen import Menu
from toolkit.model.surroundings import Surroundings
from toolkit.operations.at_hand import AtHand
from toolkit.operations.looking import Looking

_INTERRUPTED = 130
_ESCAPE = 0.1  # seconds after which Esc is no begin of an arrow key
_FIRST_LOOK = 1.0  # seconds that a list of plain lines waits for boards: it is not drawn anew
_PLAIN_ROWS = 1000  # a list that scrolls has room for all
_FOUND = "r"  # the key, and the word, that searches again

Do = Callable[[Sequence[str], list[str]], int]  # the uids of nodes it has made go into the list


def run(do: Do) -> int:
    """Show what can be done, do it by `do`, show what came of it, until the person leaves."""
    menu = Menu(Surroundings(release=release.shown(release.identity().release)))
    desk = _Desk()
    show = _asked if is_dumb_terminal() else _chosen
    while True:
        menu, entry = show(menu, desk)
        desk.tell()
        if entry is None or not entry.arguments:
            return 0 if entry else _INTERRUPTED
        ui.note(f"$ {entry.command}")
        made: list[str] = []
        code = do(entry.arguments, made)
        for uid in made if entry.board else ():
            desk.at_hand.made(entry.board, uid)
        menu = menu.done(entry, code, EXIT_CODES.get(code, ""))
        ui.note("")
        ui.forget_typed()  # it was meant for what has ended


class _Desk:
    """What outlives one showing: which node a board on a cable is; what is yet to be said."""

    def __init__(self) -> None:
        self.at_hand = AtHand(target.virtual_at_hand)
        self._told: list[str] = []

    def looking(self, menu: Menu, changed: Callable[[], None]) -> Looking:
        cache = Cache(paths.user_data() / FILE, self._told.append)
        secrets = vault.opened(self._told.append)
        return Looking(menu.around, (cache, secrets, self.at_hand.boards), changed)

    def tell(self) -> None:
        """Say what would have stood in the middle of the menu."""
        while self._told:
            ui.warn(self._told.pop(0))


def _chosen(menu: Menu, desk: _Desk) -> tuple[Menu, Entry | None]:
    return _Screen(menu, desk).run()


class _Screen:
    """The menu on a terminal, drawn anew whenever something has changed; it leaves nothing."""

    def __init__(self, menu: Menu, desk: _Desk) -> None:
        self._menu = menu
        self._typed = ""
        self._application: Application[Entry | None] = Application(
            Layout(Window(FormattedTextControl(self._shown, show_cursor=False))),
            key_bindings=self._keys(),
            erase_when_done=True,
        )
        self._application.ttimeoutlen = _ESCAPE
        self._looking = desk.looking(menu, self._application.invalidate)

    def run(self) -> tuple[Menu, Entry | None]:
        """The menu as it stands in the end; what is to be done, None when it was interrupted."""
        self._looking.start()
        try:
            with in_order(self._application) as first:
                chosen = self._application.run(pre_run=first)
        finally:
            self._looking.stop()
        return self._menu, chosen

    def _now(self) -> Menu:
        self._menu = self._menu.seen(self._looking.now)
        return self._menu

    def _shown(self) -> StyleAndTextTuples:
        size = self._application.output.get_size()
        lines = self._now().lines(size.columns, size.rows)
        shown: StyleAndTextTuples = []
        for style, text in lines:
            shown += [(style, text), ("", "\n")]
        return shown[:-1]

    def _keys(self) -> KeyBindings:
        keys = KeyBindings()

        def bind(names: str, action: Callable[[KeyPressEvent], None]) -> None:
            for name in names.split():
                keys.add(name)(action)

        for names, steps in (("up s-tab k", -1), ("down tab j", 1)):
            bind(names, lambda _, steps=steps: self._move(steps))
        for digit in "0123456789":
            bind(digit, lambda _, digit=digit: self._number(digit))
        bind("enter", self._enter)
        bind(_FOUND, lambda _: self._looking.again())
        bind("escape", self._escape)
        bind("q c-d", lambda event: event.app.exit(result=Entry("Leave")))
        bind("c-c", lambda event: event.app.exit(result=None))
        return keys

    def _move(self, steps: int) -> None:
        self._typed = ""
        self._menu = self._now().move(steps)

    def _number(self, digit: str) -> None:
        """A number of one digit or two; a further one begins anew."""
        self._typed = (self._typed + digit).lstrip("0")
        if int(self._typed or 0) > len(self._now().entries):
            self._typed = digit.lstrip("0")
        if self._typed:
            self._menu = self._now().number(int(self._typed))

    def _enter(self, event: KeyPressEvent) -> None:
        self._typed = ""
        self._menu, chosen = self._menu.enter()  # what is shown, whatever has come meanwhile
        if chosen:
            event.app.exit(result=chosen)

    def _escape(self, event: KeyPressEvent) -> None:
        if self._menu.asked:
            self._menu = self._menu.back()
        else:
            event.app.exit(result=Entry("Leave"))


def _asked(menu: Menu, desk: _Desk) -> tuple[Menu, Entry | None]:
    """The same as plain lines and a question, for a terminal that can do no more."""
    looking = desk.looking(menu, lambda: None)
    looking.start()
    try:
        looking.wait(_FIRST_LOOK)
        while True:
            menu = menu.seen(looking.now)
            for _, line in menu.lines(shutil.get_terminal_size().columns, _PLAIN_ROWS, plain=True):
                ui.note(line)
            answer = _answer(len(menu.entries))
            if answer == "q":
                return menu, Entry("Leave")
            if answer == _FOUND:
                looking.again()
                continue
            menu, chosen = menu.number(int(answer)).enter()
            if chosen:
                return menu, chosen
    finally:
        looking.stop()


def _answer(most: int) -> str:
    def check(text: str) -> str:
        if text in ("q", _FOUND) or (text.isdecimal() and 0 < int(text) <= most):
            return text
        raise InputError(f"expected a number from 1 to {most}, {_FOUND} or q, got {text!r}")

    try:
        return ui.ask(f"what next (1 to {most}; {_FOUND}: look again, q: leave)", "1", check)
    except ToolkitError:  # the end of the input
        return "q"
