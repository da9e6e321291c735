"""``python -m benchmarks``: the claims that Lockstep makes about itself, each measured by one command."""

from __future__ import annotations

import signal
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import click

from benchmarks import (
    daemons,
    history,
    large_file,
    server_load,
    small_files,
    waiting,
    web_transfer,
    window,
    window_many,
)
from benchmarks.measuring import Failed
from benchmarks.reporting import Figure, machine, table
from benchmarks.setting import Setting

BENCHMARKS: Final[dict[str, Callable[[Setting], list[Figure]]]] = {
    "small-files-up": small_files.up,
    "small-files-down": small_files.down,
    "nothing-changed": small_files.nothing_changed,
    "one-byte": large_file.one_byte,
    "rename-folder": small_files.rename,
    "latency": daemons.latency,
    "upload-memory": large_file.upload_memory,
    "many-files": daemons.many,
    "idle-devices": waiting.idle_devices,
    "server-load": server_load.load,
    "history": history.looking_back,
    "web-transfer": web_transfer.web_transfer,
    "window": window.window,
    "window-many": window_many.many_in_window,
}


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("names", nargs=-1, metavar="[list | all | NAME…]")
@click.option("--runs", default=3, show_default=True, type=click.IntRange(1, 50), help="Of those that take turns.")
@click.option("--scale", default=1, type=click.IntRange(1, 100), help="Divide all sizes, to try the benchmarks out.")
@click.option("--work", type=click.Path(file_okay=False, path_type=Path), help="Put the data below this directory.")
def main(names: tuple[str, ...], runs: int, scale: int, work: Path | None) -> None:
    """Measure what Lockstep promises, beside restic and rclone where they are installed.

    Everything happens on loopback and in a temporary directory, which grows up to 12 GiB. The result is a table in
    Markdown. The exit code is 1 if a promise does not hold.

    Example:  python -m benchmarks small-files-up latency
    """
    if not names or names == ("list",):
        for name, benchmark in BENCHMARKS.items():
            click.echo(f"{name:18} {(benchmark.__doc__ or '').strip()}")
        return
    chosen = list(BENCHMARKS) if names == ("all",) else list(names)
    unknown = [name for name in chosen if name not in BENCHMARKS]
    if unknown:
        raise click.UsageError(f"There is no benchmark {', '.join(unknown)}; see `python -m benchmarks list`.")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that what runs is ended and the data removed
    where = machine()
    figures: list[Figure] = []
    failed: list[str] = []
    with tempfile.TemporaryDirectory(prefix="lockstep-bench-", dir=work) as directory:
        for name in chosen:
            started = time.monotonic()
            click.echo(f"{name} …", err=True)
            place = Path(directory) / name
            place.mkdir()
            try:
                figures += BENCHMARKS[name](Setting(place, runs, scale))
            except Failed as error:
                failed.append(name)
                click.echo(f"{name} failed: {error}", err=True)
            click.echo(f"{name} took {time.monotonic() - started:.0f} s", err=True)
    click.echo(f"{table(figures)}\n\n{where}")
    sys.exit(1 if failed or any(figure.holds is False for figure in figures) else 0)


if __name__ == "__main__":
    main(prog_name="python -m benchmarks")
