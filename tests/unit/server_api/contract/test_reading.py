from __future__ import annotations

import subprocess
import sys

import msgspec
import pytest

from server_api.contract.reading import from_json, from_msgpack, from_plain

FIRST_READ_BY_SEVERAL = """
import sys, threading, types
import msgspec
from server_api.contract import reading

PARTS = range(6)
part = {"number": 1, "text": "x", "numbers": [1], "texts": {"a": ["b"]}}
plain = {f"part_{each}": part for each in PARTS}
encoded = {
    reading.from_msgpack: msgspec.msgpack.encode(plain),
    reading.from_json: msgspec.json.encode(plain),
    reading.from_plain: plain,
}
source = "from __future__ import annotations\\nfrom msgspec import Struct\\n"
for each in PARTS:
    source += f"class Part{each}(Struct):\\n number: int\\n text: str\\n"
    source += " numbers: list[int]\\n texts: dict[str, list[str]]\\n"
source += "class Whole(Struct):\\n" + "".join(f" part_{each}: Part{each} | None = None\\n" for each in PARTS)

sys.setswitchinterval(1e-6)
read = []
for turn in range(100):
    made = sys.modules[f"made_{turn}"] = types.ModuleType(f"made_{turn}")
    exec(source, made.__dict__)
    together = threading.Barrier(len(encoded))

    def come(way):
        together.wait()
        read.append(way(encoded[way], made.Whole).part_5.texts)

    threads = [threading.Thread(target=come, args=[way]) for way in encoded]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
print(len(read))
"""


class Named(msgspec.Struct):
    name: str


def test_what_was_encoded_is_read() -> None:
    assert from_msgpack(msgspec.msgpack.encode({"name": "a"}), Named) == Named("a")
    assert from_json('{"name": "a"}', Named) == Named("a")
    assert from_plain({"name": "a"}, Named) == Named("a")


def test_what_is_of_another_type_is_refused() -> None:
    with pytest.raises(msgspec.ValidationError):
        from_msgpack(msgspec.msgpack.encode({"name": 1}), Named)
    with pytest.raises(msgspec.ValidationError):
        from_json(b'{"name": 1}', Named)
    with pytest.raises(msgspec.ValidationError):
        from_plain({"name": 1}, Named)


def test_threads_that_read_a_type_for_the_first_time_together_all_read_it() -> None:
    """Without care this ends the process at the third turn or so, without a word."""
    done = subprocess.run([sys.executable, "-c", FIRST_READ_BY_SEVERAL], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.strip()) == (0, "300"), done.stderr[-2000:]
