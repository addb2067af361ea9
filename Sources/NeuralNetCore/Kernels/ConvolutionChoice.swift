/// Which kernel computes an ungrouped convolution in floats.
enum ConvolutionChoice {
    case batched, winograd, direct, im2col

    /// The fastest for these shapes.
    init(_ geometry: ConvolutionGeometry, filters: Int, _ context: KernelContext) {
        if context.convolution == .im2col {
            self = .im2col
        } else if BatchedConvolution.fits(geometry, filters: filters, context: context) {
            self = .batched
        } else if WinogradConvolution.fits(geometry, filters: filters) {
            self = .winograd
        } else if DirectConvolution.fits(geometry, filters: filters) {
            self = .direct
        } else {
            self = .im2col
        }
    }
}
