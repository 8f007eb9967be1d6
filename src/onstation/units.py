"""The conversions the program uses, each named after both units."""

M_PER_KM = 1000.0
M_PER_NM = 1852.0
M_PER_MI = 1609.344
M_PER_FT = 0.3048
KM_PER_MI = 1.609344
MPS_PER_KT = M_PER_NM / 3600.0
MS_PER_S = 1000
MS_PER_MIN = 60_000
MS_PER_DAY = 86_400_000
DAYS_PER_MONTH = 30.4375
"""Mean length of a Gregorian month over four years (365.25 / 12). [d]"""
