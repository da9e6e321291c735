from __future__ import annotations

from uuid import UUID

import msgspec
import pyotp
import pytest

from server_api.contract.accounts import (
    PAGE_AUDIT,
    Account,
    AuditPage,
    ChangePassword,
    ConfirmFactor,
    EnrolledFactor,
    PasswordAgain,
    RecoveryCodes,
    Register,
    SecondFactor,
)
from server_api.contract.devices import Devices, Refresh, RevokeDevice, Session, SignIn
from server_api.contract.messages import Problem, Wait, Waited
from server_api.services.audit import record_alone
from tests.fixtures.servers import PASSWORD, Api


def code(api: Api, method: str, path: str, message: msgspec.Struct | None = None) -> str:
    return msgspec.json.decode(api.send(method, path, message).data, type=Problem).code


def revoke_path(device_id: bytes) -> str:
    return f"/v1/devices/{UUID(bytes=device_id)}/revoke"


@pytest.fixture
def laptop(api: Api) -> Api:
    return api.sign_in(device="Laptop")


@pytest.fixture
def phone(api: Api) -> Api:
    return api.sign_in(device="Phone")


def id_of(device: Api) -> bytes:
    assert device.session is not None
    return device.session.device_id


def test_an_account_is_made_and_seen(api: Api, laptop: Api) -> None:
    account = laptop.call("GET", "/v1/account", Account)
    assert account.email == "ada@example.org"
    assert laptop.session is not None
    assert account == laptop.session.account


def test_a_second_account_of_one_address_is_refused(api: Api) -> None:
    again = Register(email="ADA@example.org", password=PASSWORD)
    assert code(api, "POST", "/v1/accounts", again) == "account-exists"


def test_the_devices_are_listed_and_the_callers_is_marked(laptop: Api, phone: Api) -> None:
    devices = laptop.call("GET", "/v1/devices", Devices).devices
    assert {device.name: device.is_current for device in devices} == {"Laptop": True, "Phone": False}


def test_a_device_revokes_itself_without_a_password(laptop: Api) -> None:
    assert laptop.send("POST", revoke_path(id_of(laptop)), RevokeDevice()).status_code == 204
    assert code(laptop, "GET", "/v1/account") == "session-ended"


def test_revoking_another_device_needs_the_password(laptop: Api, phone: Api) -> None:
    path = revoke_path(id_of(phone))
    assert code(laptop, "POST", path, RevokeDevice()) == "password-needed"
    assert code(laptop, "POST", path, RevokeDevice(password="wrong one")) == "wrong-credentials"
    assert laptop.send("POST", path, RevokeDevice(password=PASSWORD)).status_code == 204
    assert code(phone, "GET", "/v1/account") == "session-ended"
    assert phone.session is not None
    refresh = Refresh(refresh_token=phone.session.refresh_token)
    assert code(phone, "POST", "/v1/sessions/refresh", refresh) == "session-ended"
    revoked = {device.name: device.revoked_at for device in laptop.call("GET", "/v1/devices", Devices).devices}
    assert revoked["Laptop"] is None
    assert revoked["Phone"] is not None


def test_nobody_revokes_another_accounts_device(api: Api, laptop: Api) -> None:
    api.register("eve@example.org")
    eve = api.sign_in("eve@example.org")
    path = revoke_path(id_of(laptop))
    assert code(eve, "POST", path, RevokeDevice(password=PASSWORD)) == "not-found"
    assert laptop.send("GET", "/v1/account").status_code == 200


def test_revoking_twice_is_the_same_as_once(laptop: Api, phone: Api) -> None:
    for _ in range(2):
        assert laptop.send("POST", revoke_path(id_of(phone)), RevokeDevice(password=PASSWORD)).status_code == 204


def test_a_device_that_signed_itself_out_is_told_apart_until_it_comes_back(api: Api, laptop: Api, phone: Api) -> None:
    def signed_out() -> dict[str, bool]:
        return {each.name: each.revoked_at is not None for each in laptop.call("GET", "/v1/devices", Devices).devices}

    assert phone.send("DELETE", "/v1/sessions/current").status_code == 204
    assert signed_out() == {"Laptop": False, "Phone": True}
    api.sign_in(device="Phone", device_id=id_of(phone))
    assert signed_out() == {"Laptop": False, "Phone": False}


def test_a_signed_out_device_is_known_when_it_comes_back(api: Api, laptop: Api) -> None:
    assert laptop.send("DELETE", "/v1/sessions/current").status_code == 204
    assert code(laptop, "GET", "/v1/account") == "session-ended"
    again = api.sign_in(device="Laptop", device_id=id_of(laptop))
    assert id_of(again) == id_of(laptop)
    assert len(again.call("GET", "/v1/devices", Devices).devices) == 1


def test_a_refresh_goes_through_the_wire(laptop: Api) -> None:
    assert laptop.session is not None
    refresh = Refresh(refresh_token=laptop.session.refresh_token)
    session = laptop.call("POST", "/v1/sessions/refresh", Session, refresh)
    assert session.device_id == id_of(laptop)
    assert session.refresh_token != laptop.session.refresh_token


