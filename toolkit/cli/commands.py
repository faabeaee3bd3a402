"""What each option does: arguments to one operation, its result to print, an exit code back."""

import argparse
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from toolkit.cli import backups, questions, target, ui
from toolkit.model import paths, release
from toolkit.model.errors import InputError, UsageError
from toolkit.operations.make import Answers, Made

_RESTARTS = "reading over the cable starts the node on the board again, and ends its tasks"

CHEAP = 256 * 1024  # bytes of own files that are read where nothing is erased
Command = Callable[[argparse.Namespace], int]


def chosen(options: argparse.Namespace) -> list[Command]:
    """The commands of these options, in the order in which they run."""
    found = [command for name, command in COMMANDS if getattr(options, name) not in (None, False)]
    if options.virtual is not None and not found:
        return [_start_virtual]
    if not found:
        raise UsageError("these options say with what, and not what to do (see --help)")
    return found


def _steps(options: argparse.Namespace, lines: Sequence[str]) -> bool:
    """With --dummy, print what would be done and touch nothing."""
    for number, line in enumerate(lines, 1) if options.dummy else ():
        ui.say(f"would {number}. {line}")
    return bool(options.dummy)


def _make(options: argparse.Namespace) -> int:
    from toolkit.operations import deploy, make, prepare

    deploy.check_flashable(options.board)
    if _steps(options, [*target.steps(options), *make.STEPS]):
        return 0
    wanted = questions.wish(options)
    source = backups.restored(options)
    board = target.find(options)
    virtual = board.virtual is not None
    spare = source.stored.path if source else None
    prepared = ui.follow(prepare.prepare(board.device, options.board, spare=spare))
    with prepare.started_again(board.device):
        family = target.chip(options, prepared.chip.family)
        image = target.firmware(options, board, family)
        wanted, prepared = backups.instead(options, wanted, prepared, source, virtual=virtual)
        pins = target.made_for(options, family, prepared.found)
        answers = questions.answers(wanted, prepared, pins, virtual=virtual)
        answers = backups.carried(answers, prepared, erased=True)
        made = ui.follow(make.make(board.device, family, image, answers, pins))
    backups.in_its_place(source, made)
    return _greeted(options, made, answers)


def _greeted(options: argparse.Namespace, made: Made, answers: Answers) -> int:
    """Show what the new node says of itself, and open its shell where somebody is there."""
    if made.mode == "ap":
        ui.say(
            f"{made.node.name} is in no Wi-Fi and has opened its own, named {made.node.name}; its "
            f"password is in {paths.user_data() / 'secrets.json'}: join it and set staessid and "
            f"stapwd in its shell, or repeat the command with the right Wi-Fi"
        )
        return 0
    ui.say(made.hello)
    ui.say(f"version {made.version}")
    for problem in made.problems:
        ui.warn(f"{made.node.name}: {problem}")
    if answers.wiring:
        ui.say(f"wire: {'; '.join(answers.wiring)}")
    if answers.examples:
        ui.say(f"try: {', '.join(answers.examples)}")
    if ui.interactive() and not options.yes and not options.connect:
        from toolkit.cli import network

        return network.open_shell(made.node.uid)
    ui.say(f"connect with: ./devToolKit.py -c -p '--dev {made.node.name}'")
    return 0


def _erase(options: argparse.Namespace) -> int:
    from toolkit.operations import deploy, prepare

    deploy.check_flashable(options.board)
    steps = [*target.steps(options), "archive the settings of the node on it", "erase its flash"]
    if _steps(options, steps):
        return 0
    board = target.find(options)
    prepared = ui.follow(prepare.prepare(board.device, options.board, before="erase"))
    with prepare.started_again(board.device):
        deploy.check_flashable(prepared.chip.family)
    ui.follow(deploy.erase(board.device))
    return 0


def _deploy(options: argparse.Namespace) -> int:
    from toolkit.operations import deploy, prepare

    deploy.check_flashable(options.board)
    steps = ["archive the settings of the node on it", "erase", "write the firmware", "verify it"]
    if _steps(options, [*target.steps(options), *steps]):
        return 0
    board = target.find(options)
    prepared = ui.follow(prepare.prepare(board.device, options.board, before="deploy"))
    family = target.chip(options, prepared.chip.family)
    image = target.firmware(options, board, family)
    ui.follow(deploy.erase(board.device))
    ui.follow(deploy.deploy(board.device, family, image))
    return 0


