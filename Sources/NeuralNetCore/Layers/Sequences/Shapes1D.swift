import JSON

/// Zeros before and after a sequence: `[steps, channels]` to `[left + steps + right, channels]`.
public struct ZeroPadding1D: SequenceLayer {
    public static let className = "ZeroPadding1D"
    public var name: String
    public var left: Int
    public var right: Int

    public init(left: Int = 1, right: Int = 1, name: String = "") {
        self.left = left
        self.right = right
        self.name = name
    }

    public var planar: any Layer { ZeroPadding2D(top: 0, bottom: 0, left: left, right: right, name: name) }

    public var config: [String: JSONValue] {
        ["padding": [.int(left), .int(right)], "data_format": "channels_last"]
    }
}

/// A sequence without its ends: `[steps, channels]` to `[steps - left - right, channels]`.
public struct Cropping1D: SequenceLayer {
    public static let className = "Cropping1D"
    public var name: String
    public var left: Int
    public var right: Int

    public init(left: Int = 1, right: Int = 1, name: String = "") {
        self.left = left
        self.right = right
        self.name = name
    }

    public var planar: any Layer { Cropping2D(top: 0, bottom: 0, left: left, right: right, name: name) }

    public var config: [String: JSONValue] { ["cropping": [.int(left), .int(right)]] }
}

/// Each step of a sequence several times: `[steps, channels]` to `[steps size, channels]`.
public struct UpSampling1D: SequenceLayer {
    public static let className = "UpSampling1D"
    public var name: String
    public var size: Int

    public init(_ size: Int = 2, name: String = "") {
        self.size = size
        self.name = name
    }

    public var planar: any Layer { UpSampling2D(size: (1, size), name: name) }

    public var config: [String: JSONValue] { ["size": .int(size)] }
}
