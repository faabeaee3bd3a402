"""ESP32-C3-DevKitM-1 and boards with its pins.

Free of strapping pins (2, 8, 9), flash (12-17), USB (18, 19) and UART0 (20, 21), after the
maker's "ESP32-C3-DevKitM-1 User Guide"; its built-in light on 8 is an addressable one, so
`builtin` shows nothing there; on the small "SuperMini" boards 8 is a plain LED: unverified.
The chip has few pins: pwm_3, pwm_4, pwm_5 share theirs with simple_0, simple_1, simple_2, and
all events share theirs: extirq is pwm_4, irq1 pwm_3, irq2 pwm_5, irq3 and irq4 are the I2C bus.
dht is pwm_0, onewire pwm_1, trigger pwm_2, echo pwm_4,
button_0 irq3, relay_0 simple_0; stepper_1 to stepper_4 are pwm_0 to pwm_3;
the motors have them, too, and the I2C bus; pir is pwm_5, the rotary encoder pwm_1, pwm_2, irq3.
light_in is echo, gas_in onewire, adc_0 pwm_5.
neopixel_0 is 8, the built-in light: a strip may follow it in place
of that light. buzzer_0 is pwm_2, dimmer_0 pwm_0, cold_0 and warm_0 are pwm_4 and pwm_5.
uart_tx is onewire, uart_rx trigger.
"""

PINS = """
builtin 8
pwm_0 3 pwm_1 4 pwm_2 5 pwm_3 10 pwm_4 1 pwm_5 0
i2c_sda 6 i2c_scl 7
simple_0 10 simple_1 1 simple_2 0
adc_0 0 light_in 1 gas_in 4
dht 3 onewire 4 trigger 5 echo 1 button_0 7 relay_0 10
neopixel_0 8 buzzer_0 5 dimmer_0 3 cold_0 1 warm_0 0
uart_tx 4 uart_rx 5
extirq 1 irq1 10 irq2 0 irq3 7 irq4 6
stepper_1 3 stepper_2 4 stepper_3 5 stepper_4 10
motor_1 3 motor_1a 4 motor_1b 5 motor_2 10 motor_2a 6 motor_2b 7
pir 0 rotary_a 4 rotary_b 5 rotary_sw 7
"""  # as text: names of a dictionary would stay in memory for good
OUTPUTS = "0 1 2 3 4 5 6 7 8 9 10 18 19 20 21"
OTHERS = ""
