"""ESP32-S2-Saola-1 and boards with its pins.

Free of strapping pins (0, 45, 46), USB (19, 20) and UART0 (43, 44); 26-32 are flash and PSRAM and
no pins of ours; 46 is an input only. After the maker's "ESP32-S2-Saola-1 User Guide v1.2" (header
block) and "ESP-IDF Programming Guide, ESP32-S2, GPIO" (GPIO summary).
Its built-in light on 18 is an addressable one, so `builtin` shows nothing there. adc_0 is one of
ADC1: ADC2 is the radio's. dht is simple_1, onewire simple_2, trigger pwm_3, relay_0 simple_0,
button_0 irq4; extirq is pwm_4.
No board has been tried: unverified.
stepper_1 to stepper_4 are irq1 to irq3 and pwm_5, neopixel_0 is the built-in light (a strip may
follow it in its place), buzzer_0 irq3, dimmer_0 pwm_0, cold_0 and warm_0 pwm_4 and pwm_5.
motor_1 with its inputs is pwm_0 to pwm_2, motor_2 pwm_3, simple_0 and simple_2; the rotary encoder
is irq1, irq2 and irq4; pir is uart_rx.
"""

PINS = """
builtin 18
pwm_0 4 pwm_1 5 pwm_2 6 pwm_3 7 pwm_4 10 pwm_5 11
i2c_sda 8 i2c_scl 9
simple_0 12 simple_1 13 simple_2 14
adc_0 1 light_in 2 gas_in 3
dht 13 onewire 14 trigger 7 echo 33 button_0 37 relay_0 12
uart_tx 17 uart_rx 21
extirq 10 irq1 34 irq2 35 irq3 36 irq4 37
stepper_1 34 stepper_2 35 stepper_3 36 stepper_4 11
neopixel_0 18 buzzer_0 36 dimmer_0 4 cold_0 10 warm_0 11
motor_1 4 motor_1a 5 motor_1b 6 motor_2 7 motor_2a 12 motor_2b 14
pir 21 rotary_a 34 rotary_b 35 rotary_sw 37
"""  # as text: names of a dictionary would stay in memory for good
OUTPUTS = (
    "0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 33 34 35 36 37 38 39 40 41 42 43 44 45"
)
OTHERS = " 46"  # an input only
