import JSON
import NeuralNetCore
import NeuralNetTraining

/// `training_config` as Keras 3 writes it: what a model was compiled with.
enum KerasTrainingConfig {
    /// Loss, metrics and optimizer.
    static func config(of training: ModelFile.Training) -> JSONValue {
        [
            "loss": config(of: training.loss), "loss_weights": nil, "metrics": JSONValue(training.metrics),
            "weighted_metrics": nil, "run_eagerly": false, "steps_per_execution": 1, "jit_compile": false,
            "optimizer_config": [
                "class_name": .string(type(of: training.optimizer).className),
                "config": .object(optimizerConfig(training)),
            ],
        ]
    }

    /// The same as `.keras` files have it.
    static func compileConfig(of training: ModelFile.Training) -> JSONValue {
        var fields = config(of: training).objectValue ?? [:]
        let optimizer = fields.removeValue(forKey: "optimizer_config")
        fields["optimizer"] = KerasConfig.object(
            optimizer?["class_name"]?.stringValue ?? "", module: "keras.optimizers",
            config: optimizer?["config"]?.objectValue ?? [:])
        return .object(fields)
    }

    private static func optimizerConfig(_ training: ModelFile.Training) -> [String: JSONValue] {
        let optimizer = training.optimizer
        var config = optimizer.config
        config["name"] = .string(type(of: optimizer).className.lowercased())
        config["weight_decay"] =
            optimizer.weightDecay == 0 && !(optimizer is AdamW)
            ? .null : .double(Double(optimizer.weightDecay))
        config["global_clipnorm"] = training.globalClipNorm.map { .double(Double($0)) } ?? .null
        // Keras 3 has no `decay` but a schedule that does the same.
        let decay = (optimizer as? Adam)?.decay ?? (optimizer as? SGD)?.decay ?? 0
        if decay != 0 {
            config["learning_rate"] = KerasConfig.object(
                "InverseTimeDecay", module: "keras.optimizers.schedules",
                config: [
                    "initial_learning_rate": .double(Double(optimizer.learningRate)), "decay_steps": 1,
                    "decay_rate": .double(Double(decay)), "staircase": false, "name": "inverse_time_decay",
                ])
        }
        return config
    }

    /// Keras knows its own losses by bare names, with its defaults.
    private static func config(of loss: any Loss) -> JSONValue {
        let name = loss.identifier, config = loss.config
        let isStandard = config.allSatisfy { key, value in
            key == "axis" || key == "label_smoothing" && value.doubleValue == 0 || value.boolValue == false
                || key == "delta" && value.doubleValue == 1
        }
        if isStandard { return .string(name) }
        return KerasConfig.object(
            type(of: loss).className, module: "keras.losses",
            config: config.merging(["name": .string(name), "reduction": "sum_over_batch_size"]) { own, _ in own })
    }
}