def test_a_wait_goes_through_the_wire(laptop: Api) -> None:
    assert laptop.session is not None
    namespaces = {laptop.session.account.personal_namespace: 0}
    wait = Wait(epoch=laptop.session.epoch, namespaces=namespaces, timeout_s=0)
    assert laptop.call("POST", "/v1/wait", Waited, wait).moved == {}


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Basic abc", "bearer x.y.z", "Bearer lsr_abc"])
def test_what_is_no_access_token_is_no_sign_in(api: Api, header: str) -> None:
    response = api.client.get("/v1/account", headers={"Authorization": header})
    assert response.status_code == 401
    assert response.get_json()["code"] == "not-signed-in"


def test_too_many_guesses_are_told_when_to_try_again(api: Api) -> None:
    wrong = {"email": "ada@example.org", "password": "wrong one", "device_name": "x"}
    responses = [api.client.post("/v1/sessions", json=wrong) for _ in range(11)]
    assert [response.status_code for response in responses] == [401] * 10 + [429]
    assert int(responses[-1].headers["Retry-After"]) > 0
    assert responses[-1].get_json()["retry_after_s"] > 0


def test_a_second_factor_goes_through_the_wire(api: Api, laptop: Api) -> None:
    again = PasswordAgain(password=PASSWORD)
    assert code(laptop, "POST", "/v1/account/second-factor/enrol", PasswordAgain()) == "password-needed"
    enrolled = laptop.call("POST", "/v1/account/second-factor/enrol", EnrolledFactor, again)
    assert enrolled.uri.startswith("otpauth://totp/Lockstep:ada%40example.org?secret=" + enrolled.secret)
    totp = pyotp.TOTP(enrolled.secret)
    now_s = laptop.server.clock.now_ms() // 1000
    confirm = ConfirmFactor(code=totp.at(now_s))
    codes = laptop.call("POST", "/v1/account/second-factor/confirm", RecoveryCodes, confirm).codes
    assert laptop.call("GET", "/v1/account/second-factor", SecondFactor).recovery_codes_left == len(codes) == 10
    asked = SignIn(email="ada@example.org", password=PASSWORD, device_name="Phone")
    assert code(api, "POST", "/v1/sessions", asked) == "second-factor-needed"
    wrong = SignIn(email="ada@example.org", password=PASSWORD, device_name="Phone", totp=confirm.code)
    assert code(api, "POST", "/v1/sessions", wrong) == "wrong-second-factor"
    right = SignIn(email="ada@example.org", password=PASSWORD, device_name="Phone", totp=codes[0])
    assert api.send("POST", "/v1/sessions", right).status_code == 201
    renewed = laptop.call("POST", "/v1/account/second-factor/recovery-codes", RecoveryCodes, again).codes
    assert not set(renewed) & set(codes)
    assert laptop.send("POST", "/v1/account/second-factor/off", again).status_code == 204
    assert not laptop.call("GET", "/v1/account/second-factor", SecondFactor).is_on


def test_the_password_is_changed_through_the_wire(api: Api, laptop: Api, phone: Api) -> None:
    change = ChangePassword(password=PASSWORD, new_password="another one 1")
    assert laptop.send("POST", "/v1/account/password", change).status_code == 204
    assert code(phone, "GET", "/v1/account") == "session-ended"
    assert api.sign_in(password="another one 1").token


@pytest.mark.parametrize("name", ["", "a\x00", "a\n", "\x1b[31mred", "x" * 101])
def test_a_device_has_a_name_that_every_database_takes(api: Api, name: str) -> None:
    asked = SignIn(email="ada@example.org", password=PASSWORD, device_name=name)
    assert code(api, "POST", "/v1/sessions", asked) == "invalid-body"
    assert api.sign_in(device="Ada’s phone 📱").token


def test_a_person_reads_what_was_recorded_of_the_account_page_by_page(api: Api, laptop: Api) -> None:
    api.register("eve@example.org")
    api.sign_in("eve@example.org", device="Hers")
    for _ in range(PAGE_AUDIT):
        record_alone(api.server, "test", account_id=laptop.call("GET", "/v1/account", Account).account_id)
    first = laptop.call("GET", "/v1/account/audit", AuditPage)
    assert (len(first.entries), first.complete) == (PAGE_AUDIT, False)
    rest = laptop.call("GET", f"/v1/account/audit?before={first.entries[-1].entry_id}", AuditPage)
    assert [entry.action for entry in rest.entries] == ["signed-in", "account-registered"]
    assert rest.complete
    assert {entry.device for entry in (*first.entries, *rest.entries)} == {"Laptop", None}
    for before in ("x", "-1", "9" * 30, ""):
        assert code(laptop, "GET", f"/v1/account/audit?before={before}") == "invalid-body"
    assert code(api, "GET", "/v1/account/audit") == "not-signed-in"
