"""ESP32-C6-DevKitC-1 and boards with its pins.

Free of strapping pins (4, 5, 8, 9, 15), USB (12, 13) and UART0 (16, 17); 24-30 are flash and 14
is not led out: no pins of ours. After the maker's "ESP32-C6-DevKitC-1 v1.2 User Guide" (header
block) and "ESP-IDF Programming Guide, ESP32-C6, GPIO" (GPIO summary).
Its built-in light on 8 is an addressable one, so `builtin` shows nothing there.
The board has few pins: irq2 is simple_0, irq3 simple_1, echo irq1, button_0 irq4; extirq is
pwm_4. dht is simple_1, onewire simple_2, trigger pwm_3, relay_0 simple_0.
No board has been tried: unverified.
stepper_1 to stepper_4 are pwm_0 to pwm_3, neopixel_0 is the built-in light (a strip may follow it
in its place), buzzer_0 pwm_2, dimmer_0 pwm_0, cold_0 and warm_0 pwm_4 and pwm_5,
light_in irq1, gas_in pwm_1.
uart_tx is pwm_4, uart_rx pwm_5; motor_1 with its inputs is pwm_0 to pwm_2, motor_2 pwm_3, simple_0
and simple_2; pir is irq1, the rotary encoder pwm_4, pwm_5 and irq4.
"""

PINS = """
builtin 8
pwm_0 2 pwm_1 3 pwm_2 10 pwm_3 11 pwm_4 18 pwm_5 19
i2c_sda 6 i2c_scl 7
simple_0 20 simple_1 21 simple_2 22
adc_0 0 light_in 1 gas_in 3
dht 21 onewire 22 trigger 11 echo 1 button_0 23 relay_0 20
uart_tx 18 uart_rx 19
extirq 18 irq1 1 irq2 20 irq3 21 irq4 23
stepper_1 2 stepper_2 3 stepper_3 10 stepper_4 11
neopixel_0 8 buzzer_0 10 dimmer_0 2 cold_0 18 warm_0 19
motor_1 2 motor_1a 3 motor_1b 10 motor_2 11 motor_2a 20 motor_2b 22
pir 1 rotary_a 18 rotary_b 19 rotary_sw 23
"""  # as text: names of a dictionary would stay in memory for good
OUTPUTS = "0 1 2 3 4 5 6 7 8 9 10 11 12 13 15 16 17 18 19 20 21 22 23"
OTHERS = ""
