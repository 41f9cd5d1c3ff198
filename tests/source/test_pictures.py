"""Width and height of pictures, from real headers and from hostile ones."""

import io
import struct
import time
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contentapi.source.pictures import measure


def png(width=30, height=20) -> bytes:
    header = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + header + struct.pack(">I", zlib.crc32(header))


def gif(width=30, height=20) -> bytes:
    return b"GIF89a" + struct.pack("<HHBBB", width, height, 0, 0, 0) + b";"


def bmp(width=30, height=20) -> bytes:
    return b"BM" + struct.pack("<IHHI", 70, 0, 0, 54) + struct.pack("<IiiHH", 40, width, height, 1, 24) + bytes(24)


def ico(width=32, height=16) -> bytes:
    return struct.pack("<HHH", 0, 1, 1) + struct.pack("<BBBBHHII", width, height, 0, 0, 1, 32, 0, 22)


def segment(marker: int, payload: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(payload) + 2) + payload


def jpeg(width=30, height=20, *, orientation: int | None = None, before: bytes = b"") -> bytes:
    entry = struct.pack(">HHIHH", 0x0112, 3, 1, orientation or 1, 0)
    exif = b"Exif\0\0MM\0*" + struct.pack(">IH", 8, 1) + entry + bytes(4)
    frame = segment(0xC0, struct.pack(">BHHB", 8, height, width, 3) + bytes(9))
    return b"\xff\xd8" + before + (segment(0xE1, exif) if orientation else b"") + frame + segment(0xDA, bytes(6))


def webp(kind: bytes, payload: bytes) -> bytes:
    chunk = kind + struct.pack("<I", len(payload)) + payload
    return b"RIFF" + struct.pack("<I", len(chunk) + 4) + b"WEBP" + chunk


WEBP = {
    "lossy": webp(b"VP8 ", b"\0\0\0\x9d\x01\x2a" + struct.pack("<HH", 30, 20) + bytes(8)),
    "lossless": webp(b"VP8L", b"\x2f" + struct.pack("<I", 29 | 19 << 14) + bytes(8)),
    "extended": webp(b"VP8X", bytes(4) + (29).to_bytes(3, "little") + (19).to_bytes(3, "little")),
}


def box(kind: bytes, payload: bytes) -> bytes:
    return struct.pack(">I4s", len(payload) + 8, kind) + payload


def avif(width=30, height=20, tables: bytes = b"") -> bytes:
    size = box(b"ispe", struct.pack(">III", 0, width, height))
    properties = box(b"iprp", box(b"ipco", size) + box(b"ipma", struct.pack(">IIHBB", 0, 1, 1, 1, 1)))
    meta = box(b"meta", bytes(4) + box(b"pitm", struct.pack(">IH", 0, 1)) + tables + properties)
    return box(b"ftyp", b"avif\0\0\0\0avifmif1") + meta + box(b"mdat", bytes(100))


def svg(attributes: str, before: str = "") -> bytes:
    return f'{before}<svg xmlns="http://www.w3.org/2000/svg" {attributes}><path d="M0 0"/></svg>'.encode()


@pytest.mark.parametrize(
    ("picture", "name", "size"),
    [
        (png(), "a.png", (30, 20)),
        (png(), "A.PNG", (30, 20)),
        (png(), "a/b.c.png", (30, 20)),
        (gif(), "a.gif", (30, 20)),
        (bmp(), "a.bmp", (30, 20)),
        (bmp(30, -20), "a.bmp", (30, 20)),
        (ico(), "a.ico", (32, 16)),
        (ico(0, 0), "a.ico", (256, 256)),
        (jpeg(), "a.jpg", (30, 20)),
        (jpeg(), "a.jpeg", (30, 20)),
        (jpeg(orientation=3), "a.jpg", (30, 20)),
        (jpeg(orientation=6), "a.jpg", (20, 30)),
        (jpeg(before=b"".join(segment(0xE2, bytes(60_000)) for _ in range(10))), "a.jpg", (30, 20)),
        (WEBP["lossy"], "a.webp", (30, 20)),
        (WEBP["lossless"], "a.webp", (30, 20)),
        (WEBP["extended"], "a.webp", (30, 20)),
        (avif(), "a.avif", (30, 20)),
        (png(), "named-wrongly.jpg", (30, 20)),
        (png(), "a.md", None),
        (png(), "png", (30, 20)),
        (png(), "a", None),
        (png(0, 20), "a.png", None),
        (png(2**31, 20), "a.png", None),
        (png()[:20], "a.png", None),
        (jpeg()[:8], "a.jpg", None),
        (b"", "a.png", None),
        (b"", "a.svg", None),
        (b"", "a.ico", None),
        (b"P6 30 20 255 ", "a.png", None),
        (b"II*\0" + bytes(100), "a.png", None),
        (svg('width="30" height="20"'), "a.png", None),
    ],
)
def test_the_size_is_read_from_the_header(picture, name, size):
    assert measure(picture, name) == measure(io.BytesIO(picture), name) == size


