#!/usr/bin/env python3
"""Makes the small HDF5 files that the tests of the reader read, in Tests/HDF5ReaderTests/Fixtures, and those that fuzzing
starts from, in Tests/Fuzzing/Corpus/hdf5.

Needs h5py with HDF5 2 or newer. One file for each layout that HDF5 has had, with all that Keras writes and what is near to
it; and files that must be refused. Numbers are 0.25 i - 3 unless the name says otherwise.
"""
import pathlib

import h5py
import numpy as np

FOLDER = pathlib.Path(__file__).resolve().parent.parent / "Tests/HDF5ReaderTests/Fixtures"
CORPUS = FOLDER.parent.parent / "Fuzzing/Corpus/hdf5"


def numbers(shape, kind="f4"):
    values = np.arange(int(np.prod(shape))) * 0.25 - 3
    if np.dtype(kind).kind in "iu":
        values = np.arange(int(np.prod(shape))) - (0 if np.dtype(kind).kind == "u" else 3)
    return values.reshape(shape).astype(kind)


def datasets(file, is_short):
    for kind in ("<f2", "<f4", "<f8", ">f2", ">f4", ">f8", "<i1", "<i2", "<i4", "<i8", ">i4", "<u1", ">u2", "<u4", "<u8"):
        name = kind.replace("<", "little-").replace(">", "big-")
        file.create_dataset(f"kinds/{name}", data=numbers((3, 4), kind))
    group = file.create_group("layouts")
    group["scalar"] = np.float32(-3)
    group["none"] = np.zeros((0, 3), "f4")
    group.create_dataset("chunked", data=numbers((7, 5)), chunks=(3, 2))
    group.create_dataset("one-chunk", data=numbers((7, 5)), chunks=(7, 5))
    group.create_dataset("one-gzip", data=numbers((7, 5)), chunks=(7, 5), compression="gzip")
    group.create_dataset("larger-chunk", data=numbers((7, 5)), chunks=(8, 8), maxshape=(9, 9), compression="gzip")
    group.create_dataset("gzip", data=numbers((7, 5)), chunks=(3, 2), compression="gzip")
    group.create_dataset("shuffled", data=numbers((7, 5)), chunks=(3, 2), compression="gzip", shuffle=True)
    group.create_dataset("shuffled-half", data=numbers((7, 5), "f2"), chunks=(3, 5), shuffle=True, fletcher32=True)
    group.create_dataset(
        "all-filters", data=numbers((7, 5), ">f8"), chunks=(3, 2), compression="gzip", shuffle=True, fletcher32=True)
    group.create_dataset("odd-sum", data=numbers((7, 5), "i1"), chunks=(3, 1), fletcher32=True)
    group.create_dataset("cube", data=numbers((3, 4, 5, 2)), chunks=(2, 3, 2, 2), compression="gzip")
    if not is_short:
        group.create_dataset("pages", data=numbers((1100,)), chunks=(1,))
    group.create_dataset("growing", data=numbers((6, 6)), chunks=(2, 3), maxshape=(None, None))
    group.create_dataset("growing-gzip", data=numbers((6, 6)), chunks=(2, 3), maxshape=(None, None), compression="gzip")
    group.create_dataset("unwritten", (4, 3), "f4")
    group.create_dataset("unwritten-2.5", (4, 3), "f4", fillvalue=2.5)
    group.create_dataset("unwritten-chunks-2.5", (4, 3), ">f8", chunks=(2, 2), fillvalue=2.5)
    partly = group.create_dataset("partly-2.5", (4, 4), "f4", chunks=(2, 2), fillvalue=2.5)
    partly[2:, :2] = 7
    for name, layout, early in (("compact", h5py.h5d.COMPACT, False), ("implicit", h5py.h5d.CHUNKED, True)):
        plist = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
        plist.set_layout(layout)
        if early:
            plist.set_chunk((3, 2))
            plist.set_alloc_time(h5py.h5d.ALLOC_TIME_EARLY)
        space = h5py.h5s.create_simple((7, 5))
        h5py.h5d.create(group.id, name.encode(), h5py.h5t.IEEE_F32LE, space, plist).write(
            h5py.h5s.ALL, h5py.h5s.ALL, numbers((7, 5)))
    file["number"] = np.dtype("f4")
    group.create_dataset("named-type", data=numbers((7, 5)), dtype=file["number"])


def attributes(file, is_old, is_short):
    group = file.create_group("texts")
    group.attrs["fixed"] = np.bytes_("héllo".encode())
    group.attrs["text"] = "héllo"
    group.attrs["fixed-list"] = [b"a", b"", b"ccc"]
    group.attrs["text-list"] = np.array(["a", "", "ccc"], dtype=h5py.string_dtype())
    group.attrs["nothing"] = []
    group.attrs["void"] = h5py.Empty("S1")
    group.attrs["whole"] = 7
    group.attrs["part"] = 0.5
    group.attrs["long"] = "x" * (100 if is_short else 70000)  # its letters are in a heap
    group.attrs["reference"] = group.ref
    file["string"] = h5py.string_dtype()
    group.attrs.create("named-type", "héllo", dtype=file["string"])
    many = file.create_group("many-attributes")
    for i in range(40):
        many.attrs[f"attribute {i}"] = f"value {i}"
    if not is_old and not is_short:
        big = file.create_group("big-attribute")
        big.attrs["layer_names"] = np.array([f"layer {i:05}".encode() for i in range(6000)])


