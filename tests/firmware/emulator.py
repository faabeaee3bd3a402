"""A Pico W that runs its stock firmware, with a serial line and a network. A program of its own.

    python emulator.py IMAGE ADDRESS GATEWAY [FILE_SYSTEM]

The chip is emulated by rp2040py, which lets its guest call others, on the Internet too, and lets
nobody call the guest. Here stands the opposite: a connection to ADDRESS (a loopback address,
which the guest is given by DHCP) reaches the guest, and nothing leaves this computer.

Speaks JSON, a line for a line: first {"port": serial line}, then one answer to each line on
standard input: a GPIO number, one with a level to drive it as in `17=1`, `led`, `resets`, or
`power` for a power cut. Ends with its standard input.
"""

import asyncio
import dataclasses
import json
import os
import random
import socket
import struct
import sys
import time
import traceback
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from rp2040py.boards import BOARDS, resolve_layout
from rp2040py.cli.pty_repl import PtyInteractiveRepl
from rp2040py.device import MicroPythonDevice, ResetCause
from rp2040py.external.cyw43 import Cyw43439, nat, net
from rp2040py.external.cyw43.bus import GSPIBus
from rp2040py.gpio_pin import GPIOPin, GPIOPinState
from rp2040py.rp2040 import RP2040

SHELL = 9008
_FIRST_OF_THE_RADIO = 23  # pins
_DNS, _NTP = 53, 123
_NTP_SINCE_1900 = 2208988800
_NETMASK = bytes([255, 255, 255, 0])
_WRAP = 0xFFFFFFFF
_SYN_AGAIN = 1.0  # seconds: a guest that does not listen yet loses the first one
_SYNS = 60
_CONNECTING, _ESTABLISHED = nat._FlowState.CONNECTING, nat._FlowState.ESTABLISHED

