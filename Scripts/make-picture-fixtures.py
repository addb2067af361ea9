#!/usr/bin/env python3
"""Makes Tests/FaceVisionTests/Fixtures/pictures: one small picture per kind, and expected.txt with what Pillow sees.

Needs the packages pillow, pillow-heif, tifffile, imagecodecs and numpy. A line of expected.txt: name, width, height, tolerance, RGB in hex.
"""
import io, os, struct, sys, zlib
import numpy as np
from PIL import Image, ImageCms, ImageOps
import pillow_heif
import tifffile

pillow_heif.register_heif_opener()
here = os.path.join(os.path.dirname(__file__), "..", "Tests", "FaceVisionTests", "Fixtures", "pictures")
os.makedirs(here, exist_ok=True)
lines = []

def base(width=16, height=12):
    """Four quarters that tell every turn apart."""
    a = np.zeros((height, width, 3), np.uint8)
    a[: height // 2, : width // 2] = (220, 40, 40)
    a[: height // 2, width // 2 :] = (40, 200, 60)
    a[height // 2 :, : width // 2] = (50, 60, 210)
    a[height // 2 :, width // 2 :] = (30, 60, 90)
    return Image.fromarray(a)

picture = base()

def exif(orientation):
    e = Image.Exif()
    e[0x0112] = orientation
    return e

def over_white(image):
    image = image.convert("RGBA")
    white = Image.new("RGBA", image.size, (255, 255, 255, 255))
    return Image.alpha_composite(white, image).convert("RGB")

def note(name, expected, tolerance):
    expected = expected.convert("RGB")
    lines.append(f"{name} {expected.width} {expected.height} {tolerance} {expected.tobytes().hex()}")

def keep(name, data, expected=None, tolerance=2):
    with open(os.path.join(here, name), "wb") as file: file.write(data)
    if expected is None: expected = over_white(ImageOps.exif_transpose(Image.open(io.BytesIO(data))))
    note(name, expected, tolerance)

def save(image, format, **options):
    out = io.BytesIO()
    image.save(out, format, **options)
    return out.getvalue()

for o in range(1, 9):
    keep(f"o{o}.jpg", save(picture, "JPEG", quality=95, subsampling=0, exif=exif(o)), tolerance=3)
    keep(f"o{o}.png", save(picture, "PNG", exif=exif(o)))
    keep(f"o{o}.webp", save(picture, "WEBP", lossless=True, exif=exif(o).tobytes()))
    keep(f"o{o}.tif", save(picture, "TIFF", tiffinfo={0x0112: o}))
    upright = ImageOps.exif_transpose(Image.open(io.BytesIO(save(picture, "PNG", exif=exif(o)))))
    keep(f"o{o}.avif", save(picture, "AVIF", quality=95, subsampling="4:4:4", exif=exif(o)), upright, 8)
    # Turned and mirrored by the file's own properties, which Pillow's plug-in writes for this EXIF.
    keep(f"o{o}.heic", save(picture, "HEIF", quality=95, chroma=444, exif=exif(o).tobytes()), None, 8)

keep("grey.jpg", save(picture.convert("L"), "JPEG", quality=95))
keep("progressive.jpg", save(picture, "JPEG", quality=95, progressive=True, subsampling=0), tolerance=3)
keep("cmyk.jpg", save(picture.convert("CMYK"), "JPEG", quality=95), tolerance=6)
keep("rgb.jpg", save(picture, "JPEG", quality=95, keep_rgb=True), tolerance=3)
keep("palette.png", save(picture.convert("P", palette=Image.ADAPTIVE), "PNG"))
keep("bilevel.png", save(picture.convert("1", dither=0), "PNG"))
keep("grey.png", save(picture.convert("L"), "PNG"))
clear = picture.convert("RGBA")
clear.putalpha(Image.linear_gradient("L").resize(picture.size))
keep("alpha.png", save(clear, "PNG"))
keep("grey-alpha.png", save(clear.convert("LA"), "PNG"))
keep("alpha.webp", save(clear, "WEBP", lossless=True, exact=True))
keep("alpha.avif", save(clear, "AVIF", quality=100, subsampling="4:4:4"), tolerance=8)
keep("alpha.heic", save(clear, "HEIF", quality=-1, chroma=444), tolerance=8)
keep("alpha.tif", save(clear, "TIFF"))
keep("alpha.ico", save(clear.resize((32, 32)), "ICO", sizes=[(32, 32)]), tolerance=3)
palette = picture.convert("P", palette=Image.ADAPTIVE)
keep("transparent.png", save(palette, "PNG", transparency=int(palette.getpixel((1, 1)))))
keep("grey-transparent.png", save(picture.convert("L"), "PNG", transparency=picture.convert("L").getpixel((1, 1))))
keep("transparent.gif", save(palette, "GIF", transparency=int(palette.getpixel((1, 1)))))
keep("lossy.webp", save(picture, "WEBP", quality=95), tolerance=40)
second = Image.new("RGB", picture.size, (255, 255, 0))
keep("animated.webp", save(picture, "WEBP", lossless=True, save_all=True, append_images=[second], duration=100))
keep("animated.png", save(picture, "PNG", save_all=True, append_images=[second], duration=100))
keep("animated.gif", save(picture.convert("P", palette=Image.ADAPTIVE), "GIF", save_all=True,
                          append_images=[second.convert("P")], duration=100))
keep("plain.bmp", save(picture, "BMP"))
keep("palette.bmp", save(palette, "BMP"))
keep("plain.ppm", save(picture, "PPM"))
keep("plain.pgm", save(picture.convert("L"), "PPM"))
keep("bilevel.pbm", save(picture.convert("1", dither=0), "PPM"))
keep("plain.jp2", save(picture, "JPEG2000"))
keep("plain.pcx", save(picture, "PCX"))
keep("plain.dds", save(picture, "DDS"))
keep("lzw.tif", save(picture, "TIFF", compression="tiff_lzw"))
keep("deflate.tif", save(picture, "TIFF", compression="tiff_adobe_deflate"))
keep("grey.tif", save(picture.convert("L"), "TIFF"))
keep("palette.tif", save(palette, "TIFF"))
keep("bilevel.tif", save(picture.convert("1", dither=0), "TIFF"))
keep("cmyk.tif", save(picture.convert("CMYK"), "TIFF"))

def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

def deep_png(array, colour, before=b""):
    """16-bit samples, which Pillow does not write in colour."""
    height, width = array.shape[:2]
    rows = b"".join(b"\0" + array[y].astype(">u2").tobytes() for y in range(height))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 16, colour, 0, 0, 0)) + before
            + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))

