// How steady and how quick moods are that are shown through time: clips composed from pictures of one mood one after the
// other, then of another mood, at known times; and a video, whose changes are counted.
//
//     mood-benchmark [--data fer2013.csv [--votes fer2013new.csv]] [--model m.h5] [--detector yunet|haar|mtcnn|none]
//         [--seconds 600] [--rate 25] [--seed 1] [--video woman.mp4] [--csv looks.csv]
//
// Without data it draws faces.
import Glibc

do {
    try MoodBenchmark(Array(CommandLine.arguments.dropFirst())).run()
} catch {
    print(error)
    exit(error is MoodBenchmark.UsageError ? 2 : 1)
}
