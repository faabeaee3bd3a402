"""QT Py ESP32-S3 of Adafruit (4 MB of flash and 2 MB of PSRAM, or 8 MB without).

No pin of the map but the button is one of strapping (0, 3, 45, 46); 26-32 are flash and PSRAM, 19
and 20 USB, the only console: no pins of ours. After Espressif's own board file (arduino-esp32,
variants/adafruit_qtpy_esp32s3_n4r2/pins_arduino.h). i2c_sda and i2c_scl are those of the STEMMA
QT socket; those of the header are simple_0 (SDA) and simple_1 (SCL). pwm_0 to pwm_3 are A0 to A3,
pwm_4 is MO, pwm_5 SCK, simple_2 MI, adc_0 TX (ADC1: ADC2 is the radio's), irq1 RX.
Its built-in light on 39, with its power on 38, is an addressable one, so `builtin` shows nothing.
The board has few pins: irq2 is simple_0, irq3 simple_1, irq4 simple_2, echo irq1; extirq is
pwm_4. dht is simple_1, onewire simple_2, trigger pwm_3, relay_0 simple_0; button_0 is its BOOT.
No board has been tried: unverified.
stepper_1 to stepper_4 are pwm_0 to pwm_3, neopixel_0 is the built-in light, which has power with
the setting `poweron 38:on`, buzzer_0 pwm_2, dimmer_0 pwm_0, cold_0 and warm_0 pwm_4 and pwm_5,
light_in pwm_3, gas_in pwm_2.
uart_tx is adc_0, uart_rx irq1; motor_1 with its inputs is pwm_0 to pwm_2, motor_2 pwm_3, simple_0
and simple_1; pir is irq1, the rotary encoder pwm_4, pwm_5 and simple_2.
"""

PINS = """
builtin 39
pwm_0 18 pwm_1 17 pwm_2 9 pwm_3 8 pwm_4 35 pwm_5 36
i2c_sda 41 i2c_scl 40
simple_0 7 simple_1 6 simple_2 37
adc_0 5 light_in 8 gas_in 9
dht 6 onewire 37 trigger 8 echo 16 button_0 0 relay_0 7
uart_tx 5 uart_rx 16
extirq 35 irq1 16 irq2 7 irq3 6 irq4 37
stepper_1 18 stepper_2 17 stepper_3 9 stepper_4 8
neopixel_0 39 buzzer_0 9 dimmer_0 18 cold_0 35 warm_0 36
motor_1 18 motor_1a 17 motor_1b 9 motor_2 8 motor_2a 7 motor_2b 6
pir 16 rotary_a 35 rotary_b 36 rotary_sw 37
"""  # as text: names of a dictionary would stay in memory for good
OUTPUTS = "0 5 6 7 8 9 16 17 18 35 36 37 38 39 40 41"
OTHERS = ""
