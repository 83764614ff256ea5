"""Reading when, where and how a customer does not want contact: times, places, channels, addresses."""

from collections.abc import Iterable

from handoff_portal.guard.model.reading import Fields
from handoff_portal.guard.model.situation import Closed, Wish
from handoff_portal.guard.model.spellings import CHANNELS, UNWELCOME_AT
from handoff_portal.guard.model.terms import Channel, Where
from handoff_portal.guard.model.values import BadValue, one_of, plain_word, second_of_day, weekdays, window

_WHOLE_DAY = (0, 24 * 3600)
_EVERYTHING = frozenset({"all", "everything", "any", "true"})
_TO_ADDRESS = frozenset({Channel.EMAIL, Channel.WORK_EMAIL})
_TO_NUMBER = frozenset({Channel.CALL, Channel.SMS, Channel.WORKPLACE_CALL})


def channel(value: object) -> Channel:
    """A channel in one of its spellings."""
    word = plain_word(value)
    return one_of(Channel, CHANNELS.get(word, word))


def wishes(fields: Fields) -> tuple[Wish, ...]:
    """Times and places that the customer called inconvenient."""
    given = fields.take("inconvenient", "inconvenient_times")
    if isinstance(given, dict):
        given = [given]
    if given is not None and not isinstance(given, list):
        fields.mistake("inconvenient", "must be a list of times with days, start and end")
        given = None
    found = [_wish(fields.item("inconvenient", number, one)) for number, one in enumerate(given or ())]
    avoided = _listed(fields.take("inconvenient_places", "inconvenient_place"))
    known = [_unwelcome_at(one) for one in avoided]
    for one, named in zip(known, avoided, strict=True):
        if one is None:
            fields.leave(f"inconvenient_places: {named}")
    places = frozenset(one for one in known if one)
    return tuple(one for one in (*found, _everyday(places)) if one)


def _wish(fields: Fields) -> Wish | None:
    named = fields.take("place", "places")
    places = {_unwelcome_at(one) for one in _listed(named)}
    start, end = _times(fields)
    days = fields.optional("days", weekdays, "day")
    channels = fields.optional("channels", _channels, "channel")
    fields.close()
    if None in places:
        fields.leave(f"place: {named}")
    if named is not None and places == {None}:
        return None
    return Wish(
        days=frozenset(range(7)) if days is None else days,
        start=start,
        end=end,
        channels=channels or frozenset(),
        places=frozenset(one for one in places if one),
    )


def _times(fields: Fields) -> tuple[int, int]:
    start = fields.optional("start", second_of_day, "from")
    end = fields.optional("end", second_of_day, "to", "until")
    return start or 0, _WHOLE_DAY[1] if end is None else end


def _everyday(places: frozenset[Where]) -> Wish | None:
    return Wish(days=frozenset(range(7)), start=0, end=_WHOLE_DAY[1], places=places) if places else None


def _unwelcome_at(value: object) -> Where | None:
    """A place that contacts reach; None for one that they do not tell apart."""
    try:
        return Where(UNWELCOME_AT.get(plain_word(value), plain_word(value)))
    except ValueError:
        return None


def _channels(value: object) -> frozenset[Channel]:
    return frozenset(channel(one) for one in _listed(value))


def _listed(value: object) -> list[object]:
    if value is None or value is False:
        return []
    return value if isinstance(value, list) else [value]


def opted_out(fields: Fields) -> tuple[frozenset[Channel], tuple[Closed, ...]]:
    """Channels that the customer opted out of, and single addresses and numbers."""
    channels: set[Channel] = set()
    closed: list[Closed] = []
    for one in _wanted_off(fields.take("opted_out", "opt_outs", "opt_out")):
        try:
            _close(one, channels, closed)
        except BadValue as bad:
            fields.mistake("opted_out", f"{bad}, and no address or number")
    return frozenset(channels), tuple(closed)


def _wanted_off(value: object) -> Iterable[object]:
    """The parts of an opt-out: a mapping of channels to true or false, a list, or a single one."""
    if isinstance(value, dict) and not {"channel", "address", "number"} & value.keys():
        return [name for name, off in value.items() if off is not False and off is not None]
    return _listed(value)


def _close(one: object, channels: set[Channel], closed: list[Closed]) -> None:
    if isinstance(one, dict):
        address = one.get("address") or one.get("number") or one.get("email")
        named = frozenset({channel(one["channel"])}) if one.get("channel") else _reached_at(str(address))
        if address:
            closed.append(Closed(channels=named, address=address_of(address)))
        else:
            channels.update(named)
    elif plain_word(one) in _EVERYTHING:
        channels.update(Channel)
    elif reached := _reached_at(str(one)):
        closed.append(Closed(channels=reached, address=address_of(one)))
    else:
        channels.add(channel(one))


def _reached_at(address: str) -> frozenset[Channel]:
    """The channels that an address or a telephone number is for; empty if it is neither."""
    if "@" in address:
        return _TO_ADDRESS
    return _TO_NUMBER if sum(map(str.isdigit, address)) > len("12345") else frozenset()


def address_of(value: object) -> str:
    """An address or number in the form in which it is compared."""
    word = str(value).strip().casefold()
    if "@" in word:
        return word
    return "".join(sign for sign in word if sign.isdigit()) or word


def work_hours(value: object) -> tuple[int, int]:
    """Begin and end of the customer's day at work: two times in a list or a text, or under start and end.

    Raises:
        BadValue: They cannot be read.
    """
    if isinstance(value, dict):
        value = [value.get("start", value.get("from")), value.get("end", value.get("to"))]
    if isinstance(value, str):
        return window(value)
    if not isinstance(value, list) or len(value) != len(("start", "end")):
        raise BadValue("must be two times, begin and end")
    return second_of_day(value[0]), second_of_day(value[1])
