"""ESP32 DevKit (ESP32-DevKitC and DevKit v1 with an ESP-WROOM-32).

Free of strapping pins (0, 2, 5, 12, 15), flash (6-11) and UART0 (1, 3), after the maker's
"ESP32-DevKitC V4 Getting Started Guide" and the ESP32 datasheet; 34-39 are inputs only.
extirq is pwm_4, as in the v0.4 release; irq1 to irq4 are free of other names. All of them have
pull-ups, which 34-39 lack. dht is simple_1, onewire simple_2, trigger pwm_3; echo is an
input only; button_0 is irq4, relay_0 simple_0; stepper_1 to stepper_4 are irq1 to irq3, pwm_5;
motor_1 is pwm_0, motor_2 pwm_1; pir is irq1, the rotary encoder irq3, pwm_5 and irq4.
light_in and gas_in are inputs only, too.
neopixel_0 is irq2, buzzer_0 irq3; dimmer_0 is pwm_0, cold_0 and warm_0 are pwm_4 and pwm_5.
`builtin` is 2 on the DevKit v1; the maker's DevKitC has no LED of its own: unverified.
uart_tx is simple_1, uart_rx simple_0.
"""

PINS = """
builtin 2
pwm_0 14 pwm_1 13 pwm_2 27 pwm_3 26 pwm_4 25 pwm_5 33
i2c_sda 21 i2c_scl 22
simple_0 16 simple_1 17 simple_2 18
adc_0 34 light_in 36 gas_in 39
dht 17 onewire 18 trigger 26 echo 35 button_0 4 relay_0 16
neopixel_0 23 buzzer_0 32 dimmer_0 14 cold_0 25 warm_0 33
uart_tx 17 uart_rx 16
extirq 25 irq1 19 irq2 23 irq3 32 irq4 4
stepper_1 19 stepper_2 23 stepper_3 32 stepper_4 33
motor_1 14 motor_1a 27 motor_1b 32 motor_2 13 motor_2a 16 motor_2b 17
pir 19 rotary_a 32 rotary_b 33 rotary_sw 4
"""  # as text: names of a dictionary would stay in memory for good
OUTPUTS = "0 1 2 3 4 5 12 13 14 15 16 17 18 19 21 22 23 25 26 27 32 33"
OTHERS = " 34 35 36 37 38 39"  # inputs only
