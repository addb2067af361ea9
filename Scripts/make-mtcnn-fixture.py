#!/usr/bin/env python3
"""Makes Tests/FaceVisionTests/Fixtures/mtcnn-constant.h5 with what Scripts/convert-mtcnn writes files with.

Each tensor has one value throughout, 100 times the number of its network plus its own number, both from 0 in the order
of the package's lists: so the file is small when compressed. Needs numpy and h5py.
"""
import importlib.machinery
import importlib.util
import pathlib

import numpy as np

FOLDER = pathlib.Path(__file__).resolve().parent
loader = importlib.machinery.SourceFileLoader("convert_mtcnn", str(FOLDER / "convert-mtcnn"))
convert = importlib.util.module_from_spec(importlib.util.spec_from_loader("convert_mtcnn", loader))
loader.exec_module(convert)

networks = {
    network: [np.full(shape, 100 * first + second, np.float32) for second, (_, shape) in enumerate(tensors)]
    for first, (network, tensors) in enumerate(convert.TENSORS.items())
}
convert.write(networks, FOLDER.parent / "Tests/FaceVisionTests/Fixtures/mtcnn-constant.h5", compress=True)
