"""How a retry is known again."""

from __future__ import annotations

import msgspec
from msgspec import msgpack

from server_api.contract.messages import ChangeNode, Content, CreateNode, Kind, Operation, Place
from server_api.domain.revisions import operation_digest

PLACE = Place(parent_id=b"p" * 16, name="thesis.odt")
CONTENT = Content(hash=b"h" * 32, size=3, mtime_ns=1, chunks=[b"c" * 32])
CREATE = CreateNode(operation_id=b"o" * 16, node_id=b"n" * 16, kind=Kind.FILE, place=PLACE, content=CONTENT)


class LaterCreate(CreateNode, tag="create", kw_only=True, frozen=True):
    """What a later version of the contract may make of it."""

    colour: str | None = None


def test_a_field_that_the_contract_learns_later_changes_no_digest() -> None:
    later = LaterCreate(**msgspec.structs.asdict(CREATE))
    assert operation_digest(later) == operation_digest(CREATE)
    assert operation_digest(msgspec.structs.replace(later, colour="red")) != operation_digest(CREATE)


def test_a_default_that_is_spelled_out_is_the_same_operation() -> None:
    spelled_out = msgspec.to_builtins(CREATE, builtin_types=(bytes,)) | {"needs": [], "group": None, "approved": False}
    again = msgpack.decode(msgpack.encode(spelled_out), type=Operation)
    assert operation_digest(again) == operation_digest(CREATE)


def test_what_an_operation_says_is_in_its_digest() -> None:
    change = ChangeNode(operation_id=b"o" * 16, node_id=b"n" * 16, base=b"b" * 16, executable=False)
    others = [
        msgspec.structs.replace(change, executable=None),
        msgspec.structs.replace(change, executable=True),
        msgspec.structs.replace(change, place=PLACE),
        msgspec.structs.replace(change, content=CONTENT),
        msgspec.structs.replace(change, base=b"c" * 16),
    ]
    assert len({operation_digest(operation) for operation in [change, *others]}) == len(others) + 1
