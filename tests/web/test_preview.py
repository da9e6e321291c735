"""Looking into a PDF, in a real browser."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from tests.web.conftest import PHONE
from tests.web.people import OtherDevice
from tests.web.test_files import row

NUMBER = 12
DAMAGED = b"%PDF-1.7\nthis was a PDF before the disk failed\n%%EOF\n"


def pdf(pages: int, *, locked: bool = False) -> bytes:
    """Each page has a black square and some words. It would run a script, lead elsewhere and be filled in."""
    first = 6
    kids = " ".join(f"{first + 2 * number} 0 R" for number in range(pages))
    script = "<< /S /JavaScript /JS (app.alert\\('run'\\)) >>"
    objects = [
        f"<< /Type /Catalog /Pages 2 0 R /OpenAction {script} /AcroForm << /Fields [5 0 R] >> >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {pages} >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        "<< /Type /Annot /Subtype /Link /Rect [0 0 300 400] /A << /S /URI /URI (https://elsewhere.example/) >> >>",
        "<< /Type /Annot /Subtype /Widget /FT /Tx /T (name) /Rect [20 20 200 40] /V (typed) >>",
    ]
    for number in range(1, pages + 1):
        drawn = f"0 0 100 100 re f BT /F 24 Tf 50 300 Td (The words of page {number}) Tj ET"
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 400] /Contents {first + 2 * number - 1} 0 R "
            "/Resources << /Font << /F 3 0 R >> >> /Annots [4 0 R 5 0 R] >>"
        )
        objects.append(f"<< /Length {len(drawn)} >>\nstream\n{drawn}\nendstream")
    encrypted = f"/Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <{'0f' * 32}> /U <{'1e' * 32}> >>" if locked else ""
    return file_of([text.encode() for text in objects], encrypted)


def picture(form: str, data: bytes, fields: str) -> bytes:
    """A page full of a picture of 64 by 64 pixels."""
    drawn = b"q 300 0 0 400 0 0 cm /I Do Q"
    image = f"<< /Subtype /Image /Width 64 /Height 64 {fields} /Filter /{form} /Length {len(data)} >>\nstream\n"
    return file_of(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 400] /Contents 4 0 R /Resources 6 0 R >>",
            b"<< /Length %d >>\nstream\n%b\nendstream" % (len(drawn), drawn),
            image.encode() + data + b"\nendstream",
            b"<< /XObject << /I 5 0 R >> >>",
        ]
    )


def file_of(objects: list[bytes], more: str = "") -> bytes:
    body, places = b"%PDF-1.7\n", []
    for number, text in enumerate(objects, 1):
        places.append(len(body))
        body += b"%d 0 obj\n%b\nendobj\n" % (number, text)
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    count = len(objects) + 1
    trailer = f"trailer\n<< /Size {count} /Root 1 0 R /ID [<00> <00>] {more} >>\nstartxref\n{len(body)}\n%%EOF\n"
    return body + f"xref\n0 {count}\n0000000000 65535 f \n{table}{trailer}".encode()


def sheet(page: Page, number: int, of: int = NUMBER) -> Locator:
    return page.get_by_role("group", name=f"Page {number} of {of}", exact=True)


def has_ink(canvas: Locator) -> bool:
    """Whether the square in the corner is drawn."""
    at_corner = "c => [...c.getContext('2d').getImageData(c.width * 0.1, c.height * 0.95, 1, 1).data].join()"
    return bool(canvas.evaluate(at_corner) == "0,0,0,255")


def test_a_pdf_is_read_page_by_page_and_nothing_in_it_acts(
    page: Page, device: OtherDevice, sign_in: Callable[[Page], Page], accessible: Callable[[Page], None]
) -> None:
    device.file("a.txt", b"text")
    device.file("thesis.pdf", pdf(NUMBER))
    asked: list[str] = []
    dialogs: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("dialog", lambda dialog: dialogs.append(dialog.message))
    sign_in(page)
    row(page, "a.txt").click()
    expect(page.locator(".preview pre")).to_have_text("text")
    assert not [url for url in asked if "vendor/pdf" in url], "it is loaded by who needs it"
    row(page, "thesis.pdf").click()
    small = page.locator(".preview canvas")
    expect(small).to_be_visible()
    assert has_ink(small)
    page.keyboard.press("Enter")
    expect(sheet(page, 1)).to_contain_text("The words of page 1")
    assert has_ink(sheet(page, 1).locator("canvas"))
    expect(page.locator(".sheets + p")).to_have_text("Page 1 of 12")
    expect(page.locator(".shown canvas").nth(3)).to_have_count(0)
    accessible(page)
    page.keyboard.press("End")
    expect(sheet(page, NUMBER)).to_contain_text("The words of page 12")
    assert has_ink(sheet(page, NUMBER).locator("canvas"))
    expect(page.locator(".sheets + p")).to_have_text("Page 12 of 12")
    expect(sheet(page, 1).locator("canvas")).to_have_count(0)
    assert page.locator(".shown :is(a, input, iframe)").count() == 0
    assert page.locator(".shown canvas").count() <= 4
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert dialogs == []
    assert not [url for url in asked if "elsewhere.example" in url]


def test_pictures_that_no_browser_knows_are_shown(app: Page, device: OtherDevice) -> None:
    photo, fax = io.BytesIO(), io.BytesIO()
    Image.new("RGB", (64, 64), (200, 0, 0)).save(photo, "JPEG2000")
    Image.new("1", (64, 64), 1).save(fax, "TIFF", compression="group4")
    with Image.open(fax) as tiff:
        start, length = tiff.tag_v2[273][0], tiff.tag_v2[279][0]  # type: ignore[attr-defined]
    folded = fax.getvalue()[start : start + length]
    gray = "/ColorSpace /DeviceGray /BitsPerComponent 1 /DecodeParms << /K -1 /Columns 64 /Rows 64 >>"
    device.file("photo.pdf", picture("JPXDecode", photo.getvalue(), "/ColorSpace /DeviceRGB /BitsPerComponent 8"))
    device.file("fax.pdf", picture("CCITTFaxDecode", folded, gray))
    for name, colour in (("photo.pdf", "200,0,0,255"), ("fax.pdf", "0,0,0,255")):
        row(app, name).dblclick()
        expect(sheet(app, 1, of=1).locator("canvas")).to_be_visible()
        app.wait_for_function(
            """colour => {
                const canvas = document.querySelector('.sheet canvas');
                const [x, y] = [canvas.width / 2, canvas.height / 2];
                return [...canvas.getContext('2d').getImageData(x, y, 1, 1).data].join() === colour;
            }""",
            arg=colour,
        )
        app.keyboard.press("Escape")
        expect(app.get_by_role("dialog")).to_have_count(0)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (DAMAGED, "This PDF is damaged"),
        (b"", "This PDF is damaged"),
        (pdf(1)[:300], "This PDF is damaged"),
        (pdf(2, locked=True), "This PDF is locked with a password"),
    ],
    ids=["damaged", "empty", "cut", "locked"],
)
def test_a_pdf_that_cannot_be_shown_says_so_and_can_be_downloaded(
    app: Page, device: OtherDevice, data: bytes, said: str
) -> None:
    device.file("thesis.pdf", data)
    row(app, "thesis.pdf").dblclick()
    expect(app.locator(".shown")).to_contain_text(said)
    with app.expect_download() as download:
        app.get_by_role("dialog").get_by_role("button", name="Download").click()
    assert Path(download.value.path()).read_bytes() == data


def test_a_pdf_fits_a_phone(
    new_page: Callable[..., Page], device: OtherDevice, sign_in: Callable[[Page], Page]
) -> None:
    device.file("thesis.pdf", pdf(NUMBER))
    page = sign_in(new_page(**PHONE, has_touch=True, is_mobile=True, color_scheme="dark"))
    row(page, "thesis.pdf").tap()
    expect(sheet(page, 1)).to_contain_text("The words of page 1")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    wide = sheet(page, 1).locator("canvas").evaluate("c => c.getBoundingClientRect().width")
    assert 250 < wide <= PHONE["width"]
