"""Files made to do harm, by name, and a reader of images that is not the one the site uses.

Everything is made here, so that each file says what is wrong with it. ``PICTURES`` are taken or
refused by the attachments, ``NAMES`` come with a good picture; sheets for the importer are in
``tests.security.sheets``.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

from PIL import Image

#: What must never come out again, wherever it was hidden.
SECRET = b"GPS-43.2567-76.9286-owner"
SCRIPT = b"<html><script>alert(document.cookie)</script></html>"
JPEG, PNG, WEBP = "JPEG", "PNG", "WEBP"


def picture(kind: str = JPEG, mode: str = "RGB", size=(24, 16), **options) -> bytes:
    """A small picture with edges, so that every block of it differs."""
    image = Image.new("RGB", size)
    image.putdata(
        [(x * 9 % 256, y * 15 % 256, (x * y) % 256) for y in range(size[1]) for x in range(size[0])]
    )
    out = io.BytesIO()
    image.convert(mode).save(out, kind, **options)
    return out.getvalue()


def chunk(kind: bytes, body: bytes, checksum: int | None = None) -> bytes:
    """A chunk of a PNG."""
    crc = zlib.crc32(kind + body) if checksum is None else checksum
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", crc)


def with_chunks(*chunks: bytes) -> bytes:
    """A PNG with more chunks behind its header."""
    plain = picture(PNG)
    return plain[:33] + b"".join(chunks) + plain[33:]


def segment(marker: int, body: bytes) -> bytes:
    """A segment of a JPEG."""
    return bytes([0xFF, marker]) + struct.pack(">H", len(body) + 2) + body


def with_segments(*segments: bytes) -> bytes:
    """A JPEG with more segments behind its beginning."""
    return b"\xff\xd8" + b"".join(segments) + picture()[2:]


def riff(*chunks: tuple[bytes, bytes]) -> bytes:
    """A WebP file of these chunks."""
    body = b"WEBP"
    for kind, content in chunks:
        body += kind + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def exif() -> bytes:
    """Where and by whom, as cameras write it."""
    data = Image.Exif()
    data[0x010E] = data[0x013B] = SECRET.decode()
    data.get_ifd(0x8825)[1] = "N"
    data.get_ifd(0x8825)[29] = SECRET.decode()
    return data.tobytes()


def huge_png(width: int, height: int, body: bytes = b"") -> bytes:
    """A PNG that announces that size; ``body`` is what it unpacks from."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")
    )


def huge_jpeg(width: int, height: int) -> bytes:
    """A JPEG whose frame announces that size."""
    plain = bytearray(picture())
    at = plain.index(b"\xff\xc0") + 5
    plain[at : at + 4] = struct.pack(">HH", height, width)
    return bytes(plain)


def animated(kind: str) -> bytes:
    """Three pictures in one."""
    frames = [Image.new("RGB", (12, 12), (shade, 0, 0)) for shade in (0, 120, 240)]
    out = io.BytesIO()
    frames[0].save(out, kind, save_all=True, append_images=frames[1:], duration=50)
    return out.getvalue()


def several_in_one() -> bytes:
    """An MPO: a second photograph, with its own metadata, behind the first."""
    out = io.BytesIO()
    second = Image.new("RGB", (24, 16), (9, 9, 9))
    second.encoderinfo = {"exif": exif()}
    Image.new("RGB", (24, 16)).save(out, "MPO", save_all=True, append_images=[second])
    return out.getvalue()


