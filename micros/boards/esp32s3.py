"""ESP32-S3-DevKitC-1 and boards with its pins.

Free of strapping pins (0, 3, 45, 46), USB (19, 20) and UART0 (43, 44); 26-32 are flash and PSRAM,
and 33-37 too where they have eight data lines: no pins of ours. After the maker's
"ESP32-S3-DevKitC-1 v1.1 User Guide" (header block) and "ESP-IDF Programming Guide, ESP32-S3,
GPIO" (GPIO summary).
Its built-in light on 38 (on 48 with v1.0) is an addressable one, so `builtin` shows nothing
there. adc_0 is one of ADC1: ADC2 is the radio's. dht is simple_1, onewire simple_2, trigger
pwm_3, relay_0 simple_0, button_0 irq4; extirq is pwm_4.
No board has been tried: unverified.
stepper_1 to stepper_4 are irq1 to irq3 and pwm_5, neopixel_0 is the built-in light (a strip may
follow it in its place), buzzer_0 irq3, dimmer_0 pwm_0, cold_0 and warm_0 pwm_4 and pwm_5,
gas_in pwm_1.
uart_tx is irq1, uart_rx irq2, as are both contacts of the rotary encoder, whose button is irq4.
motor_1 with its inputs is pwm_0 to pwm_2, motor_2 pwm_3, simple_0 and simple_2.
"""

PINS = """
builtin 38
pwm_0 4 pwm_1 5 pwm_2 6 pwm_3 7 pwm_4 15 pwm_5 16
i2c_sda 8 i2c_scl 9
simple_0 10 simple_1 11 simple_2 12
adc_0 1 light_in 2 gas_in 5
dht 11 onewire 12 trigger 7 echo 13 button_0 47 relay_0 10
uart_tx 17 uart_rx 18
extirq 15 irq1 17 irq2 18 irq3 21 irq4 47
stepper_1 17 stepper_2 18 stepper_3 21 stepper_4 16
neopixel_0 38 buzzer_0 21 dimmer_0 4 cold_0 15 warm_0 16
motor_1 4 motor_1a 5 motor_1b 6 motor_2 7 motor_2a 10 motor_2b 12
pir 14 rotary_a 17 rotary_b 18 rotary_sw 47
"""  # as text: names of a dictionary would stay in memory for good
OUTPUTS = "0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 38 39 40 41 42 43 44 45 46 47 48"
OTHERS = ""
