import EmotionRecognition
import NeuralNet
import Terminal

extension TestTimeAugmentation: ArgumentChoice {}
extension ConvolutionAlgorithm: ArgumentChoice {}
extension TrainingRecipe.OptimizerName: ArgumentChoice {}
extension TrainingRecipe.ScheduleName: ArgumentChoice {}
extension TrainingRecipe.ClassWeights: ArgumentChoice {}
extension TrainingRecipe.Save: ArgumentChoice {}
extension VoteTargets: ArgumentChoice {}
extension ClassSampling: ArgumentChoice {}
extension Equalisation: ArgumentChoice {}
extension Augmentation.FillMode: ArgumentChoice {}

/// What `fermusic train` can be told.
enum TrainOptions {
    static let defaults = TrainingRecipe()
    static let data = Option<Path?>(
        "data", short: "d", help: "FER2013 as Kaggle's CSV file or as a folder of class folders.")
    static let checkpoint = Option<Path?>(
        "checkpoint", short: "o", help: "The model file to write; a recipe's name with .h5 by default.")
    static let recipeFile = Option<Path?>(
        "recipe", help: "A file with the settings of a run; options given beside it count more.")
    static let architecture = Option<NetworkChoice>(
        "arch", default: .named(.cnn), help: "The network: \(NetworkChoice.names), or a file with Keras's model JSON.")
    static let targets = Option<VoteTargets>(
        "targets", default: .distribution, help: "What is learnt from votes."
    ).group("Network")
    static let epochs = Option<Int>(
        "epochs", short: "n", default: defaults.epochs, help: "Passes over the data.", range: 1...100_000)
    static let batch = Option<Int>(
        "batch", short: "b", default: defaults.batchSize, help: "Samples per step.", range: 1...8192)
    static let accumulate = Option<Int>(
        "accumulate", default: 1, help: "Batches whose gradients are added up before a step.", range: 1...1024)
    static let validationSplit = Option<Double>(
        "validation-split", default: defaults.validationSplit,
        help: "Share of the training images to validate on when the data has no PublicTest part.", range: 0..<1)
    static let seed = Option<Int>("seed", default: 1, help: "Repeats a run.", range: 0...)
    static let convolution = Option<ConvolutionAlgorithm>(
        "convolution", default: .automatic, help: "How convolutions are computed; the results agree up to rounding.")
    static let optimizer = Option<TrainingRecipe.OptimizerName>(
        "optimizer", default: .adam, help: "What turns gradients into steps."
    ).group("Optimizer")
    static let rate = Option<Float>(
        "learning-rate", default: defaults.learningRate, help: "The full learning rate.", range: 0...10
    ).group("Optimizer")
    static let momentum = Option<Float>("momentum", default: defaults.momentum, help: "For sgd.", range: 0..<1).group(
        "Optimizer")
    static let nesterov = Flag("nesterov", default: true, help: "Nesterov's momentum, for sgd.").group("Optimizer")
    static let decay = Option<Float?>(
        "weight-decay",
        help: "Decoupled weight decay of kernels; \(AdamW.standardWeightDecay) for adamw, 0 for others.", range: 0...1
    ).group("Optimizer")
    static let schedule = Option<TrainingRecipe.ScheduleName>(
        "schedule", default: .cosine, help: "How the learning rate changes."
    ).group("Optimizer")
    static let warmup = Option<Float>(
        "warmup", default: 0, help: "Epochs of linear warm-up, for cosine.", range: 0...1000
    ).group("Optimizer")
    static let minimumRate = Option<Float>(
        "minimum-rate", default: defaults.minimumRate, help: "The lowest learning rate as a share of the full one.",
        range: 0...1
    ).group("Optimizer")
    static let smoothing = Option<Float>(
        "label-smoothing", default: 0, help: "Share of each label spread over all classes.", range: 0..<1
    ).group("Optimizer")
    static let classWeights = Option<TrainingRecipe.ClassWeights>(
        "class-weights", default: TrainingRecipe.ClassWeights.none, help: "Whether rare classes count more: as much as others together, or by the root of that."
    ).group("Optimizer")
    static let sampling = Option<ClassSampling>(
        "sampling", default: .natural, help: "How often the classes are drawn."
    ).group("Optimizer")
    static let mixup = Option<Float>(
        "mixup", default: 0, help: "Mixes pairs of images and labels: the parameter of the beta distribution.",
        range: 0...1
    ).group("Augmentation")
    static let from = Option<Path?>(
        "from", help: "A model whose weights training starts from: a file, or the name of a model that comes along."
    ).group("Network")
    static let freeze = Option<CommaSeparated<String>?>(
        "freeze",
        help: "Layers of --from that stay as they are: names with * for any letters, or how many of the first."
    ).group("Network")
    static let head = Option<CommaSeparated<String>?>(
        "head", help: "Put a new last layer on --from, for these classes of the data; pictures of others are left out."
    ).group("Network")
    static let teacher = Option<Path?>(
        "teacher", help: "A model to learn from besides the labels: a file, or the name of a model that comes along."
    ).group("Optimizer")
    static let teacherShare = Option<Float>(
        "teacher-share", default: defaults.teacherShare, help: "The teacher's share of what is learnt.", range: 0...1
    ).group("Optimizer")
    static let clipNorm = Option<Float?>(
        "clip-norm", help: "Largest norm of all gradients together; 0 for any.", range: 0...
    )
    .group("Optimizer")
    static let ema = Option<Float>(
        "ema", default: 0.999, help: "Share of the running average of the weights kept per step; 0 for none.",
        range: 0..<1
    ).group("Optimizer")
    static let augment = Flag("augment", default: true, help: "Change training images at random.").group("Augmentation")
    static let rotation = Option<Float>("rotation", default: 10, help: "Largest rotation, degrees.", range: 0...180)
        .group("Augmentation")
    static let shift = Option<Float>(
        "shift", default: 0.1, help: "Largest shift: a share of the size, or pixels from 1.", range: 0...64
    ).group("Augmentation")
    static let shear = Option<Float>("shear", default: 0, help: "Largest shear, degrees.", range: 0...60).group(
        "Augmentation")
    static let zoom = Option<Float>("zoom", default: 0.1, help: "Largest zoom either way.", range: 0..<1).group(
        "Augmentation")
    static let flip = Flag("flip", default: true, help: "Mirror half of the images.").group("Augmentation")
    static let brightness = Option<Float>("brightness", default: 0, help: "Largest change of brightness.", range: 0..<1)
        .group("Augmentation")
    static let contrast = Option<Float>("contrast", default: 0, help: "Largest change of contrast.", range: 0..<1)
        .group("Augmentation")
    static let gamma = Option<Float>(
        "gamma", default: 1, help: "Largest exponent of the brightness; as often 1 over it.", range: 1...5
    ).group("Augmentation")
    static let blur = Option<Float>("blur", default: 0, help: "Share of images that are blurred.", range: 0...1)
        .group("Augmentation")
    static let resolution = Option<Float>(
        "resolution", default: 1, help: "Lowest share of width and height that images are brought down to.",
        range: 0.1...1
    ).group("Augmentation")
    static let noise = Option<Float>(
        "noise", default: 0, help: "Largest standard deviation of noise, grey levels.", range: 0...64
    ).group("Augmentation")
    static let fill = Option<Augmentation.FillMode>("fill", default: .nearest, help: "What lies outside the image.")
        .group("Augmentation")
    static let crop = Option<Int>(
        "crop", default: 0, help: "Random crop after padding by so many pixels.", range: 0...32
    ).group("Augmentation")
    static let cropSize = Option<Int?>(
        "crop-size", help: "The network sees so many pixels of each image's width and height, the centre in the end.",
        range: 16...512
    ).group("Augmentation")
    static let equalise = Option<Equalisation>(
        "equalise", default: Equalisation.none,
        help: "Evens out the images' brightness, here and wherever the model is used."
    ).group("Network")
    static let inputSize = Option<Int?>(
        "input-size", help: "Width and height that images are brought to; 48, or what --arch's file says.",
        range: 16...512
    ).group("Network")
    static let channels = Option<Int>(
        "channels", default: 1, help: "1, or 3 for networks that expect colours.", range: 1...3
    ).group("Network")
    static let widths = Option<CommaSeparated<Int>?>(
        "widths", help: "Filters of each block, for vgg, se-resnet and mini-xception."
    ).group("Network")
    static let blockDropout = Option<CommaSeparated<Float>?>(
        "block-dropout", help: "Dropout behind each block: one rate, or one per block."
    ).group("Network")
    static let headDropout = Option<Float?>(
        "head-dropout", help: "Dropout before the last layer.", range: 0..<1
    ).group("Network")
    static let erasing = Option<Float>(
        "erasing", default: 0, help: "Share of images with a rectangle erased.", range: 0...1
    ).group("Augmentation")
    static let finishEpochs = Option<Int>(
        "finish-epochs", default: 0, help: "Last epochs with weaker dropout and augmentation, and no mixup.",
        range: 0...
    ).group("Running")
    static let finishDropout = Option<Float>(
        "finish-dropout", default: defaults.finishDropout, help: "Factor of the dropout in those epochs.", range: 0...1
    ).group("Running")
    static let finishAugmentation = Option<Float>(
        "finish-augmentation", default: defaults.finishAugmentation,
        help: "Factor of the augmentation in those epochs.", range: 0...1
    ).group("Running")
    static let resume = Flag(
        "resume", help: "Go on with the interrupted run of this checkpoint, with its settings; its data may have moved."
    ).group("Running")
    static let restart = Flag(
        "restart", help: "Begin anew where there is a finished model or an interrupted run; the run is forgotten."
    ).group("Running")
    static let budget = Option<Duration?>("budget", help: "Stop in good order after this time.").group("Running")
    static let patience = Option<Int?>(
        "early-stopping", help: "Stop after so many epochs without a better one.", range: 1...
    ).group("Running")
    static let save = Option<TrainingRecipe.Save>("save", default: .best, help: "Which epoch's weights are kept.")
        .group("Running")
    static let log = Option<Path?>("log", help: "Write a line per epoch as .csv or .jsonl.").group("Running")
    static let report = Option<Path?>(
        "report", help: "Folder for an HTML report with curves, written after each epoch."
    ).group("Running")
}
