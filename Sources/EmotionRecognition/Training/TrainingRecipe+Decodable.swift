import NeuralNet

/// Recipes are read from files of other program versions and from files written by hand: what is not there has its
/// default.
extension TrainingRecipe: Decodable {
    enum CodingKeys: String, CodingKey, CaseIterable {
        case architecture, network, from, freeze, head, inputSize, cropSize, channels, widths, blockDropout,
            headDropout, equalisation, votes
        case epochs, batchSize, gradientAccumulation, optimizer, learningRate, momentum, nesterov, weightDecay
        case schedule, warmupEpochs, minimumRate, labelSmoothing, classWeights, sampling, mixup, clipNorm
        case teacher, teacherShare
        case averageDecay, augmentation, finishEpochs, finishDropout, finishAugmentation, validationSplit
        case earlyStopping, save, seed, convolution
    }

    public init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        func read<Value: Decodable>(_ key: CodingKeys, into value: inout Value) throws {
            if let found = try fields.decodeIfPresent(Value.self, forKey: key) { value = found }
        }
        self.init()
        try read(.architecture, into: &architecture)
        network = try fields.decodeIfPresent(String.self, forKey: .network)
        from = try fields.decodeIfPresent(String.self, forKey: .from)
        freeze = try fields.decodeIfPresent([String].self, forKey: .freeze)
        head = try fields.decodeIfPresent([String].self, forKey: .head)
        try read(.inputSize, into: &inputSize)
        cropSize = try fields.decodeIfPresent(Int.self, forKey: .cropSize)
        try read(.channels, into: &channels)
        widths = try fields.decodeIfPresent([Int].self, forKey: .widths)
        blockDropout = try fields.decodeIfPresent([Float].self, forKey: .blockDropout)
        headDropout = try fields.decodeIfPresent(Float.self, forKey: .headDropout)
        try read(.equalisation, into: &equalisation)
        votes = try fields.decodeIfPresent(VoteTargets.self, forKey: .votes)
        try read(.epochs, into: &epochs)
        try read(.batchSize, into: &batchSize)
        try read(.gradientAccumulation, into: &gradientAccumulation)
        try read(.optimizer, into: &optimizer)
        try read(.learningRate, into: &learningRate)
        try read(.momentum, into: &momentum)
        try read(.nesterov, into: &nesterov)
        if optimizer == .adamw { weightDecay = AdamW.standardWeightDecay }
        try read(.weightDecay, into: &weightDecay)
        try read(.schedule, into: &schedule)
        try read(.warmupEpochs, into: &warmupEpochs)
        try read(.minimumRate, into: &minimumRate)
        try read(.labelSmoothing, into: &labelSmoothing)
        try read(.classWeights, into: &classWeights)
        try read(.sampling, into: &sampling)
        try read(.mixup, into: &mixup)
        teacher = try fields.decodeIfPresent(String.self, forKey: .teacher)
        try read(.teacherShare, into: &teacherShare)
        clipNorm = try fields.decodeIfPresent(Float.self, forKey: .clipNorm)
        // No average is written as no value, which is not the default.
        averageDecay = try fields.decodeIfPresent(Float.self, forKey: .averageDecay)
        try read(.augmentation, into: &augmentation)
        try read(.finishEpochs, into: &finishEpochs)
        try read(.finishDropout, into: &finishDropout)
        try read(.finishAugmentation, into: &finishAugmentation)
        try read(.validationSplit, into: &validationSplit)
        earlyStopping = try fields.decodeIfPresent(Int.self, forKey: .earlyStopping)
        try read(.save, into: &save)
        try read(.seed, into: &seed)
        convolution = try fields.decodeIfPresent(ConvolutionAlgorithm.self, forKey: .convolution)
    }
}

extension TrainingRecipe {
    /// The first value that no run could use, in words; nil if there is none. For recipes written by hand.
    var problem: String? {
        let checks: [(Bool, String)] = [
            ((16...512).contains(inputSize), "inputSize must be 16 to 512"),
            (cropSize.map { (16...inputSize).contains($0) } ?? true, "cropSize must be 16 to inputSize"),
            (from != nil || freeze == nil && head == nil, "freeze and head are for from"),
            (head.map { $0.count > 1 && Set($0).count == $0.count } ?? true, "head must name two or more classes"),
            (from == nil || network == nil, "network and from exclude each other"),
            (channels == 1 || channels == 3, "channels must be 1 or 3"),
            ((1...100_000).contains(epochs), "epochs must be 1 to 100000"),
            ((1...8192).contains(batchSize), "batchSize must be 1 to 8192"),
            ((1...1024).contains(gradientAccumulation), "gradientAccumulation must be 1 to 1024"),
            (learningRate >= 0 && learningRate <= 10, "learningRate must be 0 to 10"),
            ((0..<1).contains(momentum), "momentum must be 0 to below 1"),
            ((0...1).contains(weightDecay), "weightDecay must be 0 to 1"),
            ((0...1000).contains(warmupEpochs), "warmupEpochs must be 0 to 1000"),
            ((0...1).contains(minimumRate), "minimumRate must be 0 to 1"),
            ((0..<1).contains(labelSmoothing), "labelSmoothing must be 0 to below 1"),
            ((0...1).contains(mixup), "mixup must be 0 to 1"),
            ((0...1).contains(teacherShare), "teacherShare must be 0 to 1"),
            (averageDecay.map { (0..<1).contains($0) } ?? true, "averageDecay must be 0 to below 1"),
            (clipNorm.map { $0 > 0 } ?? true, "clipNorm must be above 0"),
            (finishEpochs >= 0, "finishEpochs must not be negative"),
            ((0...1).contains(finishDropout), "finishDropout must be 0 to 1"),
            ((0...1).contains(finishAugmentation), "finishAugmentation must be 0 to 1"),
            ((0..<1).contains(validationSplit), "validationSplit must be 0 to below 1"),
            (earlyStopping.map { $0 >= 1 } ?? true, "earlyStopping must be 1 or more"),
            ((blockDropout ?? []).allSatisfy { (0..<1).contains($0) }, "blockDropout must be 0 to below 1"),
            (headDropout.map { (0..<1).contains($0) } ?? true, "headDropout must be 0 to below 1"),
        ]
        return checks.first { !$0.0 }?.1 ?? augmentation.problem.map { "augmentation: \($0)" }
    }
}
