"""Wakes waiting requests: one per process, no thread of its own.

A *topic* is the id of a namespace or of a session. Whoever waits watches some; whoever changes one tells the hub after
the commit. What is told before the waiter runs comes together as one.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager


class Watch:
    """One waiter's ear. Lives in the waiter's thread; ``leads`` may change while it waits."""

    def __init__(self, topics: frozenset[bytes]) -> None:
        self.topics = topics
        self.leads = False
        self._has_news = False
        self._touched = threading.Event()

    def wait(self, timeout_s: float) -> bool:
        """Whether something happened before the time was up: news, or something about the lead."""
        if not self._touched.wait(timeout_s):
            return False  # what happens from here on is for the next wait
        self._touched.clear()
        return True

    def take_news(self) -> bool:
        """Whether a topic changed, or the hub closed, since this was asked last."""
        has_news, self._has_news = self._has_news, False
        return has_news

    def wake(self, *, is_news: bool = True) -> None:
        self._has_news |= is_news
        self._touched.set()


class Hub:
    """Thread-safe. After ``close`` every wait ends at once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._watches: dict[bytes, set[Watch]] = {}
        self._heard: dict[bytes, int] = {}
        self._leader: Watch | None = None
        self.is_closed = False

    def moved(self, namespace_id: bytes, seq: int) -> None:
        """A namespace has revisions up to ``seq``, committed: call it after the commit. What was heard is no news."""
        with self._lock:
            if namespace_id in self._watches and seq > self._heard.get(namespace_id, -1):
                self._heard[namespace_id] = seq
                self._wake(namespace_id)

    def ended(self, *session_ids: bytes) -> None:
        """These sessions lost their right to wait: call it after the commit."""
        with self._lock:
            for session_id in session_ids:
                self._wake(session_id)

    @contextmanager
    def watch(self, topics: Iterable[bytes]) -> Iterator[Watch]:
        """An ear on the topics, from now until the block ends.

        Take it before looking at the state, so that no change falls between the look and the wait. One watch of the
        hub ``leads``: it should wait a short while at a time and look into the database for all.
        """
        watch = Watch(frozenset(topics))
        with self._lock:
            for topic in watch.topics:
                self._watches.setdefault(topic, set()).add(watch)
            if self._leader is None:
                self._lead(watch)
        try:
            yield watch
        finally:
            with self._lock:
                for topic in watch.topics:
                    others = self._watches[topic]
                    others.discard(watch)
                    if not others:
                        del self._watches[topic]
                        self._heard.pop(topic, None)
                if self._leader is watch:
                    self._lead(next((w for others in self._watches.values() for w in others), None))

    def topics(self) -> frozenset[bytes]:
        """All that anyone waits for."""
        with self._lock:
            return frozenset(self._watches)

    def wake_leader(self) -> None:
        """It may have to look more often than before."""
        with self._lock:
            if self._leader is not None:
                self._leader.wake(is_news=False)

    def close(self) -> None:
        """The process is about to end: every waiting request answers now."""
        self.is_closed = True
        with self._lock:
            for topic in self._watches:
                self._wake(topic)

    def _wake(self, topic: bytes) -> None:
        for watch in self._watches.get(topic, ()):
            watch.wake()

    def _lead(self, watch: Watch | None) -> None:
        self._leader = watch
        if watch is not None:
            watch.leads = True
            watch.wake(is_news=False)  # it may be in a long wait