def groups(file):
    many = file.create_group("many-links")
    for i in range(300):
        many[f"link {i}"] = many if i else file["layouts/scalar"]
    ordered = file.create_group("ordered", track_order=True)
    for name in ("z", "a", "m"):
        ordered.create_group(name)
    ordered.attrs["text"] = "ordered"
    file.create_group("/".join(f"level {i}" for i in range(30)))
    file["soft"] = h5py.SoftLink("/layouts/chunked")
    file["layouts/relative"] = h5py.SoftLink("scalar")
    file["dangling"] = h5py.SoftLink("/nowhere")
    file["x" * 300] = np.float32(-3)
    file["ünï"] = np.float32(-3)


def refused(file):
    file.create_dataset("external", (4,), "f4", external=[("/etc/passwd", 0, 16)])
    file["external-link"] = h5py.ExternalLink("/etc/other.h5", "/a")
    layout = h5py.VirtualLayout((4,), "f4")
    layout[:] = h5py.VirtualSource(".", "virtual", (4,))
    file.create_virtual_dataset("virtual", layout)
    file.create_dataset("references", (2,), h5py.ref_dtype)
    file["compounds"] = np.zeros(2, [("a", "f4"), ("b", "i4")])
    file["booleans"] = np.zeros(2, bool)
    file["complex"] = np.zeros(2, "c8")
    file["letters"] = np.array([b"abc"])
    file["nothing"] = h5py.Empty("f4")
    file.create_dataset("lzf", data=numbers((64,)), compression="lzf")
    file.create_dataset("scaled", data=numbers((64,), "i4"), scaleoffset=True)
    file.create_dataset("huge", (1 << 20, 1 << 20), "f4", chunks=(64, 64))
    file.create_dataset("gigabyte", (1 << 28,), "f4")
    file.create_dataset("zeros", data=np.zeros(1 << 10, "f4"), chunks=(1 << 10,), compression="gzip")
    group = file.create_group("circle")
    group["in"] = group
    file["soft-circle"] = h5py.SoftLink("/soft-circle-2")
    file["soft-circle-2"] = h5py.SoftLink("/soft-circle")


CONFIG = """{"class_name": "Sequential", "config": {"name": "s", "layers": [
{"class_name": "InputLayer", "config": {"batch_shape": [null, 4], "name": "i"}},
{"class_name": "Dense", "config": {"name": "d", "units": 3}}]}}"""


def model(file, **options):
    """A model of one layer."""
    file.attrs["model_config"] = CONFIG
    group = file.create_group("model_weights")
    group.attrs["layer_names"] = [b"d"]
    layer = group.create_group("d")
    layer.attrs["weight_names"] = [b"kernel", b"bias"]
    layer.create_dataset("kernel", data=numbers((4, 3)), **options)
    layer["bias"] = numbers((3,))


def corpus():
    CORPUS.mkdir(parents=True, exist_ok=True)
    for name, options in (
        ("plain", {}), ("chunks", {"chunks": (2, 2)}),
        ("filters", {"chunks": (2, 2), "compression": "gzip", "shuffle": True, "fletcher32": True}),
        ("one", {"chunks": (4, 3), "compression": "gzip"}), ("growing", {"chunks": (2, 2), "maxshape": (None, None)}),
    ):
        for version in ("earliest", "latest"):
            with h5py.File(CORPUS / f"{version}-{name}.h5", "w", libver=None if version == "earliest" else version) as file:
                model(file, **options)
    with h5py.File(CORPUS / "dense.h5", "w", libver="latest") as file:
        for i in range(12):
            file[f"link {i}"] = h5py.SoftLink("/a") if i else file
            file.attrs[f"attribute {i}"] = "x" * i
        file.attrs["layer_names"] = np.array([b"layer"] * 2)


def main():
    corpus()
    FOLDER.mkdir(parents=True, exist_ok=True)
    for old in FOLDER.glob("*.h5"):
        old.unlink()
    for version in ("earliest", "v108", "v110", "latest"):
        bounds = None if version == "earliest" else (version, version)
        with h5py.File(FOLDER / f"{version}.h5", "w", libver=bounds) as file:
            datasets(file, is_short=version == "v108")
            attributes(file, is_old=version == "earliest", is_short=version == "v108")
            groups(file)
        if version in ("earliest", "latest"):
            with h5py.File(FOLDER / f"refused-{version}.h5", "w", libver=bounds) as file:
                refused(file)
    with h5py.File(FOLDER / "growing-axis.h5", "w", libver="latest") as file:
        file.create_dataset("a", data=numbers((6,)), chunks=(2,), maxshape=(None,))
    # Addresses of four bytes, as h5py can make them.
    plist = h5py.h5p.create(h5py.h5p.FILE_CREATE)
    plist.set_sizes(4, 4)
    with h5py.File(h5py.h5f.create(str(FOLDER / "four-bytes.h5").encode(), h5py.h5f.ACC_TRUNC, plist)) as file:
        file.create_dataset("a/b", data=numbers((7, 5)), chunks=(3, 2), compression="gzip")
        file["a"].attrs["text"] = "héllo"
    with h5py.File(FOLDER / "user-block.h5", "w", userblock_size=512) as file:
        file["a"] = numbers((2,))
    for path in sorted([*FOLDER.glob("*.h5"), *CORPUS.glob("*.h5")]):
        print(f"{path.stat().st_size:7} {path.name}")


if __name__ == "__main__":
    main()
