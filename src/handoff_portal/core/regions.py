"""Regions by name, and the main time zone of every country and region (tables only, no rules).

Region codes are ISO 3166-2; zones are names of the IANA time zone database (2026f, zone.tab). Where a place
has several zones, the one where most people live stands for it: parts of Texas, Florida, Indiana, Kentucky,
Tennessee, Michigan, the Dakotas, Nebraska, Kansas, Idaho, Oregon, Alaska, Ontario, Quebec, British Columbia
and New South Wales differ, so a zone known for the customer always goes before this guess.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

_US = """
AL Alabama, AK Alaska, AZ Arizona, AR Arkansas, CA California, CO Colorado, CT Connecticut, DE Delaware,
DC District of Columbia, FL Florida, GA Georgia, HI Hawaii, ID Idaho, IL Illinois, IN Indiana, IA Iowa,
KS Kansas, KY Kentucky, LA Louisiana, ME Maine, MD Maryland, MA Massachusetts, MI Michigan, MN Minnesota,
MS Mississippi, MO Missouri, MT Montana, NE Nebraska, NV Nevada, NH New Hampshire, NJ New Jersey,
NM New Mexico, NY New York, NC North Carolina, ND North Dakota, OH Ohio, OK Oklahoma, OR Oregon,
PA Pennsylvania, PR Puerto Rico, RI Rhode Island, SC South Carolina, SD South Dakota, TN Tennessee,
TX Texas, UT Utah, VT Vermont, VA Virginia, WA Washington, WV West Virginia, WI Wisconsin, WY Wyoming
"""
_AU = """
ACT Australian Capital Territory, NSW New South Wales, NT Northern Territory, QLD Queensland,
SA South Australia, TAS Tasmania, VIC Victoria, WA Western Australia
"""
_GB = "ENG England, NIR Northern Ireland, SCT Scotland, WLS Wales"
_CA = """
AB Alberta, BC British Columbia, MB Manitoba, NB New Brunswick, NL Newfoundland and Labrador,
NS Nova Scotia, NT Northwest Territories, NU Nunavut, ON Ontario, PE Prince Edward Island, QC Quebec,
SK Saskatchewan, YT Yukon
"""


def _pairs(table: str) -> dict[str, str]:
    """Read "CODE words, CODE words" as a mapping."""
    return {code: words for code, _, words in (entry.strip().partition(" ") for entry in table.split(","))}


REGIONS: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {
        country: MappingProxyType({f"{country}-{code}": name for code, name in _pairs(table).items()})
        for country, table in (("AU", _AU), ("CA", _CA), ("GB", _GB), ("US", _US))
    }
)
"""Country to its regions: ISO 3166-2 code and name. Singapore has none that matter here."""

_REGION_ZONES = """
US-AL America/Chicago, US-AK America/Anchorage, US-AZ America/Phoenix, US-AR America/Chicago,
US-CA America/Los_Angeles, US-CO America/Denver, US-HI Pacific/Honolulu, US-ID America/Boise,
US-IL America/Chicago, US-IN America/Indiana/Indianapolis, US-IA America/Chicago, US-KS America/Chicago,
US-LA America/Chicago, US-MI America/Detroit, US-MN America/Chicago, US-MS America/Chicago,
US-MO America/Chicago, US-MT America/Denver, US-NE America/Chicago, US-NV America/Los_Angeles,
US-NM America/Denver, US-ND America/Chicago, US-OK America/Chicago, US-OR America/Los_Angeles,
US-PR America/Puerto_Rico, US-SD America/Chicago, US-TN America/Chicago, US-TX America/Chicago,
US-UT America/Denver, US-WA America/Los_Angeles, US-WI America/Chicago, US-WY America/Denver,
AU-ACT Australia/Sydney, AU-NSW Australia/Sydney, AU-NT Australia/Darwin, AU-QLD Australia/Brisbane,
AU-SA Australia/Adelaide, AU-TAS Australia/Hobart, AU-VIC Australia/Melbourne, AU-WA Australia/Perth,
CA-AB America/Edmonton, CA-BC America/Vancouver, CA-MB America/Winnipeg, CA-NB America/Moncton,
CA-NL America/St_Johns, CA-NS America/Halifax, CA-NT America/Edmonton, CA-NU America/Iqaluit,
CA-ON America/Toronto, CA-PE America/Halifax, CA-QC America/Toronto, CA-SK America/Regina,
CA-YT America/Whitehorse
"""

_COUNTRY_ZONES = """
    AD Europe/Andorra, AE Asia/Dubai, AF Asia/Kabul, AG America/Antigua, AI America/Anguilla,
    AL Europe/Tirane, AM Asia/Yerevan, AO Africa/Luanda, AR America/Argentina/Buenos_Aires,
    AS Pacific/Pago_Pago, AT Europe/Vienna, AU Australia/Sydney, AW America/Aruba, AX Europe/Mariehamn,
    AZ Asia/Baku, BA Europe/Sarajevo, BB America/Barbados, BD Asia/Dhaka, BE Europe/Brussels,
    BF Africa/Ouagadougou, BG Europe/Sofia, BH Asia/Bahrain, BI Africa/Bujumbura, BJ Africa/Porto-Novo,
    BL America/St_Barthelemy, BM Atlantic/Bermuda, BN Asia/Brunei, BO America/La_Paz,
    BQ America/Kralendijk, BR America/Sao_Paulo, BS America/Nassau, BT Asia/Thimphu, BW Africa/Gaborone,
    BY Europe/Minsk, BZ America/Belize, CA America/Toronto, CC Indian/Cocos, CD Africa/Kinshasa,
    CF Africa/Bangui, CG Africa/Brazzaville, CH Europe/Zurich, CI Africa/Abidjan, CK Pacific/Rarotonga,
    CL America/Santiago, CM Africa/Douala, CN Asia/Shanghai, CO America/Bogota, CR America/Costa_Rica,
    CU America/Havana, CV Atlantic/Cape_Verde, CW America/Curacao, CX Indian/Christmas, CY Asia/Nicosia,
    CZ Europe/Prague, DE Europe/Berlin, DJ Africa/Djibouti, DK Europe/Copenhagen, DM America/Dominica,
    DO America/Santo_Domingo, DZ Africa/Algiers, EC America/Guayaquil, EE Europe/Tallinn, EG Africa/Cairo,
    EH Africa/El_Aaiun, ER Africa/Asmara, ES Europe/Madrid, ET Africa/Addis_Ababa, FI Europe/Helsinki,
    FJ Pacific/Fiji, FK Atlantic/Stanley, FM Pacific/Pohnpei, FO Atlantic/Faroe, FR Europe/Paris,
    GA Africa/Libreville, GB Europe/London, GD America/Grenada, GE Asia/Tbilisi, GF America/Cayenne,
    GG Europe/Guernsey, GH Africa/Accra, GI Europe/Gibraltar, GL America/Nuuk, GM Africa/Banjul,
    GN Africa/Conakry, GP America/Guadeloupe, GQ Africa/Malabo, GR Europe/Athens,
    GS Atlantic/South_Georgia, GT America/Guatemala, GU Pacific/Guam, GW Africa/Bissau, GY America/Guyana,
    HK Asia/Hong_Kong, HN America/Tegucigalpa, HR Europe/Zagreb, HT America/Port-au-Prince,
    HU Europe/Budapest, ID Asia/Jakarta, IE Europe/Dublin, IL Asia/Jerusalem, IM Europe/Isle_of_Man,
    IN Asia/Kolkata, IO Indian/Chagos, IQ Asia/Baghdad, IR Asia/Tehran, IS Atlantic/Reykjavik,
    IT Europe/Rome, JE Europe/Jersey, JM America/Jamaica, JO Asia/Amman, JP Asia/Tokyo, KE Africa/Nairobi,
    KG Asia/Bishkek, KH Asia/Phnom_Penh, KI Pacific/Tarawa, KM Indian/Comoro, KN America/St_Kitts,
    KP Asia/Pyongyang, KR Asia/Seoul, KW Asia/Kuwait, KY America/Cayman, KZ Asia/Almaty,
    LA Asia/Vientiane, LB Asia/Beirut, LC America/St_Lucia, LI Europe/Vaduz, LK Asia/Colombo,
    LR Africa/Monrovia, LS Africa/Maseru, LT Europe/Vilnius, LU Europe/Luxembourg, LV Europe/Riga,
    LY Africa/Tripoli, MA Africa/Casablanca, MC Europe/Monaco, MD Europe/Chisinau, ME Europe/Podgorica,
    MF America/Marigot, MG Indian/Antananarivo, MH Pacific/Majuro, MK Europe/Skopje, ML Africa/Bamako,
    MM Asia/Yangon, MN Asia/Ulaanbaatar, MO Asia/Macau, MP Pacific/Saipan, MQ America/Martinique,
    MR Africa/Nouakchott, MS America/Montserrat, MT Europe/Malta, MU Indian/Mauritius, MV Indian/Maldives,
    MW Africa/Blantyre, MX America/Mexico_City, MY Asia/Kuala_Lumpur, MZ Africa/Maputo,
    NA Africa/Windhoek, NC Pacific/Noumea, NE Africa/Niamey, NF Pacific/Norfolk, NG Africa/Lagos,
    NI America/Managua, NL Europe/Amsterdam, NO Europe/Oslo, NP Asia/Kathmandu, NR Pacific/Nauru,
    NU Pacific/Niue, NZ Pacific/Auckland, OM Asia/Muscat, PA America/Panama, PE America/Lima,
    PF Pacific/Tahiti, PG Pacific/Port_Moresby, PH Asia/Manila, PK Asia/Karachi, PL Europe/Warsaw,
    PM America/Miquelon, PN Pacific/Pitcairn, PR America/Puerto_Rico, PS Asia/Hebron, PT Europe/Lisbon,
    PW Pacific/Palau, PY America/Asuncion, QA Asia/Qatar, RE Indian/Reunion, RO Europe/Bucharest,
    RS Europe/Belgrade, RU Europe/Moscow, RW Africa/Kigali, SA Asia/Riyadh, SB Pacific/Guadalcanal,
    SC Indian/Mahe, SD Africa/Khartoum, SE Europe/Stockholm, SG Asia/Singapore, SH Atlantic/St_Helena,
    SI Europe/Ljubljana, SJ Arctic/Longyearbyen, SK Europe/Bratislava, SL Africa/Freetown,
    SM Europe/San_Marino, SN Africa/Dakar, SO Africa/Mogadishu, SR America/Paramaribo, SS Africa/Juba,
    ST Africa/Sao_Tome, SV America/El_Salvador, SX America/Lower_Princes, SY Asia/Damascus,
    SZ Africa/Mbabane, TC America/Grand_Turk, TD Africa/Ndjamena, TG Africa/Lome, TH Asia/Bangkok,
    TJ Asia/Dushanbe, TK Pacific/Fakaofo, TL Asia/Dili, TM Asia/Ashgabat, TN Africa/Tunis,
    TO Pacific/Tongatapu, TR Europe/Istanbul, TT America/Port_of_Spain, TV Pacific/Funafuti,
    TW Asia/Taipei, TZ Africa/Dar_es_Salaam, UA Europe/Kyiv, UG Africa/Kampala, US America/New_York,
    UY America/Montevideo, UZ Asia/Tashkent, VA Europe/Vatican, VC America/St_Vincent, VE America/Caracas,
    VG America/Tortola, VI America/St_Thomas, VN Asia/Ho_Chi_Minh, VU Pacific/Efate, WF Pacific/Wallis,
    WS Pacific/Apia, YE Asia/Aden, YT Indian/Mayotte, ZA Africa/Johannesburg, ZM Africa/Lusaka,
    ZW Africa/Harare
"""

ZONES: Final[Mapping[str, str]] = MappingProxyType({**_pairs(_COUNTRY_ZONES), **_pairs(_REGION_ZONES)})
"""ISO 3166-1 alpha-2 or 3166-2 code to IANA zone; US states that are missing keep the zone of the country."""