def _install(options: argparse.Namespace) -> int:
    from toolkit.operations import make, prepare

    steps = ["archive the settings of the node on it", *make.STEPS[3:]]
    if _steps(options, [*target.steps(options), *steps]):
        return 0
    wanted = questions.wish(options)
    source = backups.restored(options)
    board = target.find(options)
    virtual = board.virtual is not None
    ahead = prepare.prepare(
        board.device,
        options.board,
        before="restore" if source else "install",
        limit=CHEAP,
        spare=source.stored.path if source else None,
    )
    prepared = ui.follow(ahead)
    with prepare.started_again(board.device):
        family = target.chip(options, prepared.chip.family)
        if (
            prepared.settings
        ):  # what is a node already keeps its settings; a new profile asks for its own
            wanted = replace(wanted, known=True, ask=wanted.ask and wanted.profile is not None)
        wanted, prepared = backups.instead(options, wanted, prepared, source, virtual=virtual)
        pins = target.made_for(options, family, prepared.found)
        answers = questions.answers(wanted, prepared, pins, virtual=virtual)
        answers = backups.carried(answers, prepared, erased=False)
        made = ui.follow(make.install(board.device, family, answers, pins))
    backups.in_its_place(source, made)
    return _greeted(options, made, answers)


def _update(options: argparse.Namespace) -> int:
    from toolkit.operations import make, prepare, update

    if _steps(options, [*target.steps(options), *update.steps(flash=bool(options.firmware))]):
        return 0
    wanted = replace(questions.wish(options), known=True, ask=False)
    board = target.find(options)
    flash, device = bool(options.firmware), board.device
    ahead = prepare.prepare(device, options.board, before="update", limit=None if flash else CHEAP)
    prepared = ui.follow(ahead)
    with prepare.started_again(device):
        update.check_node(prepared, device)
        family = target.chip(options, prepared.chip.family)
        image = target.firmware(options, board, family) if flash else None
        pins = target.made_for(options, family, prepared.found)
        answers = questions.answers(wanted, prepared, pins, virtual=board.virtual is not None)
        answers = backups.carried(answers, prepared, erased=flash)
        if not (flash or options.force or options.set or options.profile):
            same = ui.follow(update.unchanged(prepared, family, pins))
            if same:
                prepare.start_again(device)
                ui.say(f"{answers.settings['devfid']}: unchanged, {same}")
                return 0
        if image:
            made = ui.follow(make.make(device, family, image, answers, pins))
        else:
            made = ui.follow(make.install(device, family, answers, pins, anew=options.force))
    return _greeted(options, made, answers)


def _restore(options: argparse.Namespace) -> int:
    if options.make or options.install:
        return 0  # which have restored it
    if options.connect_parameters is not None:
        return backups.over_the_air(options)
    return _install(options)


def _back_up(options: argparse.Namespace) -> int:
    return backups.backup(options)


def _compile(options: argparse.Namespace) -> int:
    from toolkit.model.boards import FAMILIES
    from toolkit.operations.build import build

    boards = [options.board] if options.board else list(FAMILIES)
    if _steps(options, [f"compile micros/ for {board} into build/{board}" for board in boards]):
        return 0
    for board in boards:
        made = ui.follow(build(board))
        ui.say(f"{made.folder}: {len(made.files)} files, {made.size} B")
    return 0


def _manual(options: argparse.Namespace) -> int:
    from toolkit.model.manual_page import as_json
    from toolkit.operations import manual

    folder = Path(options.manual) if options.manual else manual.default_folder()
    if _steps(options, [f"write {folder / name}" for name in manual.NAMES]):
        return 0
    if options.json:
        ui.say(as_json(manual.modules(), release.identity()).rstrip())
        return 0
    for path in manual.write(folder):
        ui.say(f"{path}: {path.stat().st_size} B")
    return 0


def _list_devices(options: argparse.Namespace) -> int:
    from toolkit.transport.port import ports

    images = sorted(Path.cwd().glob("*.bin")) + sorted(
        (paths.user_data() / "firmware").glob("*.bin")
    )
    boards = [(port.device, port.description) for port in ports()]
    virtual = [(str(board.port), f"virtual {board.chip}") for board in target.virtual_boards()]
    if options.json:
        ui.as_json({"boards": [*boards, *virtual], "firmware": [str(image) for image in images]})
        return 0
    ui.table([*boards, *virtual], ["port", "board"])
    ui.table([(str(image), image.stat().st_size) for image in images], ["firmware", "bytes"])
    return 0


def _version(options: argparse.Namespace) -> int:
    from toolkit.operations import inspect

    here = release.shown(release.identity().release)
    device = None if options.dummy else target.given(options)
    if device:
        ui.note(_RESTARTS)
    on_it = inspect.version(device) or "none" if device else None
    if options.json:
        ui.as_json({"repository": here, "board": on_it})
        return 0
    ui.say(f"repository {here}")
    if on_it:
        ui.say(f"board      {on_it}")
    return 0


