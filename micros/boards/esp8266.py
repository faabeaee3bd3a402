"""ESP8266 NodeMCU and D1 mini, the map of the v0.4 release.

Light and level are opposite on 16. 16 has no PWM, and 9 and 10 are free only where the flash
is wired for two data lines ("ESP8266 Hardware Design Guidelines"; MicroPython's quick
reference lists neither): unverified. 16 has no interrupt, and 0, 2, 15 decide how the chip starts;
so the events share their pins: extirq is pwm_4, irq1 pwm_5, irq2 pwm_1, irq3 and irq4 are the
I2C bus. dht is pwm_2, whose pull-up a DHT wants and the start of the chip, too.
onewire is pwm_5, trigger pwm_4, echo pwm_1; button_0
is 0, where NodeMCU boards have one, and relay_0 5, as on the relay shield of the D1 mini;
stepper_1 to stepper_4 are the I2C bus, pwm_5 and pwm_4; motor_1 is pwm_5,
motor_2b 15, which has to be low at the start; pir is pwm_4, the rotary encoder pwm_5, pwm_4, 0.
light_in and gas_in are adc_0: the chip has but one, its pin A0; 17 stands for it, for 0 is another.
simple_0 is builtin.
neopixel_0 is pwm_1, for a strip's bits go out on all but 16. buzzer_0 is pwm_5, dimmer_0 pwm_0;
cold_0 and warm_0 are pwm_4 and pwm_5.
uart_tx and uart_rx are names alone: no port of it can read but the console.
"""

PINS = """
builtin 16
pwm_0 15 pwm_1 13 pwm_2 2 pwm_3 0 pwm_4 12 pwm_5 14
i2c_sda 4 i2c_scl 5
simple_0 16 simple_1 10 simple_2 9
adc_0 17 light_in 17 gas_in 17
dht 2 onewire 14 trigger 12 echo 13 button_0 0 relay_0 5
neopixel_0 13 buzzer_0 14 dimmer_0 15 cold_0 12 warm_0 14
uart_tx 2 uart_rx 13
extirq 12 irq1 14 irq2 13 irq3 5 irq4 4
stepper_1 5 stepper_2 4 stepper_3 14 stepper_4 12
motor_1 14 motor_1a 12 motor_1b 13 motor_2 4 motor_2a 5 motor_2b 15
pir 12 rotary_a 14 rotary_b 12 rotary_sw 0
"""  # as text: names of a dictionary would stay in memory for good
OUTPUTS = "0 1 2 3 4 5 9 10 12 13 14 15 16"
OTHERS = " 17"  # A0
