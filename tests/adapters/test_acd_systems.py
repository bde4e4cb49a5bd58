from wfm.adapters.acd import read_history

# Amazon Connect: id, times in UTC; two deliveries of the second contact.
CONNECT = """ContactId,Queue,EnqueueTimestamp,LastUpdateTimestamp,Duration
a,sales,2026-03-02T09:01:00Z,2026-03-02T09:05:00Z,100
b,sales,2026-03-02T09:02:00Z,2026-03-02T09:20:00Z,200
c,sales,2026-03-02T09:40:00Z,2026-03-02T09:45:00Z,300
b,sales,2026-03-02T09:02:00Z,2026-03-02T09:06:00Z,999
"""
GENESYS = """Interval Start UTC Date,Queue,Media Type,Skill Set,Offered,Interactions Handled,\
Total Handle Time
2026-03-02T09:00:00Z,care,voice,a|||b,4,4,400
2026-03-02T09:00:00Z,care,chat,a,6,6,1200
2026-03-02T09:30:00Z,care,voice,a|||b,5,5,500
2026-03-02T09:30:00Z,care,chat,a,7,7,700
2026-03-02T09:30:00Z,sales,voice,a,1,1,60
"""


def read(tmp_path, text):
    path = tmp_path / "export.csv"
    path.write_text(text, encoding="utf-8")
    return read_history(path, timezone="Europe/Berlin")


def test_a_contact_delivered_twice_counts_once_by_its_last_update(tmp_path):
    found = read(tmp_path, CONNECT)
    assert found.frame["offered"].tolist() == [2, 1]
    assert found.frame["aht_s"].iloc[0] == (100 + 200) / 2
    assert any("1 row that told of a contact again" in note for note in found.notes)
    assert found.frame["start"].iloc[0].isoformat() == "2026-03-02T10:00:00+01:00"


def test_a_contact_delivered_once_is_left_as_it_is(tmp_path):
    once = "\n".join(CONNECT.splitlines()[:-1])
    assert read(tmp_path, once).frame.equals(read(tmp_path, CONNECT).frame)


def test_a_queue_of_two_media_is_two_queues_and_one_of_one_keeps_its_name(tmp_path):
    found = read(tmp_path, GENESYS).frame
    offered = found.groupby("queue")["offered"].sum().to_dict()
    assert offered == {"care voice": 9, "care chat": 13, "sales": 1}