Frames = Callable[[bytes], None]
Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Callers(nat.TcpReflector):
    """Connections: callers from this computer reach the guest, the guest reaches nobody."""

    def __init__(self, chip: RP2040, queue: Frames, address: bytes, gateway: bytes) -> None:
        super().__init__(chip, queue, connect_fn=self._refuse)
        self._address, self._gateway = address, gateway
        self.mac = b""  # of the guest, once it has been heard

    async def _refuse(self, _host: str, _port: int) -> Streams:
        raise ConnectionRefusedError

    async def serve(self) -> None:
        """Listen on the guest's own address."""
        await asyncio.start_server(self._called, socket.inet_ntoa(self._address), SHELL)

    async def _called(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        key = nat.TcpFlowKey(SHELL, self._gateway, random.randrange(40000, 60000))
        flow = nat.TcpFlow(key, self.mac, self._address, 0, 0, 0, 1400)
        flow.reader, flow.writer, flow.host_iss = reader, writer, random.getrandbits(32)
        self._flows[key] = flow
        for _ in range(_SYNS):
            if flow.state is not _CONNECTING or key not in self._flows:
                break
            flow.guest_mac = self.mac
            if self.mac:
                self._send(flow, net.TCP_SYN, seq=flow.host_iss, ack=0, mss=flow.mss)
            try:
                await asyncio.wait_for(flow.window_opened.wait(), _SYN_AGAIN)
            except TimeoutError:
                continue
        if flow.state is _ESTABLISHED:
            flow.pump_task = asyncio.ensure_future(self._pump_host_to_guest(flow))
            await asyncio.wait([flow.pump_task])  # which a reset by the guest cancels
        else:
            writer.close()
            self._flows.pop(key, None)

    def _on_guest_segment(self, flow: nat.TcpFlow, tcp: net.TcpSegment) -> None:
        if tcp.flags & net.TCP_SYN and tcp.flags & net.TCP_ACK:  # only who was called answers so
            if flow.state is _CONNECTING:
                flow.guest_next_seq = (tcp.seq + 1) & _WRAP
                flow.guest_window = tcp.window
                flow.state = _ESTABLISHED
                flow.window_opened.set()
            self._send(flow, net.TCP_ACK)
            return
        try:
            super()._on_guest_segment(flow, tcp)
        except OSError:  # the caller is gone
            self._send(flow, net.TCP_RST)
            if flow.pump_task:
                flow.pump_task.cancel()
            self._flows.pop(flow.key, None)

    def _send(self, flow: nat.TcpFlow, flags: int, **more: Any) -> None:
        self._queue_ethernet_frame(self._build_tcp_frame(flow, flags=flags, **more))


class Air(nat.NatBridge):
    """The network the guest joins: tells it its address and the time, and lets callers in.

    Every name leads to the gateway, which is a time server; nothing else is answered.
    """

    def __init__(self, chip: RP2040, queue: Frames, address: bytes, gateway: bytes) -> None:
        super().__init__(chip, queue)
        self._gateway = gateway
        self._arp = nat.ArpResponder(gateway_ip=gateway)
        self._dhcp = nat.DhcpServer(guest_ip=address, gateway_ip=gateway, subnet_mask=_NETMASK)
        self._tcp = self.callers = Callers(chip, queue, address, gateway)

    def handle_outbound_ethernet_frame(self, frame: bytes) -> None:
        """Answer what the guest sends."""
        ethernet = net.parse_ethernet(frame)
        if ethernet is None:
            return
        self.callers.mac = ethernet.src_mac
        packet = None
        if ethernet.ethertype == net.ETHERTYPE_IPV4:
            packet = net.parse_ipv4(ethernet.payload)
        if packet and packet.proto == net.IP_PROTO_TCP:
            self.callers.maybe_handle(ethernet, packet)
            return
        answer = self._arp.maybe_handle(ethernet) or self._dhcp.maybe_handle(ethernet)
        if packet and packet.proto == net.IP_PROTO_UDP and not answer:
            answer = self._told(ethernet, packet)
        if answer:
            self._queue_ethernet_frame(answer)

    def _told(self, ethernet: net.EthernetFrame, packet: net.Ipv4Packet) -> bytes | None:
        """What the gateway answers to a question for a name or for the time."""
        question = net.parse_udp(packet.payload)
        known = {_DNS: self._name, _NTP: self._time}
        if question is None or packet.dst_ip != self._gateway or question.dst_port not in known:
            return None
        said = known[question.dst_port](question.payload)
        ends = self._gateway, packet.src_ip
        udp = net.pack_udp(*ends, question.dst_port, question.src_port, said)
        ip = net.pack_ipv4(*ends, net.IP_PROTO_UDP, udp)
        return net.pack_ethernet(ethernet.src_mac, nat.GATEWAY_MAC, net.ETHERTYPE_IPV4, ip)

    def _name(self, question: bytes) -> bytes:
        end = question.index(b"\0", 12) + 5
        address = question[end - 4 : end - 2] == b"\0\1"
        head = question[:2] + struct.pack("!HHHHH", 0x8180, 1, int(address), 0, 0)
        found = struct.pack("!HHHLH", 0xC00C, 1, 1, 60, 4) + self._gateway
        return head + question[12:end] + (found if address else b"")

    def _time(self, question: bytes) -> bytes:
        now = struct.pack("!II", int(time.time()) + _NTP_SINCE_1900 & _WRAP, 0)
        return bytes([0x24, 1, 0, 0]) + bytes(12) + now + question[40:48] + now + now


class Bus(GSPIBus):
    """The radio's bus, on which the firmware also sets the radio's own pins."""

    def __init__(self) -> None:
        super().__init__()
        self.pins = 0
        self._asked = False

    def _write_wlan(self, data: bytes) -> None:
        set_at = data.find(b"gpioout\0")
        if set_at >= 0:
            mask, value = struct.unpack_from("<II", data, set_at + 8)
            self.pins = self.pins & ~mask | value & mask
        self._asked = b"ccgpioin\0" in data
        super()._write_wlan(data)

    def _build_ioctl_success_response(self, *given: Any, **named: Any) -> bytes:
        if self._asked:
            named["response_prefix"] = struct.pack("<I", self.pins)
            self._asked = False
        return super()._build_ioctl_success_response(*given, **named)


class Radio(Cyw43439):
    """The chip's radio, in our air."""

    def __init__(self, address: bytes, gateway: bytes) -> None:
        super().__init__()
        self.bus = Bus()
        self._where = address, gateway

    def attach(self, rp2040: RP2040) -> None:
        """Wire it to the chip."""
        super().attach(rp2040)
        self.air = Air(rp2040, self.bus.queue_rx_ethernet_frame, *self._where)
        self.bus.nat_bridge = self.air


def _felt(pin: GPIOPin, now: GPIOPinState, _before: GPIOPinState) -> None:
    """Have an output read what it drives, as its pad does."""
    if now in (GPIOPinState.LOW, GPIOPinState.HIGH):
        pin.set_input_value(now is GPIOPinState.HIGH)
    else:
        pin.release_input()


class Board(MicroPythonDevice):
    """The board: a reset of the chip finds its radio without power, as the real one does."""

    def __init__(self, image: Path, radio: Radio, file_system: Path | None) -> None:
        pico = BOARDS["pico_w"]
        others = [made for made in pico.extras if made is not Cyw43439]
        parts = dict(image=image, extras=(*others, lambda: radio))
        layout = resolve_layout(pico, "micropython")
        board = dataclasses.replace(pico, layout=layout, **parts)
        super().__init__(board=board, filesystem=file_system)
        self._radio = radio
        self._resets = 0
        for number in range(_FIRST_OF_THE_RADIO):
            pin = self.mcu.gpio[number]
            pin.add_listener(partial(_felt, pin))

    def _enter_reset(self, cause: ResetCause) -> None:
        super()._enter_reset(cause)
        self._resets += 1
        self._radio.bus.power_off()
        self._radio.air.reset()

    def asked(self, line: str) -> object:
        """The answer to a line of standard input."""
        if line == "power":
            self.simulator.schedule_threadsafe(lambda: self.hard_reset(cause=ResetCause.POWER_ON))
            return True
        if line == "led":
            return self._radio.bus.pins & 1
        if line == "resets":
            return self._resets
        pin, driven, level = line.partition("=")
        if driven:
            self.mcu.gpio[int(pin)].set_input_value(level == "1")
        return self.mcu.gpio[int(pin)].value.name


async def run(image: Path, address: bytes, gateway: bytes, file_system: Path | None) -> None:
    """Run the board until standard input ends."""
    radio = Radio(address, gateway)
    board = Board(image, radio, file_system)
    console = PtyInteractiveRepl(board.cdc, board.simulator, on_quit=os._exit)
    await console.start()
    await radio.air.callers.serve()
    await board.astart(timeout=None)
    tell({"port": console.slave_path})
    watch = asyncio.create_task(_until_it_stops(board))
    lines = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(lines), sys.stdin
    )
    while line := await lines.readline():
        tell(board.asked(line.decode().strip()))
    watch.cancel()
    os._exit(0)  # the chip never comes to an end by itself


async def _until_it_stops(board: Board) -> None:
    """End the program, with the reason, when the chip stops: nobody is to wait for it in vain."""
    while board.simulator.executing:
        await asyncio.sleep(1)
    error = board.simulator.engine_room_error
    reason = "".join(traceback.format_exception(error)) if error else "a breakpoint was met"
    print(f"the emulated chip has stopped: {reason}", file=sys.stderr, flush=True)
    os._exit(1)


def tell(fact: object) -> None:
    """Print one line of JSON."""
    print(json.dumps(fact), flush=True)


if __name__ == "__main__":
    named, here, there, *files = sys.argv[1:]
    where = socket.inet_aton(here), socket.inet_aton(there)
    asyncio.run(run(Path(named), *where, Path(files[0]) if files else None))
