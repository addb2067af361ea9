import JSON

/// The largest value of each window of a sequence, per channel: `[steps, channels]` to `[steps', channels]`.
public struct MaxPool1D: SequenceLayer {
    public static let className = "MaxPooling1D"
    public var name: String
    /// Length of the window.
    public var poolSize: Int
    /// Steps from one window to the next.
    public var strides: Int
    /// Whether windows reach beyond the sequence, so that the output keeps its length at strides of 1.
    public var padding: Padding

    /// `strides` is the pool size unless given.
    public init(_ poolSize: Int = 2, strides: Int? = nil, padding: Padding = .valid, name: String = "") {
        self.poolSize = poolSize
        self.strides = strides ?? poolSize
        self.padding = padding
        self.name = name
    }

    public var planar: any Layer {
        MaxPool2D(poolSize: (1, poolSize), strides: (1, strides), padding: padding, name: name)
    }

    public var config: [String: JSONValue] {
        [
            "pool_size": [.int(poolSize)], "strides": [.int(strides)], "padding": .string(padding.rawValue),
            "data_format": "channels_last",
        ]
    }
}

/// The mean of each window of a sequence, per channel: `[steps, channels]` to `[steps', channels]`.
public struct AveragePool1D: SequenceLayer {
    public static let className = "AveragePooling1D"
    public var name: String
    /// Length of the window.
    public var poolSize: Int
    /// Steps from one window to the next.
    public var strides: Int
    /// Whether windows reach beyond the sequence, so that the output keeps its length at strides of 1.
    public var padding: Padding

    /// `strides` is the pool size unless given.
    public init(_ poolSize: Int = 2, strides: Int? = nil, padding: Padding = .valid, name: String = "") {
        self.poolSize = poolSize
        self.strides = strides ?? poolSize
        self.padding = padding
        self.name = name
    }

    public var planar: any Layer {
        AveragePool2D(poolSize: (1, poolSize), strides: (1, strides), padding: padding, name: name)
    }

    public var config: [String: JSONValue] {
        [
            "pool_size": [.int(poolSize)], "strides": [.int(strides)], "padding": .string(padding.rawValue),
            "data_format": "channels_last",
        ]
    }
}

/// The mean of all steps of a sequence, per channel: `[steps, channels]` to `[channels]`, or to `[1, channels]` with
/// `keepsDimensions`.
public struct GlobalAveragePool1D: SequenceLayer {
    public static let className = "GlobalAveragePooling1D"
    public var name: String
    /// Whether the output keeps the axes of places, with size 1.
    public var keepsDimensions: Bool

    public init(keepsDimensions: Bool = false, name: String = "") {
        self.keepsDimensions = keepsDimensions
        self.name = name
    }

    public var planar: any Layer { GlobalAveragePool2D(keepsDimensions: keepsDimensions, name: name) }

    public var config: [String: JSONValue] {
        ["data_format": "channels_last", "keepdims": .bool(keepsDimensions)]
    }
}

/// The largest value of all steps of a sequence, per channel: `[steps, channels]` to `[channels]`, or to
/// `[1, channels]` with `keepsDimensions`.
public struct GlobalMaxPool1D: SequenceLayer {
    public static let className = "GlobalMaxPooling1D"
    public var name: String
    /// Whether the output keeps the axes of places, with size 1.
    public var keepsDimensions: Bool

    public init(keepsDimensions: Bool = false, name: String = "") {
        self.keepsDimensions = keepsDimensions
        self.name = name
    }

    public var planar: any Layer { GlobalMaxPool2D(keepsDimensions: keepsDimensions, name: name) }

    public var config: [String: JSONValue] {
        ["data_format": "channels_last", "keepdims": .bool(keepsDimensions)]
    }
}
