"""The interactive shell of a node, on a terminal."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from prompt_toolkit import PromptSession
from prompt_toolkit.history import DummyHistory

from toolkit.cli import target, ui
from toolkit.cli.ending import in_order
from toolkit.cli.prompting import prompting
from toolkit.model.cache import Cache
from toolkit.model.errors import (
    InputError,
    Interrupted,
    LoginError,
    NodeError,
    UnknownOutcome,
    WrongPassword,
)
from toolkit.model.secrecy import masked, may_carry_a_secret
from toolkit.model.vault import Vault
from toolkit.model.whereabouts import on_board_off
from toolkit.operations import others
from toolkit.operations.connect import separated, unsent, verdict
from toolkit.operations.conversation import Conversation
from toolkit.operations.enter import Target
from toolkit.operations.names import place
from toolkit.operations.transcript import Transcript

ATTEMPTS = 3  # at typing a password
LEAVING = ("exit", "webrepl")  # after these words the hang-up was wanted


def interactive(wanted: str | None, cache: Cache, vault: Vault, record: Transcript) -> int:
    """Talk to a node until the person leaves; without a name to the only one."""
    return converse(place(wanted, cache.nodes()), cache, vault, record)


def converse(there: Target, cache: Cache, vault: Vault, record: Transcript) -> int:
    """Talk to who is there until the person leaves."""
    talk = Conversation(there, cache, vault)
    try:
        _enter(talk)
        _learn(talk)
        record.begin(f"{talk.name} ({talk.uid})")
        ui.note(f"{talk.name} ({talk.uid}); Tab completes, Ctrl-D leaves")
        return _talk(talk, record)
    finally:
        talk.close()


def _talk(talk: Conversation, record: Transcript) -> int:
    session = prompting(talk)
    while True:
        try:
            with in_order(session.app) as first:
                line = session.prompt(lambda: talk.prompt, pre_run=first).strip()
        except KeyboardInterrupt:
            continue
        except EOFError:
            return 0
        if line and not _answer(talk, line, record):
            return 0
        if talk.closed and not _wait(talk, record):
            return NodeError.exit_code


def _answer(talk: Conversation, typed: str, record: Transcript) -> bool:
    """Give the node what was typed and show its answers; False when the person is done.

    Several lines, which were pasted, are given one after the other, as if they had been typed so.
    """
    pasted = len(typed.splitlines()) > 1
    left = [line for part in typed.splitlines() for line in _commands(part.strip())]
    while left:
        line = left.pop(0)
        record.line(talk.prompt, line)
        if pasted:
            ui.note(f"{talk.prompt}{masked(line)}")
        answer = _guarded(talk, record, lambda line=line: _asked(talk, line, record))
        if answer is None or talk.closed or verdict(answer):
            if left:
                _show(ui.note, unsent(left).strip(), record)
            return answer is None or not talk.closed or line.split()[0] not in LEAVING
    return True


def _commands(line: str) -> Sequence[str]:
    """The commands of a line; one that may carry a secret, or is for others, is one as a whole."""
    whole = others.split(line)[0] or may_carry_a_secret(line)
    return [line] if whole else separated(line)


def _asked(talk: Conversation, line: str, record: Transcript) -> str:
    """Give it one line, and show its answer; empty for a line to others."""
    aside = others.read(line)
    if aside:
        for said in talk.aside(aside):
            off = _off(said.lost)
            _show(ui.say, replace(said, text=off or said.text).shown, record)
        return ""
    _keep_connected(talk, record)
    answer = talk.ask(line)
    if answer:
        _show(ui.say, answer, record)
    if not talk.closed:
        _learn(talk)
    return answer


def _off(uid: str) -> str:
    """Where a node is that was not reached, when its virtual board is off."""
    return on_board_off(uid, target.virtual_at_hand()) if uid else ""


def _guarded(talk: Conversation, record: Transcript, work: Callable[[], str]) -> str | None:
    """What it returns; None where it came to no end, which is told."""
    try:
        return work()
    except InputError as refusal:
        _show(ui.note, str(refusal), record)
    except (NodeError, LoginError, UnknownOutcome) as error:
        _show(ui.note, str(error), record)
        talk.close()
    except KeyboardInterrupt:
        talk.close()
        _show(ui.note, "dropped; whether the node acted is not known", record)
    return None


def _show(how: Callable[[str], None], text: str, record: Transcript) -> None:
    how(text)
    record.answer(text)


def _tell(text: str, record: Transcript) -> None:
    """Say what became of the connection, if there is something to say."""
    if text:
        ui.note(text)
        record.note(text)


def _keep_connected(talk: Conversation, record: Transcript) -> None:
    """Connect again, before anything is sent, when the connection has ended meanwhile."""
    if talk.alive():
        return
    try:
        happened = talk.renew()
    except NodeError as error:
        raise NodeError(f"{error}; the line was not sent") from error
    _tell(f"{happened}; connected again", record)


def _wait(talk: Conversation, record: Transcript) -> bool:
    """Until there is a connection again; False when the person has enough of it."""
    try:
        for failures, _ in enumerate(talk.tries()):
            if not failures:
                off = _off(talk.uid)
                _tell(f"{talk.name} is {off}" if off else "", record)
                _tell(f"waiting for {talk.name} to come back; Ctrl-C ends", record)
        happened = _happened(talk)
    except KeyboardInterrupt:
        _tell(f"{talk.name} is not back yet", record)
        return False
    _tell("; ".join(filter(None, (f"connected to {talk.name} again", happened))), record)
    return True


def _happened(talk: Conversation) -> str:
    try:
        return talk.returned()
    except NodeError as error:
        ui.note(str(error))
        talk.close()
        return ""


def _learn(talk: Conversation) -> None:
    """What can be typed is a comfort: a node that does not tell is talked to all the same."""
    try:
        talk.learn()
        talk.look()
    except KeyboardInterrupt:  # the line was answered: no more than the connection is lost
        talk.close()
    except NodeError as error:
        ui.note(str(error))
        talk.close()


def _enter(talk: Conversation) -> None:
    """Connect; ask for the password when none is kept, or when it is not right any more."""
    try:
        talk.open()
    except WrongPassword as error:
        ui.note(f"{error}: it was changed, it seems")
        talk.open(kept=False)
    for attempt in range(ATTEMPTS):
        if not talk.locked:
            return
        if attempt:
            talk.open(kept=False)
        try:
            talk.login(_password(talk))
            ui.note("right; it is kept in user_data/secrets.json")
        except WrongPassword as error:
            ui.note(str(error))
    if talk.locked:
        raise LoginError(f"{talk.name} ({talk.uid}) was given no right password")


def _password(talk: Conversation) -> str:
    """Ask for a password; it is shown nowhere and remembered by no history."""
    if talk.in_clear:
        ui.warn(
            f"{talk.name} speaks text alone: what you type here can be read by everybody in its "
            f"network; Ctrl-D leaves"
        )
    prompt = f"password of {talk.name} ({talk.uid}): "
    try:
        return PromptSession[str](history=DummyHistory()).prompt(prompt, is_password=True)
    except EOFError:
        raise LoginError(f"{talk.name} wants a password") from None
    except KeyboardInterrupt:
        raise Interrupted(
            f"{talk.name} was given no password, and nothing was said to it"
        ) from None
