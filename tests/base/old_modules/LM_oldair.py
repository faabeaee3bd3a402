from LogicalPins import get_pin_on_platform_by_key
import machine, time
__DHT = None
__ADC = None


def __dht():
    global __DHT
    if __DHT is None:
        from dht import DHT22
        __DHT = DHT22(machine.Pin(get_pin_on_platform_by_key('simple_1')))
    return __DHT


def __adc():
    global __ADC
    if __ADC is None:
        from sys import platform
        number = get_pin_on_platform_by_key('adc_0')
        if 'esp8266' in platform:
            __ADC = machine.ADC(number)
        else:
            __ADC = machine.ADC(machine.Pin(number))
            __ADC.atten(machine.ADC.ATTN_11DB)
            __ADC.width(machine.ADC.WIDTH_10BIT)
    return __ADC


def measure():
    sensor = __dht()
    sensor.measure()
    time.sleep_ms(5)
    return {"temp": "{} ºC".format(sensor.temperature()), "hum": "{} %".format(sensor.humidity())}


def light():
    return __adc().read()
