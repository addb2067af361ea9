import Emotions

extension MoodMap {
    /// All that ranking needs of it: everything but the words.
    func write(to writer: inout CompactWriter) {
        for points in [feelings.map { [$0] }, match, lift] {
            writer.write(points.count)
            for own in points {
                writer.write(own.count)
                for point in own { for axis in MoodAxis.allCases { writer.write(point[axis]) } }
            }
        }
        writer.write(weights)
        writer.write(ranking.numbers)
    }

    init(from reader: inout CompactReader) throws(CompactError) {
        let feelings = try MoodMap.points(&reader).map { $0[0] }
        let match = try MoodMap.points(&reader), lift = try MoodMap.points(&reader)
        let weights = try reader.doubles(within: 1)
        guard weights.count == MoodAxis.allCases.count, weights.allSatisfy({ $0 >= 0 }),
            let ranking = Ranking(numbers: try reader.doubles(within: 1_000_000))
        else { throw .invalid("weights that rank nothing") }
        self.init(feelings: feelings, match: match, lift: lift, weights: weights, ranking: ranking)
    }

    /// Points of each emotion, at least one.
    private static func points(_ reader: inout CompactReader) throws(CompactError) -> [[MoodPoint]] {
        var result: [[MoodPoint]] = []
        for _ in 0..<(try reader.count(ofSize: 41)) {
            var own: [MoodPoint] = []
            for _ in 0..<(try reader.count(ofSize: 40)) {
                var point = MoodPoint(valence: 0, energy: 0, danceability: 0, acousticness: 0, tempo: 0)
                for axis in MoodAxis.allCases {
                    point[axis] = try reader.double(within: axis.range.upperBound)
                    guard axis.range.contains(point[axis]) else { throw .invalid("a mood that does not exist") }
                }
                own.append(point)
            }
            guard !own.isEmpty else { throw .invalid("an emotion without a place") }
            result.append(own)
        }
        guard result.count == Emotion.allCases.count else { throw .invalid("the number of emotions") }
        return result
    }
}

extension MoodMap.Ranking {
    /// Its settings in an order of their own: new ones come behind.
    fileprivate var numbers: [Double] {
        [
            tempoSpan, estimateTrust, estimateError, amplifyGain, otherLabel, laterLabel, noLabel, fearTheme,
            companyTheme,
            secondLanguage, foreignLanguage, favouriteArtist, likedArtist, likedSong, dislikedArtist, tasteGenre,
            tasteDecade, tasteLanguage, tasteSound, likeGenre, likeDecade, likeLanguage, likeArtist, ownShare, ownHalf,
            played, playedHalfLife, offered, offeredHalfLife, Double(artistGap), Double(drawPool), drawReach,
            surpriseShare, Double(surprisePool), surpriseReach,
        ]
    }

    fileprivate init?(numbers: [Double]) {
        guard numbers.count == Self().numbers.count, numbers.allSatisfy({ $0 >= 0 }), numbers[0] >= 1,
            numbers[26] > 0, numbers[28] > 0, [29, 30, 33].allSatisfy({ 1...1000 ~= numbers[$0] })
        else { return nil }
        self.init()
        tempoSpan = numbers[0]
        estimateTrust = numbers[1]
        estimateError = numbers[2]
        amplifyGain = numbers[3]
        otherLabel = numbers[4]
        laterLabel = numbers[5]
        noLabel = numbers[6]
        fearTheme = numbers[7]
        companyTheme = numbers[8]
        secondLanguage = numbers[9]
        foreignLanguage = numbers[10]
        favouriteArtist = numbers[11]
        likedArtist = numbers[12]
        likedSong = numbers[13]
        dislikedArtist = numbers[14]
        tasteGenre = numbers[15]
        tasteDecade = numbers[16]
        tasteLanguage = numbers[17]
        tasteSound = numbers[18]
        likeGenre = numbers[19]
        likeDecade = numbers[20]
        likeLanguage = numbers[21]
        likeArtist = numbers[22]
        ownShare = numbers[23]
        ownHalf = numbers[24]
        played = numbers[25]
        playedHalfLife = numbers[26]
        offered = numbers[27]
        offeredHalfLife = numbers[28]
        artistGap = Int(numbers[29])
        drawPool = Int(numbers[30])
        drawReach = numbers[31]
        surpriseShare = numbers[32]
        surprisePool = Int(numbers[33])
        surpriseReach = numbers[34]
    }
}
