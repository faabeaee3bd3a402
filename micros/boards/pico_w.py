"""Raspberry Pi Pico W.

Free of the default UART (0, 1) and of what leads to the radio (23, 24, 25, 29), after the
maker's "Raspberry Pi Pico W Datasheet", chapter 2; 26-28 are the analog inputs. The LED hangs
on the radio: 64 is its WL_GPIO0 (see port/rp2). Two pins of one PWM slice share a frequency:
pwm_0 and pwm_1 are such a pair, all others have a slice of their own ("RP2040 Datasheet", 4.5.2).
extirq is pwm_4, as on all boards; every pin has a pull-up and interrupts.
stepper_1 to stepper_4 are four in a row, which irq1 to irq3 share; motor_1 is
pwm_2, motor_2 pwm_3, their inputs are simple_0 to simple_2 and irq1; pir is irq4, the rotary
encoder irq1 to irq3.
neopixel_0 is irq4, buzzer_0 irq3, whose slice nobody else has; dimmer_0 is pwm_0; cold_0 and
warm_0 are pwm_4 and pwm_5, two slices.
uart_tx is pwm_2, uart_rx button_0.
"""

PINS = """
builtin 64
pwm_0 6 pwm_1 7 pwm_2 8 pwm_3 10 pwm_4 12 pwm_5 14
i2c_sda 4 i2c_scl 5
simple_0 16 simple_1 17 simple_2 18
adc_0 26 light_in 27 gas_in 28
dht 15 onewire 13 trigger 2 echo 3 button_0 9 relay_0 11
neopixel_0 22 buzzer_0 21 dimmer_0 6 cold_0 12 warm_0 14
uart_tx 8 uart_rx 9
extirq 12 irq1 19 irq2 20 irq3 21 irq4 22
stepper_1 18 stepper_2 19 stepper_3 20 stepper_4 21
motor_1 8 motor_1a 16 motor_1b 17 motor_2 10 motor_2a 18 motor_2b 19
pir 22 rotary_a 19 rotary_b 20 rotary_sw 21
"""  # as text: names of a dictionary would stay in memory for good
OUTPUTS = "0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 26 27 28"
OTHERS = " 64"
