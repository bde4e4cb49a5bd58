"""What can be chosen about one queue: channel, patience, lines, tiers, call-backs, money?

Every field has the value that assumes least; `wfm.sizing` says which model reads which.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from wfm.errors import BadInput
from wfm.targets import SlRule, Target, Tier, is_number, is_whole
from wfm.timegrid import minutes

CHANNELS = ("voice", "chat", "email", "outbound")
ARRIVALS = ("stationary", "lagged", "offered_load")
_SUM = 1e-9  # shares such as 0.1 + 0.2 + 0.7 add up to 1 only nearly


@dataclass(frozen=True)
class OpeningHours:
    """Open from `open` to `close` (local ``"HH:MM"``) on `weekdays` (Monday 0 to Sunday 6)."""

    weekdays: tuple[int, ...]
    open: str
    close: str

    def __post_init__(self) -> None:
        if any(not 0 <= day <= 6 for day in self.weekdays):
            raise BadInput(f"hours: weekdays are 0 (Monday) to 6 (Sunday), got {self.weekdays}")
        if minutes(self.open) >= minutes(self.close):
            raise BadInput(
                f"hours: open {self.open} is not before close {self.close}; for a night that "
                "passes midnight give two entries, one to 24:00 and one from 00:00"
            )


@dataclass(frozen=True)
class CallBack:
    """The offer to be called back instead of waiting.

    Attributes
    ----------
    threshold_s : float
        Announced wait above which it is made, seconds, >= 0.
    p_accept : float
        Share that takes it, 0 to 1.
    delay : tuple of float
        Shares of the accepted ones called 1, 2, 3 ... intervals later; they add up to 1.
    p_reached : float
        Share of call-backs that reach the customer; the others take no time and are lost.
    aht_s : float or None
        Handle time of a call-back, seconds; None: as the queue's.
    """

    threshold_s: float
    p_accept: float
    delay: tuple[float, ...] = (1.0,)
    p_reached: float = 1.0
    aht_s: float | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.delay, tuple | list):
            raise BadInput(f"call_back: delay is a list of shares, got {self.delay!r}")
        if not (is_number(self.threshold_s) and 0 <= self.threshold_s < math.inf):
            raise BadInput(
                f"call_back: threshold_s is a number of seconds >= 0, got {self.threshold_s!r}"
            )
        shares = {"p_accept": (self.p_accept,), "p_reached": (self.p_reached,), "delay": self.delay}
        for name, values in shares.items():
            for value in values:
                if not (is_number(value) and 0 <= value <= 1):
                    raise BadInput(
                        f"call_back: {name} lies between 0 and 1, got {value!r} - was a percent "
                        "passed?"
                    )
        if abs(sum(self.delay) - 1) > _SUM:
            raise BadInput(f"call_back: delay adds up to 1, got {sum(self.delay):g}")
        if self.aht_s is not None and not (is_number(self.aht_s) and 0 < self.aht_s < math.inf):
            raise BadInput(f"call_back: aht_s is a number of seconds > 0, got {self.aht_s!r}")


@dataclass(frozen=True)
class Outreach:
    """What one success of an outbound campaign takes; see `wfm.queueing.outbound`.

    Attributes
    ----------
    p_connect, p_right_party, p_success : float
        Share of dials that connect, of these with the right party, of these with success; above 0.
    dial_s, connect_s, right_party_s, success_s : float
        Seconds an agent spends on each, >= 0 and not all 0.
    """

    p_connect: float
    p_right_party: float
    p_success: float
    dial_s: float
    connect_s: float = 0.0
    right_party_s: float = 0.0
    success_s: float = 0.0

    def __post_init__(self) -> None:
        for name in ("p_connect", "p_right_party", "p_success"):
            value = getattr(self, name)
            if not (is_number(value) and 0 < value <= 1):
                raise BadInput(
                    f"outreach: {name} is a fraction above 0 and up to 1, got {value!r} - was a "
                    "percent passed?"
                )
        times = ("dial_s", "connect_s", "right_party_s", "success_s")
        for name in times:
            value = getattr(self, name)
            if not (is_number(value) and 0 <= value < math.inf):
                raise BadInput(f"outreach: {name} is a number of seconds >= 0, got {value!r}")
        if not any(getattr(self, name) for name in times):
            raise BadInput(f"outreach: one of {', '.join(times)} is above 0")


@dataclass(frozen=True)
class Queue:
    """One queue: contacts waiting for the same skill with one target.

    Attributes
    ----------
    name : str
        As in the history's `queue`.
    target : Target
    channel : str
        ``"voice"``, ``"chat"``, ``"email"`` (deferrable: `target.awt_s` is the deadline) or
        ``"outbound"`` (nobody waits; an occupancy cap is the only limit).
    aht_s : float or None
        Handle time in seconds, used where the history has none. For chat the duration of one
        chat at the working `concurrency`.
    patience_s : float
        Mean patience in seconds; infinite means nobody abandons (Erlang C).
    concurrency : int
        Contacts one agent serves at once; above 1 only for chat.
    shrinkage : float
        Share of rostered time, breaks and lunch not counted, that is lost to absence, lateness,
        meetings and coaching. Breaks and lunch are in the roster itself.
    share : float
        Share of the forecast volume that this centre serves, 0 to 1; below 1 when several sites
        or vendors serve the queue.
    hours : tuple of OpeningHours
        Empty: inferred from the history.
    synthetic : bool
        The history of this queue was generated, not observed; shown wherever the queue shows.
    lines : int or None
        Trunks: contacts that fit in at once, in service and waiting. None: no limit.
    chance : float or None
        Wanted P(target met), above 0 and below 1, when the volume follows the forecast's
        quantiles. None: the expected volume is taken as known.
    p_retry : float
        Share of the abandoned and blocked contacts that try again, 0 to below 1. The volume then
        means first attempts.
    tiers : tuple of Tier
        Priorities within the queue, best first; each has its target and the queue's own has none.
    arrivals : str
        ``"stationary"``: each interval for itself; ``"lagged"``: contacts still in service count,
        one handle time late; ``"offered_load"``: late and smoothed.
    call_back : CallBack or None
    reserve : int or None
        Blending: agents kept idle for inbound while all others make outbound contacts. None: the
        group makes none.
    outreach : Outreach or None
        Only for the channel ``"outbound"``: the volume then counts successes wanted, else contacts
        of `aht_s` to make.
    cost_per_hour : float or None
        Money per agent hour on duty, in `Scenario.currency`.
    """

    name: str
    target: Target
    channel: str = "voice"
    aht_s: float | None = None
    patience_s: float = math.inf
    concurrency: int = 1
    shrinkage: float = 0.0
    share: float = 1.0
    hours: tuple[OpeningHours, ...] = ()
    synthetic: bool = False
    lines: int | None = None
    chance: float | None = None
    p_retry: float = 0.0
    tiers: tuple[Tier, ...] = ()
    arrivals: str = "stationary"
    call_back: CallBack | None = None
    reserve: int | None = None
    outreach: Outreach | None = None
    cost_per_hour: float | None = None

    def __post_init__(self) -> None:
        where = f"queue {self.name!r}"
        kinds: dict[str, tuple[object, type]] = {
            "target": (self.target, Target), "call_back": (self.call_back, CallBack),
            "outreach": (self.outreach, Outreach),
        }  # fmt: skip
        kinds |= {f"tiers[{i}]": (tier, Tier) for i, tier in enumerate(self.tiers)}
        for field, (value, kind) in kinds.items():
            if not isinstance(value, kind) and (value is not None or field == "target"):
                raise BadInput(f"{where}: {field} is a {kind.__name__}(...), got {value!r}")
        if not self.name or not self.name.isprintable() or ";" in self.name:
            raise BadInput(
                f"queue: name is printable text without ';' (which joins skills in people files), "
                f"got {self.name!r}"
            )
        if self.channel not in CHANNELS:
            raise BadInput(
                f"{where}: channel is one of {', '.join(CHANNELS)}; got {self.channel!r}"
            )
        if self.aht_s is not None and not (is_number(self.aht_s) and 0 < self.aht_s < math.inf):
            raise BadInput(f"{where}: aht_s is a number of seconds > 0, got {self.aht_s!r}")
        if not (is_number(self.patience_s) and self.patience_s > 0):
            raise BadInput(
                f"{where}: patience_s is a number of seconds > 0 (inf: nobody abandons), got "
                f"{self.patience_s!r}"
            )
        if (
            not is_whole(self.concurrency)
            or self.concurrency < 1
            or (self.concurrency > 1 and self.channel != "chat")
        ):
            raise BadInput(
                f"{where}: concurrency is at least 1, and above 1 only for chat; got "
                f"{self.concurrency} on {self.channel}"
            )
        if not (is_number(self.shrinkage) and 0 <= self.shrinkage < 1):
            raise BadInput(
                f"{where}: shrinkage is a fraction 0 <= s < 1, got {self.shrinkage!r} - was a "
                "percent passed?"
            )
        if not (is_number(self.share) and 0 < self.share <= 1):
            raise BadInput(f"{where}: share is a fraction 0 < share <= 1, got {self.share!r}")
        self._check_ranges(where)
        self._check_service(where)
        self._check_combination(where)

    def _check_ranges(self, where: str) -> None:
        if self.lines is not None and not (is_whole(self.lines) and 1 <= self.lines <= 10**7):
            raise BadInput(f"{where}: lines is a whole number 1 to 10,000,000, got {self.lines!r}")
        if self.chance is not None and not (is_number(self.chance) and 0 < self.chance < 1):
            raise BadInput(
                f"{where}: chance is a fraction above 0 and below 1, got {self.chance!r} - was a "
                "percent passed?"
            )
        if not (is_number(self.p_retry) and 0 <= self.p_retry < 1):
            raise BadInput(
                f"{where}: p_retry is a fraction 0 <= p < 1, got {self.p_retry!r} - was a percent "
                "passed?"
            )
        if self.arrivals not in ARRIVALS:
            raise BadInput(
                f"{where}: arrivals is one of {', '.join(ARRIVALS)}; got {self.arrivals!r}"
            )
        if self.reserve is not None and not (is_whole(self.reserve) and self.reserve >= 0):
            raise BadInput(f"{where}: reserve is a whole number >= 0, got {self.reserve!r}")
        cost = self.cost_per_hour
        if cost is not None and not (is_number(cost) and 0 <= cost < math.inf):
            raise BadInput(f"{where}: cost_per_hour is a number >= 0, got {cost!r}")
        if self.tiers:
            total, names = sum(tier.share for tier in self.tiers), [t.name for t in self.tiers]
            if abs(total - 1) > _SUM:
                raise BadInput(f"{where}: the shares of its tiers add up to 1, got {total:g}")
            if len(set(names)) < len(names):
                raise BadInput(f"{where}: two tiers have one name; got {', '.join(names)}")
            if not any(tier.target.limits for tier in self.tiers):
                raise BadInput(f"{where}: no tier has a limit; set one in at least one tier.target")

    def _check_service(self, where: str) -> None:
        """Refuse targets that this queue's channel or model cannot be held to."""
        asked, target = self.target.limits, self.target
        waiting = [name for name in asked if name != "occupancy"]
        if self.channel == "email":
            if not 0 < target.awt_s < math.inf:
                raise BadInput(
                    f"{where}: target.awt_s is the e-mail deadline, a finite number of seconds "
                    f"> 0; got {target.awt_s}"
                )
            if waiting:
                raise BadInput(
                    f"{where}: e-mail is sized so that all of it is answered within target.awt_s; "
                    f"leave out {', '.join(waiting)} (an occupancy cap may stay)"
                )
        if self.channel == "outbound" and waiting:
            raise BadInput(
                f"{where}: nobody waits in outbound; leave out target.{', target.'.join(waiting)} "
                "(an occupancy cap may stay)"
            )
        if target.occupancy == 0:
            raise BadInput(f"{where}: target.occupancy of 0 leaves no time for contacts; raise it")
        if self.tiers and asked:
            raise BadInput(
                f"{where}: with tiers each tier has its own target; leave out "
                f"target.{', target.'.join(asked)} of the queue"
            )
        if asked == ("blocking",) and self.lines is None:
            raise BadInput(
                f"{where}: target.blocking alone never binds where lines has no limit; give the "
                "queue its lines, or another limit"
            )

    def _check_combination(self, where: str) -> None:
        """Refuse what no model here covers together, and say what to drop."""
        used = {
            "chance": self.chance is not None, "p_retry": self.p_retry > 0,
            "tiers": bool(self.tiers), "arrivals": self.arrivals != "stationary",
            "call_back": self.call_back is not None, "reserve": self.reserve is not None,
        }  # fmt: skip
        extra = [name for name, there in used.items() if there]
        if len(extra) > 1:
            raise BadInput(
                f"{where}: no model covers {' and '.join(extra)} together; keep one of them"
            )
        if self.channel in ("email", "outbound"):
            extra += ["lines"] if self.lines is not None else []
            extra += ["patience_s"] if self.patience_s < math.inf else []
            if self.channel == "outbound" and extra:
                raise BadInput(f"{where}: nobody waits in outbound; leave out {', '.join(extra)}")
            extra = [name for name in extra if name != "patience_s"]
            if extra:
                raise BadInput(f"{where}: e-mail waits for its deadline; drop {', '.join(extra)}")
        if self.outreach is not None and self.channel != "outbound":
            raise BadInput(f"{where}: outreach belongs to the channel outbound, not {self.channel}")
        model = extra[0] if extra else ""
        if model in ("tiers", "reserve") and self.patience_s < math.inf:
            raise BadInput(
                f"{where}: the model of {model} knows nobody who leaves; drop patience_s or {model}"
            )
        if model in ("tiers", "reserve", "call_back", "arrivals") and self.lines is not None:
            raise BadInput(f"{where}: no model covers {model} with lines; drop one of them")
        if model in ("reserve", "call_back") and self.channel == "chat":
            raise BadInput(f"{where}: no model covers {model} for chat; drop {model}")
        if model == "p_retry" and self.patience_s == math.inf and self.lines is None:
            raise BadInput(
                f"{where}: p_retry has nobody to try again, since none are lost; give patience_s "
                "or lines, or drop p_retry"
            )
        known = {"call_back": {"service_level"}, "reserve": {"service_level", "asa_s"}}
        wrong = sorted(set(self.target.limits) - known.get(model, set(self.target.limits)))
        if wrong:
            raise BadInput(
                f"{where}: the model of {model} does not know target.{wrong[0]}; set "
                f"{' or '.join(sorted(known[model]))} only"
            )
        if model == "call_back" and self.patience_s < math.inf and self.target.rule != SlRule.SL3:
            raise BadInput(
                f"{where}: with call_back and patience_s the service level counts answered in time "
                f"over all, rule SL3; got target.rule {self.target.rule}"
            )
        late = self.target.rule in (SlRule.SL5, SlRule.SL6)
        if model == "chance" and late and self.target.short_s > self.target.awt_s:
            raise BadInput(
                f"{where}: chance needs a target that more contacts never help; "
                f"{self.target.rule} with short_s above awt_s is not one"
            )

    @property
    def deferrable(self) -> bool:
        """Whether work may wait for hours: it comes while closed and is done when open."""
        return self.channel == "email"
