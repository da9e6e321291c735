"""Passing a face's question on to the server, as this device."""

from __future__ import annotations

import msgspec

from server_api.contract.reading import from_msgpack
from sync_engine.adapters.remote import HttpRemote
from sync_engine.control.messages import Answered, AskServer
from sync_engine.control.questions import QUESTIONS
from sync_engine.errors import WrongUsage


def ask_server(remote: HttpRemote, namespace_id: bytes, asked: AskServer) -> Answered:
    """Only what ``QUESTIONS`` knows, and only what it takes.

    Raises: WrongUsage, if it is no such question; RemoteError: as the server refuses it.
    """
    question = QUESTIONS.get(asked.question)
    if question is None:
        raise WrongUsage(f"The server is not asked “{asked.question[:40]}” here.")
    try:
        path = question.path_for(namespace_id, asked.subject)
        body = None if asked.body is None else from_msgpack(asked.body, question.request)
    except ValueError as error:  # msgspec's errors of what does not fit are some
        raise WrongUsage(f"“{question.name}” is not asked like that: {error}.") from error
    if body is None and question.request is not type(None):
        raise WrongUsage(f"“{question.name}” needs a request.")
    answer = remote.call(question.method, path, question.answer, body)
    return Answered(b"" if answer is None else msgspec.msgpack.encode(answer))
