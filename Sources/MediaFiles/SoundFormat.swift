/// How samples are wanted: float32 between about -1 and 1, channels interleaved.
package struct SoundFormat: Sendable, Hashable {
    /// Samples a second and channel; `nil` as the file has them.
    package var rate: Int?
    /// 1 or 2; what has more is mixed.
    package var channels: Int

    package init(rate: Int? = nil, channels: Int) {
        precondition((1...2).contains(channels) && rate.map { (1000...SoundFormat.maximumRate).contains($0) } ?? true)
        self.rate = rate
        self.channels = channels
    }

    /// No file may have more samples a second: what claims more is damaged.
    static let maximumRate = 768_000
    /// No file may have more channels.
    static let maximumChannels = 64
    /// No frame of a codec may have more samples, so that memory stays flat.
    static let maximumFrame = 1 << 22
}

/// What a file of sound says about itself.
package struct SoundDescription: Sendable, Hashable {
    /// FFmpeg's short names.
    package var format: String
    package var codec: String
    /// Samples a second and channel, and channels, of the file.
    package var rate: Int
    package var channels: Int
    /// As the header or the last packets say; `nil` if neither does.
    package var seconds: Double?
}
