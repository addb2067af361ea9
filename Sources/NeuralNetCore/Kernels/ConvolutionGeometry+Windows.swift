import CKernels

/// Windows of an image as rows of a matrix, `[outputPixels, taps * channels]`, and back.
extension ConvolutionGeometry {
    /// Whether the image already is the matrix.
    var isPointwise: Bool { taps == 1 && strideHeight == 1 && strideWidth == 1 }

    /// Writes what each window covers; outside the image are zeros.
    func writeWindows(of image: UnsafePointer<Float>, to matrix: UnsafeMutablePointer<Float>) {
        var row = matrix
        let run = kernelWidth * channels
        for h in 0..<outputHeight {
            for w in 0..<outputWidth {
                let left = w * strideWidth - padLeft
                // Most windows lie within the image, and each of their rows is in one piece there.
                let isWhole = dilationWidth == 1 && left >= 0 && left + kernelWidth <= width
                for i in 0..<kernelHeight {
                    let r = h * strideHeight + i * dilationHeight - padTop
                    if r < 0 || r >= height {
                        row.update(repeating: 0, count: run)
                    } else if isWhole {
                        row.update(from: image + (r * width + left) * channels, count: run)
                    } else {
                        for j in 0..<kernelWidth {
                            let q = left + j * dilationWidth, isInside = q >= 0 && q < width
                            for c in 0..<channels {
                                row[j * channels + c] = isInside ? image[(r * width + q) * channels + c] : 0
                            }
                        }
                    }
                    row += run
                }
            }
        }
    }

    /// Writes for each value of the image the sum of all that windows say about it.
    func addWindows(_ matrix: UnsafePointer<Float>, to image: UnsafeMutablePointer<Float>) {
        memset(image, 0, inputCount * MemoryLayout<Float>.stride)
        var row = matrix
        for h in 0..<outputHeight {
            for w in 0..<outputWidth {
                for i in 0..<kernelHeight {
                    let r = h * strideHeight + i * dilationHeight - padTop
                    for j in 0..<kernelWidth {
                        let q = w * strideWidth + j * dilationWidth - padLeft
                        if r >= 0 && r < height && q >= 0 && q < width {
                            fm_add(image + (r * width + q) * channels, row, channels)
                        }
                        row += channels
                    }
                }
            }
        }
    }
}