@pytest.mark.parametrize(
    ("attributes", "size"),
    [
        ('width="30" height="20"', (30, 20)),
        ("width='30px' height=' 20px '", (30, 20)),
        ('width="30.4" height="19.5"', (30, 20)),
        ('width="0.2" height="0.1"', (1, 1)),
        ('viewBox="0 0 30 20"', (30, 20)),
        ('viewBox="-5,-5 30,20"', (30, 20)),
        ('viewBox=" 0  0\n30 20 "', (30, 20)),
        ('width="100%" height="100%" viewBox="0 0 30 20"', (30, 20)),
        ('width="3cm" height="2cm" viewBox="0 0 30 20"', (30, 20)),
        ('width="60" viewBox="0 0 30 20"', (60, 40)),
        ('height="40" viewBox="0 0 30 20"', (60, 40)),
        ('width="60" height="10" viewBox="0 0 30 20"', (60, 10)),
        ('stroke-width="3" width="30" height="20"', (30, 20)),
        ('width="100%" height="100%"', None),
        ('width="30"', None),
        ('width="-30" height="20"', None),
        ('width="0" height="0"', None),
        ('width="1e9" height="20"', None),
        ('width="٣٠" height="20"', None),
        (f'width="{"9" * 5000}" height="20"', None),
        ('width="nan" height="20"', None),
        ('viewBox="0 0 30"', None),
        ('viewBox="0 0 30 0"', None),
        ('viewBox="0 0 nan nan"', None),
        ('viewBox="0 0 inf 20"', None),
        ('viewBox="a b c d"', None),
        ("", None),
    ],
)
def test_the_size_of_an_svg_is_that_of_its_attributes_or_its_view_box(attributes, size):
    assert measure(svg(attributes), "a.svg") == size


EVIL = (
    '<!DOCTYPE svg [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True))
    + "]>"
)


@pytest.mark.parametrize(
    ("text", "size"),
    [
        (svg('viewBox="0 0 30 20"', '<?xml version="1.0" encoding="UTF-8"?><!-- a drawing program -->'), (30, 20)),
        (svg('viewBox="0 0 30 20"', "\ufeff\n"), (30, 20)),
        (svg('viewBox="0 0 30 20"').decode().encode("utf-16"), (30, 20)),
        (svg('viewBox="0 0 30 20" x="&n;"', '<!DOCTYPE svg [<!ENTITY n "http://ns.adobe.com/">]>'), (30, 20)),
        (svg('viewBox="0 0 30 20"', '<!DOCTYPE svg SYSTEM "http://127.0.0.1:9/none.dtd">'), (30, 20)),
        (b'<s:svg xmlns:s="http://www.w3.org/2000/svg" width="3" height="2"/>', (3, 2)),
        (svg('width="&x;" height="20"', '<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/hostname">]>'), None),
        (svg('width="&i;" height="20"', EVIL), None),
        (svg('width="30" height="20"', f'<!DOCTYPE svg [<!ENTITY a "{"a" * 1000}">]>'), None),
        (svg('width="30" height="20"', f"<!--{'x' * 100_000}-->"), None),
        (b"<html><svg width='30' height='20'/></html>", None),
        (b"<svg width='30' width='31' height='20'/>", None),
        (b"no xml", None),
        (b'<?xml version="1.0" encoding="none"?><svg/>', None),
    ],
)
def test_only_the_first_tag_of_an_svg_is_read_and_nothing_from_elsewhere(text, size):
    assert measure(text, "a.svg") == size


@pytest.mark.parametrize(
    "picture",
    [
        b"\xff\xd8\xff" + b"x" * 5_000_000,
        b"\xff\xd8\xff" + b"\xff" * 5_000_000,
        b"\xff\xd8" + segment(0xE0, b"") * 500_000,
        box(b"ftyp", b"avif\0\0\0\0avif") + box(b"free", b"") * 500_000,
        avif(tables=box(b"iloc", bytes([1, 0, 0, 0, 0, 0]) + b"\xff\xff" + b"\0\1\0\0\0\0\xff\xff" * 30_000)),
        box(b"ftyp", b"avif" * 100_000),
        svg("", "<a" + " a" * 1_000_000),
    ],
)
def test_no_picture_takes_long(picture):
    begun = time.process_time()
    for name in ("a.jpg", "a.avif", "a.svg"):
        measure(picture, name)
    assert time.process_time() - begun < 1


@given(
    start=st.sampled_from([b"", png(), gif(), jpeg(orientation=6), WEBP["lossy"], avif(), svg('width="3"'), ico()]),
    cut=st.integers(0, 200),
    rest=st.binary(max_size=60),
    name=st.sampled_from(["a.png", "a.svg", "a.avif", "a.ico"]),
)
def test_hostile_bytes_have_a_size_or_none(start, cut, rest, name):
    size = measure(start[:cut] + rest, name)
    assert size is None or (len(size) == 2 and all(0 < side <= 100_000 for side in size))
