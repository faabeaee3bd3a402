"""ESP8266 NodeMCU and D1 mini, the map of the v0.4 release.

Light and level are opposite on 16. 16 has no PWM, and 9 and 10 are free only where the flash
is wired for two data lines ("ESP8266 Hardware Design Guidelines"; MicroPython's quick
reference lists neither): unverified.
"""

PINS = {
    "builtin": 16,
    "pwm_0": 15,
    "pwm_1": 13,
    "pwm_2": 2,
    "pwm_3": 0,
    "pwm_4": 12,
    "pwm_5": 14,
    "i2c_sda": 4,
    "i2c_scl": 5,
    "simple_0": 16,
    "simple_1": 10,
    "simple_2": 9,
    "adc_0": 0,
}