values = np.asarray(picture).astype(np.uint16) * 257
grey = np.asarray(picture.convert("L"))
keep("deep.png", deep_png(values, 2), picture)
keep("deep-srgb.png", deep_png(values, 2, chunk(b"sRGB", b"\0") + chunk(b"gAMA", struct.pack(">I", 45455))), picture)
keep("deep-gamma.png", deep_png(values, 2, chunk(b"gAMA", struct.pack(">I", 45455))), picture)
keep("deep-grey.png", deep_png(grey.astype(np.uint16) * 257, 0), Image.fromarray(grey))
with_alpha = np.dstack([values, np.asarray(clear)[..., 3].astype(np.uint16) * 257])
keep("deep-alpha.png", deep_png(with_alpha, 6), over_white(clear))
keep("deep-grey.tif", save(Image.fromarray(grey.astype(np.uint16) * 257), "TIFF"), Image.fromarray(grey), 2)
def tiff(name, array, expected=picture, tolerance=2, **options):
    """Kinds that Pillow does not write."""
    out = io.BytesIO()
    tifffile.imwrite(out, array, metadata=None, **{"photometric": "rgb", **options})
    keep(name, out.getvalue(), expected, tolerance)

pixels = np.asarray(picture)
tiff("tiled.tif", pixels, tile=(16, 16))
tiff("tiled-grey.tif", grey, Image.fromarray(grey), tile=(16, 16), photometric="minisblack", compression="zlib")
tiff("deep-rgb.tif", values)
tiff("deep-big-endian.tif", values, byteorder=">")
tiff("deep-tiled.tif", values, tile=(16, 16), compression="zlib", predictor=True)
tiff("planes.tif", np.moveaxis(pixels, 2, 0).copy(), planarconfig="separate")
tiff("big.tif", pixels, bigtiff=True)
tiff("big-big-endian.tif", pixels, bigtiff=True, byteorder=">")
tiff("packbits.tif", pixels, compression="packbits")
tiff("rows.tif", pixels, rowsperstrip=5)
tiff("white-is-zero.tif", 255 - grey, Image.fromarray(grey), photometric="miniswhite")
tiff("jpeg.tif", pixels, compression="jpeg", subsampling=(1, 1), compressionargs={"level": 95}, tolerance=12)
rgba = np.asarray(clear)
tiff("alpha-tiled.tif", rgba, over_white(clear), tile=(16, 16), extrasamples=["unassalpha"])
times_alpha = rgba.copy()
times_alpha[..., :3] = (rgba[..., :3].astype(int) * rgba[..., 3:] + 127) // 255
tiff("times-alpha.tif", times_alpha, over_white(clear), 2, extrasamples=["assocalpha"])
tiff("deep-alpha.tif", with_alpha, over_white(clear), extrasamples=["unassalpha"])
tiff("four-samples.tif", rgba, picture, extrasamples=["unspecified"])
lab = ImageCms.buildTransform(ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB"), "RGB", "LAB")
tiff("lab.tif", np.asarray(ImageCms.applyTransform(picture, lab)), tolerance=50, photometric="cielab")  # from another white
keep("deep.heic", pillow_heif.from_bytes("RGB;16", picture.size, values.tobytes()) and
     (lambda out: (pillow_heif.from_bytes("RGB;16", picture.size, values.tobytes()).save(out, quality=95, chroma=444),
                   out.getvalue())[1])(io.BytesIO()), picture, 8)
# Two photos one behind the other: the first counts.
keep("two.jpg", save(picture, "JPEG", quality=95, subsampling=0, exif=exif(6)) + save(second, "JPEG"),
     ImageOps.exif_transpose(Image.open(io.BytesIO(save(picture, "JPEG", quality=95, subsampling=0, exif=exif(6))))), 3)

with open(os.path.join(here, "expected.txt"), "w") as file: file.write("\n".join(lines) + "\n")
print(len(lines), "pictures,", sum(os.path.getsize(os.path.join(here, n)) for n in os.listdir(here)), "bytes")
