"""Settings: what makes sense, and what people read when it does not."""

from __future__ import annotations

import threading
from pathlib import Path

import msgspec
import pytest

from sync_engine.errors import DamagedSettings, SetupError
from sync_engine.profile import PREFERENCES, Profile, Settings


@pytest.fixture
def profile(tmp_path: Path) -> Profile:
    return Profile.open(tmp_path / "home")


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("proxy", "system"),
        ("proxy", "none"),
        ("proxy", "http://proxy.example:3128"),
        ("proxy", "https://ada:p%40ss@proxy.example:3128/"),
        ("proxy", "http://[::1]:3128"),
        ("proxy", "http://proxy.example"),
        ("scan.interval", "10m"),
        ("scan.interval", "7d"),
        ("scan.interval", "0"),
        ("bandwidth.up", "500k"),
        ("bandwidth.down", "2.5MiB/s"),
        ("bandwidth.down", "0"),
    ],
)
def test_what_makes_sense_is_kept(profile: Profile, key: str, value: str) -> None:
    profile.change_preferences({key: value})
    assert profile.preference(key) == value


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("proxy", "proxy.example:3128"),
        ("proxy", "socks5://127.0.0.1:1080"),
        ("proxy", "http://"),
        ("proxy", "http://:3128"),
        ("proxy", "http://proxy.example:port"),
        ("proxy", "http://proxy.example:99999"),
        ("proxy", "http://proxy.example:0"),
        ("proxy", "http://[::1:3128"),
        ("proxy", "http://proxy.example:3128/path"),
        ("proxy", "http://proxy.example:3128?query"),
        ("proxy", "http://two words:3128"),
        ("proxy", "http://proxy.example:3128\nX-Header: 1"),
        ("proxy", ""),
        ("scan.interval", "1s"),
        ("scan.interval", "often"),
        ("scan.interval", "-1h"),
        ("scan.interval", "999999d"),
        ("scan.interval", "10"),
        ("bandwidth.up", "1"),
        ("bandwidth.up", "fast"),
        ("bandwidth.up", "-5k"),
        ("bandwidth.up", "9" * 400 + "G"),
        ("no.such.key", "1"),
    ],
)
def test_nonsense_is_refused_with_a_sentence_and_nothing_changes(profile: Profile, key: str, value: str) -> None:
    before = profile.settings()
    with pytest.raises(SetupError) as raised:
        profile.change_preferences({key: value})
    sentence = str(raised.value)
    assert sentence.startswith(f"{key}: ") or "There is no setting" in sentence
    assert sentence.endswith(".")
    assert "\n" not in sentence
    assert len(sentence) < 250
    assert profile.settings() == before


def test_nonsense_that_was_written_by_hand_is_told_where_it_is_read(profile: Profile) -> None:
    profile.write_settings(Settings(preferences={"proxy": "socks5://127.0.0.1:1080"}))
    with pytest.raises(SetupError, match="proxy: "):
        profile.preference("proxy")
    profile.change_preferences({"proxy": "none"})
    assert profile.preference("proxy") == "none"


def test_every_default_makes_sense(profile: Profile) -> None:
    for key, preference in PREFERENCES.items():
        profile.change_preferences({key: preference.default})
    assert msgspec.to_builtins(profile.settings())["preferences"].keys() == PREFERENCES.keys()


@pytest.mark.parametrize("text", ["garbage", "", "[]", '{"link": 1}'])
def test_damaged_settings_are_told_and_can_be_set_aside(profile: Profile, text: str) -> None:
    file = profile.home / "settings.json"
    file.write_text(text)
    with pytest.raises(DamagedSettings, match="Link again"):
        profile.settings()
    profile.set_damaged_aside()
    assert profile.settings() == Settings()
    assert file.with_suffix(".damaged").read_text() == text


def test_settings_that_can_be_understood_stay(profile: Profile) -> None:
    profile.change_preferences({"scan.interval": "10m"})
    profile.set_damaged_aside()
    assert profile.preference("scan.interval") == "10m"


def test_two_that_change_settings_at_once_lose_nothing(profile: Profile) -> None:
    changing, may_end = threading.Event(), threading.Event()

    def change_slowly() -> None:
        with profile.change_settings() as settings:
            changing.set()
            may_end.wait()
            settings.preferences["proxy"] = "none"

    slow = threading.Thread(target=change_slowly)
    quick = threading.Thread(target=profile.change_preferences, args=[{"bandwidth.up": "20k"}])
    slow.start()
    changing.wait()
    quick.start()
    quick.join(0.1)  # it would be done by then if it did not wait
    may_end.set()
    slow.join()
    quick.join()
    assert profile.settings().preferences == {"proxy": "none", "bandwidth.up": "20k"}
