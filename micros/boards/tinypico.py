"""TinyPICO of Unexpected Maker, with an ESP32-PICO-D4.

Free of strapping pins (0, 2, 5, 12, 15) and UART0 (1, 3); 6-11, 16 and 17 are flash and PSRAM: no
pins of ours. After MicroPython's board file (ports/esp32/boards/UM_TINYPICO, pins.csv and
modules/tinypico.py) and the ESP32-PICO-D4 datasheet. Which of them its header leads out (4, 5,
14, 15, 18, 19, 21, 22, 23, 25, 26, 27, 32, 33): unverified.
Its built-in light is an addressable one, data on 2, clock on 12, power on 13 (on when low):
`builtin` shows nothing. adc_0 is what measures the battery, 34 tells that it is charged.
The board has few pins: irq2 is simple_0, irq3 simple_1, irq4 simple_2, echo irq1, button_0 irq4;
extirq is pwm_4. dht is simple_1, onewire simple_2, trigger pwm_3, relay_0 simple_0.
stepper_1 to stepper_4 are pwm_0 to pwm_3, neopixel_0 is irq1, buzzer_0 pwm_2, dimmer_0 pwm_0,
cold_0 and warm_0 pwm_4 and pwm_5, light_in pwm_4, gas_in pwm_3.
uart_tx is pwm_1, uart_rx pwm_0; motor_1 with its inputs is pwm_0 to pwm_2, motor_2 pwm_5, pwm_4 and
pwm_3; pir is irq1, the rotary encoder simple_0 to simple_2.
"""

PINS = """
builtin 2
pwm_0 25 pwm_1 26 pwm_2 27 pwm_3 32 pwm_4 33 pwm_5 14
i2c_sda 21 i2c_scl 22
simple_0 23 simple_1 19 simple_2 18
adc_0 35 light_in 33 gas_in 32
dht 19 onewire 18 trigger 32 echo 4 button_0 18 relay_0 23
uart_tx 26 uart_rx 25
extirq 33 irq1 4 irq2 23 irq3 19 irq4 18
stepper_1 25 stepper_2 26 stepper_3 27 stepper_4 32
neopixel_0 4 buzzer_0 27 dimmer_0 25 cold_0 33 warm_0 14
motor_1 25 motor_1a 26 motor_1b 27 motor_2 14 motor_2a 33 motor_2b 32
pir 4 rotary_a 23 rotary_b 19 rotary_sw 18
"""  # as text: names of a dictionary would stay in memory for good
OUTPUTS = "0 1 2 3 4 5 12 13 14 15 18 19 21 22 23 25 26 27 32 33"
OTHERS = " 34 35 36 37 38 39"  # inputs only
