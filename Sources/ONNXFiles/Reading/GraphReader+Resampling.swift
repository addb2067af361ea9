import NeuralNet

extension GraphReader {
    /// A picture in another size, where ONNX's many ways agree with this library's.
    func resize(_ n: inout NodeReader) throws -> Feature {
        let (input, _) = try image(try n.feature()), height = input.shape[0], width = input.shape[1]
        let isUpsample = n.node.type == "Upsample"
        let mode = try n.text("mode", default: "nearest")
        let transformation = try n.text(
            "coordinate_transformation_mode", default: isUpsample ? "asymmetric" : "half_pixel")
        let rounding = try n.text("nearest_mode", default: isUpsample ? "floor" : "round_prefer_floor")
        _ = (try n.float("cubic_coeff_a", default: -0.75), try n.int("exclude_outside", default: 0))
        _ = try n.float("extrapolation_value", default: 0)
        guard try n.int("antialias", default: 0) == 0 else { throw ONNXFailure("antialias is not supported") }
        if let axes = try n.ints("axes"), axes != [2, 3], axes != [0, 1, 2, 3] { throw ONNXFailure("axes \(axes)") }
        guard try n.text("keep_aspect_ratio_policy", default: "stretch") == "stretch", n.operatorSet >= 9 else {
            throw ONNXFailure("keep_aspect_ratio_policy is not supported")
        }
        let size: (Int, Int)
        if n.hasInput(3) {
            let sizes = try n.ints(3, "its sizes") ?? []
            guard sizes.count >= 2 else { throw ONNXFailure("its sizes are \(sizes)") }
            size = (sizes[sizes.count - 2], sizes[sizes.count - 1])
        } else {
            let scales = try n.constant(n.operatorSet < 11 ? 1 : 2, "its scales").floats
            guard scales.count == 2 || (scales.count == 4 && scales[0] == 1 && scales[1] == 1),
                scales.allSatisfy({ $0 > 0 && $0 <= 4096 })
            else { throw ONNXFailure("its scales are \(scales); only height and width can be resized") }
            // ONNX takes the next smaller whole size, and its scale as it is: only where both agree.
            let exact = (Float(height) * scales[scales.count - 2], Float(width) * scales[scales.count - 1])
            guard exact.0 == exact.0.rounded(), exact.1 == exact.1.rounded() else {
                throw ONNXFailure("its scales \(scales) make no whole sizes of \(height)x\(width)")
            }
            size = (Int(exact.0), Int(exact.1))
        }
        guard (1...65536).contains(size.0), (1...65536).contains(size.1) else { throw ONNXFailure("to size \(size)") }
        let isWhole = size.0 % height == 0 && size.1 % width == 0, factors = (size.0 / height, size.1 / width)
        let isHalf =
            transformation == "half_pixel" || (transformation == "pytorch_half_pixel" && size.0 > 1 && size.1 > 1)
        let layer: any Layer
        switch mode {
        case "nearest"
        where isWhole
            && ((transformation == "asymmetric" && rounding == "floor") || (isHalf && rounding == "round_prefer_floor")):
            layer = UpSampling2D(size: factors)
        case "linear" where isHalf:
            layer =
                isWhole
                ? UpSampling2D(size: factors, interpolation: .bilinear) : Resizing(height: size.0, width: size.1)
        default:
            throw ONNXFailure(
                "\(mode), \(transformation), \(rounding) from \(height)x\(width) to \(size.0)x\(size.1) is not supported"
            )
        }
        var result = try image(layer, of: input, named: n.name, channels: (input.axes[2], input.onnxAxes[0]))
        result.isNonNegative = input.isNonNegative
        return result
    }
}
