/// How a convolution can be computed; which way is fastest depends on its sizes, the batch and the processor.
public enum ConvolutionMethod: String, Sendable, CaseIterable {
    /// `DirectConvolution`
    case direct
    /// `Im2ColConvolution`
    case matrices
    /// `BatchedConvolution`
    case batched
    /// `WinogradConvolution` by tiles of so many outputs.
    case winograd4, winograd5, winograd6

    /// Outputs along a tile's side, for Winograd's ways.
    var tile: Int? {
        switch self {
        case .winograd4: 4
        case .winograd5: 5
        case .winograd6: 6
        default: nil
        }
    }
}

/// The one place where the way of a convolution is chosen: by few limits and a count of operations, or by what was
/// measured for its very sizes on this machine.
public struct ConvolutionTable: Sendable {
    /// Kernels of so many weights are read once per batch and not once per image, if images are small.
    var batchedWeights: Int
    /// So many pixels of the output at most; and where Winograd could do it too.
    var batchedPixels: Int
    var batchedPixelsBesideWinograd: Int
    /// Batches of prediction up to this size have too few tiles for Winograd's larger kernels.
    var fewImages: Int
    /// Tiles of 5 and 6 must need at most this share of the operations of tiles of 4, since they lose a digit more.
    var largeTiles: Double
    /// Multiplications that a value's way through the transforms costs, for tiles of 4, 5 and 6.
    var transforms: [Double]

    /// Chosen on an AMD EPYC (family 25, model 17) with AVX-512 and AVX2. How many operations a transform counts for, and
    /// the share that larger tiles must stay below, follow from counts of instructions; the rest was measured there.
    private static let epyc = ConvolutionTable(
        batchedWeights: 1 << 16, batchedPixels: 36, batchedPixelsBesideWinograd: 9, fewImages: 16, largeTiles: 0.75,
        transforms: [6, 14, 16])

    /// The limits in use: the same for all processors until one is met that wants others.
    static let current = epyc

    func method(_ g: ConvolutionGeometry, filters: Int, context: KernelContext) -> ConvolutionMethod {
        let possible = ConvolutionTable.possible(g, filters: filters, context: context)
        #if !hasFeature(Embedded)
            // What was measured are products of floats.
            if !context.isHalf,
                let measured = MeasuredConvolutions.method(for: ConvolutionCase(g, filters: filters, context: context)),
                possible.contains(measured)
            {
                return measured
            }
        #endif
        let usesWinograd = possible.contains(.winograd4)
        let manyTiles = context.isTraining || context.choosing.batch > fewImages
        let pixels = manyTiles && usesWinograd ? batchedPixelsBesideWinograd : batchedPixels
        if g.taps * g.channels * filters >= batchedWeights, g.outputPixels <= pixels {
            // One image's windows are sooner read where they are than written out.
            let isOne = !context.isTraining && context.choosing.batch == 1 && !context.isHalf
            return isOne && g.taps > 1 && g.strideWidth == 1 ? .direct : .batched
        }
        if usesWinograd { return tiles(g, filters: filters) }
        return possible.contains(.direct) ? .direct : .matrices
    }

    /// What can compute it, the usual way first.
    static func possible(_ g: ConvolutionGeometry, filters: Int, context: KernelContext) -> [ConvolutionMethod] {
        var result: [ConvolutionMethod] = []
        if !context.isTraining || DirectConvolution.trains(g, filters: filters) { result.append(.direct) }
        if context.isTraining { result.append(.matrices) }
        // A batch's windows are written out, which must not take more memory than the rest of a network.
        if g.outputPixels <= 64 { result.append(.batched) }
        if WinogradConvolution.fits(g, filters: filters) { result += [.winograd4, .winograd5, .winograd6] }
        return result
    }

    /// The tiles that take the fewest operations: larger ones save multiplications where the channels are many, unless
    /// they reach far over the image's edge.
    private func tiles(_ g: ConvolutionGeometry, filters: Int) -> ConvolutionMethod {
        func operations(_ method: ConvolutionMethod) -> Double {
            let tile = method.tile!
            let tiles = ((g.outputHeight + tile - 1) / tile) * ((g.outputWidth + tile - 1) / tile)
            let values = transforms[tile - 4] * Double(g.channels + filters)
            return Double(tiles * (tile + 2) * (tile + 2)) * (Double(g.channels * filters) + values)
        }
        let best: ConvolutionMethod = operations(.winograd5) < operations(.winograd6) ? .winograd5 : .winograd6
        return operations(best) <= largeTiles * operations(.winograd4) ? best : .winograd4
    }
}
