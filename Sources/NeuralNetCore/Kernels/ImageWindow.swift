/// A smaller image at a place within a larger one: what padding puts in and cropping takes out.
struct ImageWindow: Sendable {
    /// Height, width, channels.
    let large: Shape
    let small: Shape
    let top: Int
    let left: Int

    /// Calls `body` for each row of the small image, with its offsets in both and its length.
    private func forEachRow(_ body: (_ large: Int, _ small: Int, _ count: Int) -> Void) {
        let row = small[1] * small[2]
        for h in 0..<small[0] {
            body(((h + top) * large[1] + left) * large[2], h * row, row)
        }
    }

    /// Puts small images into large ones of zeros.
    func put(_ x: UnsafeMutablePointer<Float>, into y: UnsafeMutablePointer<Float>, _ pass: Pass) {
        let smallCount = small.reduce(1, *), largeCount = large.reduce(1, *)
        pass.threads.runEach(pass.count) { _, image in
            let from = x + image * smallCount, to = y + image * largeCount
            to.update(repeating: 0, count: largeCount)
            forEachRow { place, row, count in (to + place).update(from: from + row, count: count) }
        }
    }

    /// Takes small images out of large ones.
    func take(_ x: UnsafeMutablePointer<Float>, into y: UnsafeMutablePointer<Float>, _ pass: Pass) {
        let smallCount = small.reduce(1, *), largeCount = large.reduce(1, *)
        pass.threads.runEach(pass.count) { _, image in
            let from = x + image * largeCount, to = y + image * smallCount
            forEachRow { place, row, count in (to + row).update(from: from + place, count: count) }
        }
    }
}

struct ZeroPaddingKernel: LayerKernel {
    let window: ImageWindow
    var memory: KernelMemory { KernelMemory() }

    func forward(_ b: LayerBuffers, _ pass: Pass) { window.put(b.inputs[0], into: b.output, pass) }

    func backward(_ b: LayerBuffers, _ pass: Pass) {
        if let dx = b.inputGradients[0] { window.take(b.outputGradient!, into: dx, pass) }
    }
}

struct CroppingKernel: LayerKernel {
    let window: ImageWindow
    var memory: KernelMemory { KernelMemory() }

    func forward(_ b: LayerBuffers, _ pass: Pass) { window.take(b.inputs[0], into: b.output, pass) }

    func backward(_ b: LayerBuffers, _ pass: Pass) {
        if let dx = b.inputGradients[0] { window.put(b.outputGradient!, into: dx, pass) }
    }
}
