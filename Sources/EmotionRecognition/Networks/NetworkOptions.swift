import NeuralNet

/// What can be chosen about a network besides its name.
public struct NetworkOptions: Sendable, Equatable {
    /// Width and height of its input.
    public var size = 48
    /// 1 for grey, 3 for RGB.
    public var channels = 1
    /// Size of the output.
    public var classes = 7
    /// Filters of each block; nil for the network's own.
    public var widths: [Int]?
    /// Rate of the dropout behind each block, or one rate for all blocks; nil for the network's own.
    public var blockDropout: [Float]?
    /// Rate of the dropout before the last layer; nil for the network's own.
    public var headDropout: Float?

    public init(size: Int = 48, channels: Int = 1, classes: Int = 7) {
        self.size = size
        self.channels = channels
        self.classes = classes
    }

    var input: Shape { [size, size, channels] }

    /// The rate behind each of `blocks` blocks. Throws when their number differs.
    func blockDropout(_ blocks: Int, default rates: [Float], of network: Architecture) throws -> [Float] {
        guard let blockDropout else { return rates }
        if blockDropout.count == 1 { return Array(repeating: blockDropout[0], count: blocks) }
        guard blockDropout.count == blocks else {
            throw RecognitionError.invalidSetting(
                "\(network.rawValue) has \(blocks) blocks to drop from, not \(blockDropout.count)")
        }
        return blockDropout
    }

    /// Throws when widths were chosen for a network that has none to choose.
    func refuseWidths(_ network: Architecture) throws {
        if widths != nil { throw RecognitionError.invalidSetting("\(network.rawValue) has no widths to choose") }
    }
}

/// A Dropout layer unless the rate is 0.
func dropout(_ rate: Float) -> [any Layer] { rate == 0 ? [] : [Dropout(rate)] }