def archive(*members: tuple[str, bytes]) -> bytes:
    """A zip of these files."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in members:
            file.writestr(name, content)
    return out.getvalue()


def _flipped(content: bytes, at: int) -> bytes:
    changed = bytearray(content)
    changed[at % len(changed)] ^= 0xFF
    return bytes(changed)


def _tables_spoilt(content: bytes) -> bytes:
    """A JPEG whose tables of codes say nonsense."""
    at = content.index(b"\xff\xc4") + 5
    return content[:at] + b"\xff" * 16 + content[at + 16 :]


def _pictures() -> dict[str, bytes]:
    jpeg, png, webp = picture(JPEG), picture(PNG), picture(WEBP)
    packed = zlib.compress(SECRET)
    hundred = zlib.compress(bytes(100 * 2**20), 9)
    lossless = picture(WEBP, lossless=True)[12:]
    found = {
        # Something else behind or before the picture
        "JPEG and HTML": jpeg + SCRIPT,
        "JPEG and zip": jpeg + archive(("evil.html", SCRIPT)),
        "JPEG and PDF": jpeg + b"%PDF-1.7\n" + SECRET,
        "JPEG and PHP": jpeg + b"<?php system($_GET[0]); ?>" + SECRET,
        "PNG and HTML": png + SCRIPT,
        "PNG and zip": png + archive(("a.js", SECRET)),
        "PNG and executable": png + b"\x7fELF" + SECRET,
        "WebP and HTML": webp + SCRIPT,
        "WebP and script": webp + b";*/alert(1)//" + SECRET,
        "JPEG twice": jpeg + picture(exif=exif()),
        "GIF that is JavaScript": b"GIF89a/*" + bytes(6) + b"*/=1;alert(1)//" + SECRET,
        "BMP that is JavaScript": b"BM/*" + bytes(40) + b"*/=1;alert(1)",
        "HTML before JPEG": SCRIPT + jpeg,
        "zip before PNG": archive(("a", SECRET)) + png,
        "PDF before JPEG": b"%PDF-1.7\n" + jpeg,
        # Scripts that only look like pictures
        "SVG": b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        "SVG with declaration": b"<?xml version='1.0'?><!DOCTYPE svg [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><svg>&x;</svg>",
        "HTML": SCRIPT,
        "HTML behind spaces": b"\n\n  " + SCRIPT,
        "JPEG magic and HTML": b"\xff\xd8\xff\xe0" + SCRIPT * 20,
        "PNG magic and HTML": b"\x89PNG\r\n\x1a\n" + SCRIPT * 20,
        "WebP magic and HTML": b"RIFF\x20\x00\x00\x00WEBP" + SCRIPT * 20,
        "MP4 magic and HTML": b"\x00\x00\x00\x18ftypmp42" + SCRIPT * 20,
        "WebM magic and HTML": b"\x1a\x45\xdf\xa3webm" + SCRIPT * 20,
        "PDF with JavaScript": b"%PDF-1.7\n1 0 obj<</OpenAction<</S/JavaScript/JS(app.alert(1))>>>>endobj",
        "shell script": b"#!/bin/sh\nrm -rf /\n",
        "Windows executable": b"MZ" + bytes(200),
        "Java archive": archive(("META-INF/MANIFEST.MF", b"x"), ("A.class", b"\xca\xfe\xba\xbe")),
        "TIFF": picture("TIFF"),
        "ICO": picture("ICO"),
        "EPS": picture("EPS"),
        "PostScript": b"%!PS\n(%pipe%id) (r) file",
        "HEIC": b"\x00\x00\x00\x18ftypheic" + bytes(64),
        "ImageMagick script": b"push graphic-context\nfill 'url(https://127.0.0.1/|id)'",
        # Metadata wherever it can be hidden
        "JPEG with EXIF": picture(exif=exif()),
        "JPEG with XMP": with_segments(segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + SECRET)),
        "JPEG with IPTC": with_segments(segment(0xED, b"Photoshop 3.0\x008BIM\x04\x04\0\0" + SECRET)),
        "JPEG with profile": with_segments(segment(0xE2, b"ICC_PROFILE\0\x01\x01" + SECRET)),
        "JPEG with comment": with_segments(segment(0xFE, SECRET)),
        "JPEG with every segment": with_segments(*(segment(0xE3 + n, SECRET) for n in range(13))),
        "JPEG with thumbnail": with_segments(segment(0xE0, b"JFXX\0\x10" + picture(size=(8, 8)) + SECRET)),
        "JPEG with thousand comments": with_segments(*(segment(0xFE, SECRET) for _ in range(1000))),
        "JPEG with several pictures": several_in_one(),
        "PNG with text": with_chunks(chunk(b"tEXt", b"Comment\0" + SECRET)),
        "PNG with packed text": with_chunks(chunk(b"zTXt", b"Comment\0\0" + packed)),
        "PNG with international text": with_chunks(chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + SECRET)),
        "PNG with EXIF": with_chunks(chunk(b"eXIf", exif()[6:])),
        "PNG with profile": with_chunks(chunk(b"iCCP", b"p\0\0" + packed)),
        "PNG with private chunk": with_chunks(chunk(b"prVt", SECRET)),
        "PNG with time": with_chunks(chunk(b"tIME", struct.pack(">HBBBBB", 2018, 5, 10, 12, 0, 0))),
        "PNG with text behind": png[:-12] + chunk(b"tEXt", b"Comment\0" + SECRET) + png[-12:],
        "PNG with script in palette": with_chunks(chunk(b"PLTE", SCRIPT[:51])),
        "PNG animated": animated(PNG),
        "WebP animated": animated(WEBP),
        "WebP with EXIF and XMP": picture(WEBP, exif=exif(), xmp=SECRET, icc_profile=SECRET),
        "WebP with strange chunk": riff(*_chunks_of(webp), (b"SCRT", SECRET)),
        "WebP header of another size": riff((b"VP8X", b"\x10\0\0\0" + b"\xff" * 6), *_chunks_of(b"RIFF....WEBP" + lossless)),
        # Too much
        "PNG of 60,000 × 60,000": huge_png(60_000, 60_000, zlib.compress(bytes(10**6))),
        "PNG of 2³¹ × 2³¹": huge_png(2**31 - 1, 2**31 - 1),
        "PNG of no pixels": huge_png(0, 0),
        "PNG that unpacks to 100 MB": huge_png(100, 100, hundred),
        "PNG text that unpacks to 100 MB": with_chunks(chunk(b"zTXt", b"a\0\0" + hundred)),
        "PNG profile that unpacks to 100 MB": with_chunks(chunk(b"iCCP", b"a\0\0" + hundred)),
        "JPEG of 65,535 × 65,535": huge_jpeg(65_535, 65_535),
        "JPEG of no pixels": huge_jpeg(0, 0),
        "JPEG taller than its data": huge_jpeg(24, 4_000),
        "JPEG of thousand scans": picture(progressive=True) * 3,
        "WebP of 16,383 × 16,383": riff((b"VP8X", bytes(4) + b"\xfe\x3f\0" * 2)),
        # Damaged
        "JPEG with spoilt tables": _tables_spoilt(jpeg),
        "JPEG with endless segment": jpeg[:2] + b"\xff\xe1\xff\xff" + jpeg[2:],
        "JPEG with segment of no length": jpeg[:2] + b"\xff\xe1\x00\x00" + jpeg[2:],
        "PNG with wrong checksum": with_chunks(chunk(b"tEXt", b"a\0b", 1)),
        "PNG with chunk of 4 GB": with_chunks(b"\xff\xff\xff\xfftEXt"),
        "PNG without header": b"\x89PNG\r\n\x1a\n" + png[33:],
        "PNG with two headers": png[:33] + png[8:],
        "PNG with bad filter": huge_png(10, 10, zlib.compress(b"\x99" * 310)),
        "WebP with length beyond": b"RIFF\xff\xff\xff\x7f" + webp[8:],
        "nothing": b"",
        "one byte": b"\xff",
        "zeros": bytes(4096),
        # Unusual and in order
        "JPEG in CMYK": picture(mode="CMYK"),
        "JPEG in grey": picture(mode="L"),
        "PNG of 16 bits": picture(PNG, mode="I;16"),
        "PNG of one bit": picture(PNG, mode="1"),
        "PNG with palette": picture(PNG, mode="P"),
        "PNG with transparent palette": picture(PNG, mode="P", transparency=0),
        "PNG grey with transparency": picture(PNG, mode="LA"),
        "JPEG progressive": picture(progressive=True),
        "WebP lossless": picture(WEBP, lossless=True),
    }  # fmt: skip
    for name, whole in (("JPEG", jpeg), ("PNG", png), ("WebP", webp)):
        for part in (10, 35, 60, 85, 99):
            found[f"{name} cut at {part} %"] = whole[: len(whole) * part // 100]
        for at in (15, len(whole) // 2, len(whole) - 9):
            found[f"{name} flipped at {at}"] = _flipped(whole, at)
    return found


def _chunks_of(webp: bytes) -> list[tuple[bytes, bytes]]:
    chunks, at = [], 12
    while at + 8 <= len(webp):
        length = struct.unpack("<I", webp[at + 4 : at + 8])[0]
        chunks.append((webp[at : at + 4], webp[at + 8 : at + 8 + length]))
        at += 8 + length + length % 2
    return chunks


#: As a browser may be made to send them; the picture behind is in order.
NAMES = (
    "../../../../etc/passwd",
    "..\\..\\windows\\system32\\a.jpg",
    "/absolute/path.jpg",
    "photo.php.jpg",
    "photo.jpg.html",
    "photo.jpg\x00.html",
    "photo\r\nContent-Type: text/html\r\n\r\n<script>.jpg",
    'quote".html;x="',
    "evil\u202egpj.exe",
    "\u2066evil\u2069.jpg",
    "con.jpg",
    ".htaccess",
    "~",
    "-rf",
    "$(id).jpg",
    "`id`.jpg",
    "<img src=x onerror=alert(1)>.jpg",
    "=HYPERLINK(1).jpg",
    "\ud83d\ude00.jpg",
    "п" * 400 + ".jpg",
    "a" * 5000,
    " . . ",
    "%2e%2e%2f.jpg",
    "фото \u0301\u0301\u0301.jpg",
)


PICTURES = _pictures()