def _list_files(options: argparse.Namespace) -> int:
    from toolkit.operations import inspect

    if _steps(options, [*target.steps(options), "list the files", "reset the board"]):
        return 0
    device = target.find(options).device
    ui.note(_RESTARTS)
    files = inspect.files(device)
    if options.json:
        ui.as_json([{"name": name, "size": None if size < 0 else size} for name, size in files])
        return 0
    for name, size in files:
        ui.say(f"{name}/" if size < 0 else f"{name:<40} {size:>7}")
    return 0


def _start_virtual(options: argparse.Namespace) -> int:
    board = target.start_virtual(options)
    ui.say(f"{board.name} is running: port {board.port}, address {board.address}")
    return 0


def _list_virtual(options: argparse.Namespace) -> int:
    found = target.virtual_boards()
    if options.json:
        ui.as_json([target.facts(board) for board in found])
        return 0
    rows = [
        (board.name, board.chip, "running" if board.running else "off", board.address, board.port)
        for board in found
    ]
    ui.table(rows, ["name", "chip", "state", "address", "port"])
    return 0


def _stop_virtual(options: argparse.Namespace) -> int:
    from toolkit.virtual import fleet

    names = [options.virtual] if options.virtual else None
    if names and names[0] not in [board.name for board in target.virtual_boards()]:
        raise InputError(target.unknown_virtual(names[0]))
    stopped = fleet.stop(paths.virtual_home(), names)
    if stopped:
        ui.say(f"stopped: {', '.join(stopped)}")
    elif names:
        ui.say(f"{names[0]} was not running")
    else:
        there = ", ".join(board.name for board in target.virtual_boards()) or "none yet"
        ui.say(f"no virtual board was running (there are: {there})")
    return 0


def _power_cycle(options: argparse.Namespace) -> int:
    from toolkit.virtual import fleet

    name = options.virtual or f"{options.board or 'esp32'}-1"
    if name not in [board.name for board in target.virtual_boards()]:
        raise InputError(target.unknown_virtual(name))
    try:
        fleet.power_cycle(paths.virtual_home(), name)
    except InputError as error:
        raise InputError(f"{error}: ./devToolKit.py --virtual {name}") from error
    ui.say(f"{name} was off and is on again")
    return 0


def _search(options: argparse.Namespace) -> int:
    from toolkit.cli import network

    return network.search(options)


def _status(options: argparse.Namespace) -> int:
    from toolkit.cli import network

    return network.status(options)


def _connect(options: argparse.Namespace) -> int:
    from toolkit.cli import network

    return network.connect(options)


def _connect_via_usb(options: argparse.Namespace) -> int:
    from toolkit.cli import usb

    return usb.connect(options)


def _ota(options: argparse.Namespace) -> int:
    from toolkit.cli import air

    return air.ota(options)


def _push(options: argparse.Namespace) -> int:
    from toolkit.cli import air

    return air.push(options)


def _watch(options: argparse.Namespace) -> int:
    from toolkit.cli import air

    return air.watch(options)


def _derive(options: argparse.Namespace) -> int:
    from toolkit.cli import air

    return air.derive(options)


def _test(options: argparse.Namespace) -> int:
    from toolkit.operations import checks

    stage = checks.stage(options.test)
    if _steps(options, [f"run {check.name}" for check in stage]):
        return 0
    passed = True
    for outcome in checks.run(ui.note, stage):
        ui.note(outcome.sentence)
        passed = outcome.passed
    return 0 if passed else 1


def _new_module(options: argparse.Namespace) -> int:
    from toolkit.cli import own

    return own.new_module(options)


def _lint(options: argparse.Namespace) -> int:
    from toolkit.cli import own

    return own.lint(options)


def _test_module(options: argparse.Namespace) -> int:
    from toolkit.cli import own

    return own.test_module(options)


# The order in which several actions of one call run.
COMMANDS: tuple[tuple[str, Command], ...] = (
    ("test", _test),
    ("list", _list_virtual),
    ("stop", _stop_virtual),
    ("power_cycle", _power_cycle),
    ("search_devices", _search),
    ("list_devs_n_bins", _list_devices),
    ("cross_compile_micros", _compile),
    ("new_module", _new_module),
    ("lint", _lint),
    ("test_module", _test_module),
    ("manual", _manual),
    ("backup_node_config", _back_up),
    ("make", _make),
    ("erase", _erase),
    ("deploy", _deploy),
    ("install", _install),
    ("restore", _restore),
    ("update", _update),
    ("OTA", _ota),
    ("push", _push),
    ("node_ls", _list_files),
    ("version", _version),
    ("node_status", _status),
    ("connect", _connect),
    ("connect_via_usb", _connect_via_usb),
    ("watch", _watch),
    ("derive", _derive),
)
