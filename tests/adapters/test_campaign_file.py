"""Campaign registers as CSV and TOML, and refusals that name the line."""

import datetime as dt
import json

import pytest

from forecasts import Campaign
from wfm.adapters import campaign_file
from wfm.errors import BadInput

HEAD = "name,kind,start,audience,response_low,response_mid,response_high,lag,split"
ROW = "March bills,mailing,2026-03-02,120000,0.03,0.04,0.06,0.5;0.3;0.2,voice=0.8;chat=0.2"
BILLS = Campaign(
    "March bills", "mailing", dt.date(2026, 3, 2), 120_000.0, (0.03, 0.04, 0.06), (0.5, 0.3, 0.2),
    {"voice": 0.8, "chat": 0.2},
)  # fmt: skip
TOML = """
[[campaigns]]
name = "March bills"
kind = "mailing"
start = 2026-03-02
audience = 120000.0
response = [0.03, 0.04, 0.06]
lag = [0.5, 0.3, 0.2]
split = {voice = 0.8, chat = 0.2}
"""


def read(tmp_path, text, name="campaigns.csv"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return campaign_file.read_campaigns(path)


def test_a_row_is_a_campaign(tmp_path):
    assert read(tmp_path, f"{HEAD}\n{ROW}\n") == (BILLS,)


def test_a_toml_table_is_the_same_campaign(tmp_path):
    assert read(tmp_path, TOML, "campaigns.toml") == (BILLS,)


def test_columns_may_be_left_empty_and_lines_too(tmp_path):
    more = ",end,contact_share,aht_factor,profile,registered_on,owner"
    full = ROW.replace("March", "April") + ",2026-03-03,0.25,1.2,9=1;10=2,2026-02-12,Billing"
    bare, rich = read(tmp_path, f"{HEAD}{more}\n{ROW},,,,,,\n\n{full}\n")
    assert bare == BILLS
    assert (rich.end, rich.contact_share, rich.profile) == (
        dt.date(2026, 3, 3),
        0.25,
        {9: 1, 10: 2},
    )
    assert rich.notice_days == 18


def test_a_queue_whose_name_holds_signs_is_given_as_json(tmp_path):
    row = ROW.rsplit(",", 1)[0] + ',"{""a=b;c"": 1.0}"'
    assert read(tmp_path, f"{HEAD}\n{row}\n")[0].split == {"a=b;c": 1.0}


def test_json_brings_every_field_back(tmp_path):
    given = Campaign(
        "x", "mailing", dt.date(2026, 3, 2), 10, (0.1, 0.2, 0.3), (0.5, 0.5), {"voice": 1},
        end=dt.date(2026, 3, 4), profile={9: 1.0}, registered_on=dt.date(2026, 2, 1), owner="o",
    )  # fmt: skip
    text = json.dumps(campaign_file.campaigns_to_json([given, BILLS]))
    assert campaign_file.campaigns_from_json(json.loads(text)) == (given, BILLS)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (HEAD.replace("lag,", "") + "\n", r"missing columns \['lag'\]"),
        (HEAD + ",colour\n", r"unknown columns \['colour'\]"),
        (f"{HEAD}\n{ROW.replace('2026-03-02', '2.3.26')}\n", "line 2: start expects a date"),
        (f"{HEAD}\n{ROW.replace('0.03', '3 %')}\n", "line 2: response_low expects a fraction"),
        (f"{HEAD}\n{ROW.replace('0.5;0.3', '0.5;x')}\n", "line 2: lag expects shares"),
        (f"{HEAD}\n{ROW.replace('voice=0.8', 'voice')}\n", "line 2: split expects queues"),
        (f"{HEAD}\n{ROW.replace('0.5;0.3', '0.5;0.4')}\n", "line 2: .*sum to 1.1"),
        (f"{HEAD}\n{ROW.replace('120000', '')}\n", "line 2: audience is empty"),
        (f"{HEAD}\n{ROW},more\n", "line 2: expected 9 cells"),
        (f"{HEAD}\n{ROW}\n{ROW}\n", "names stand twice"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_line(tmp_path, text, said):
    with pytest.raises(BadInput, match=said):
        read(tmp_path, text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("campaigns = 3", "expected tables"),
        ("[[campaign]]\n", "expected tables"),
        ("[[campaigns]]\nname = ", "not valid TOML"),
        (TOML + "colour = 'red'\n", "campaign 1: .*colour"),
        (TOML.replace("2026-03-02", "'soon'"), "campaign 1"),
    ],
)
def test_a_toml_that_cannot_be_read_is_refused(tmp_path, text, said):
    with pytest.raises(BadInput, match=said):
        read(tmp_path, text, "campaigns.toml")


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(BadInput, match="no such file"):
        campaign_file.read_campaigns(tmp_path / "none.csv")


def test_a_field_that_a_toml_lacks_is_named(tmp_path):
    with pytest.raises(BadInput, match=r"campaign 1: missing \['lag'\], unknown \['lags'\]"):
        read(tmp_path, TOML.replace("lag =", "lags ="), "campaigns.toml")


def test_a_response_in_percent_is_refused(tmp_path):
    with pytest.raises(BadInput, match=r"line 2: .*was a percent passed \(3 % is 0.03\)"):
        read(tmp_path, f"{HEAD}\n{ROW.replace('0.03,0.04,0.06', '3,4,6')}\n")


def test_contacts_may_stand_for_a_response_nobody_can_count(tmp_path):
    row = ROW.replace("120000,0.03,0.04,0.06", "1,300,400,600")
    assert read(tmp_path, f"{HEAD}\n{row}\n")[0].contacts == (300.0, 400.0, 600.0)


def test_a_register_of_a_spreadsheet_with_decimal_commas_is_read(tmp_path):
    cells = "March bills;mailing;2026-03-02;120000;0,03;0,04;0,06;"
    text = f'{HEAD.replace(",", ";")}\n{cells}"0,5;0,3;0,2";"voice=0,8;chat=0,2"\n'
    assert read(tmp_path, text) == (BILLS,)
