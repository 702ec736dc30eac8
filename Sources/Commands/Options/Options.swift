import ArgumentParser
import Foundation
import Training
import Workspace

/// The form of a command's output.
package protocol ReportOptions: ParsableArguments, Sendable {
    var json: Bool { get }
}

/// Options of commands that do not compute with tensors.
package struct OutputOptions: ReportOptions {
    @Flag(help: "Print progress and results as JSON, one object per line.")
    package var json = false

    package init() {}
}

/// Options common to all stages.
package struct RunOptions: ReportOptions {
    @Option(help: ArgumentHelp("Compute device: auto, cpu, cuda, cuda:N or mps.", valueName: "device"))
    package var device: String?

    @Flag(help: "Print progress and results as JSON, one object per line.")
    package var json = false

    package init() {}

    package func validate() throws {
        guard let device else { return }
        let pattern = /auto|cpu|mps|cuda(:[0-9]{1,3})?/
        guard device.wholeMatch(of: pattern) != nil else {
            throw ValidationError("--device \(device): must be auto, cpu, cuda, cuda:N or mps.")
        }
    }
}

/// Options that determine when training ends.
package struct StopOptions: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Total training time in minutes.", valueName: "minutes"))
    var minutes: Double?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Total number of iterations.", valueName: "count"))
    var iterations: Int?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Train until the validation error is this small (mean absolute error on held-out frames, 0 to 1; 0.02 is good).",
            valueName: "error"))
    var targetError: Double?

    @Flag(
        help: ArgumentHelp(
            "Train until the validation error improves by less than 1 % per hour, but at least ten minutes."
        )
    )
    var untilPlateau = false

    package init() {}

    package func validate() throws {
        if let minutes, !(minutes > 0 && minutes.isFinite) {
            throw ValidationError("--minutes \(minutes): must be more than 0, such as --minutes 10.")
        }
        if let iterations, iterations <= 0 {
            throw ValidationError("--iterations \(iterations): must be more than 0.")
        }
        if let targetError, !(targetError > 0 && targetError < 1) {
            throw ValidationError("--target-error \(targetError): must be between 0 and 1, such as 0.02.")
        }
    }

    /// The stop rule; without any option, the duration of the preset.
    package func rule(preset: TrainingPreset) -> StopRule {
        let isGiven = minutes != nil || iterations != nil || targetError != nil || untilPlateau
        return StopRule(
            minutes: isGiven ? minutes : preset.minutes, iterations: iterations, targetError: targetError,
            untilPlateau: untilPlateau)
    }
}

extension TrainingPreset: ExpressibleByArgument {}

package struct TrainingOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Training preset: quick (10 minutes), standard (8 hours) or film (3 days, in stages).",
            valueName: "preset"))
    package var preset: TrainingPreset?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Seed of the random number generator.", valueName: "number"))
    package var seed: Int?

    package init() {}

    package func validate() throws {
        if let seed, !(0...Int(Int32.max)).contains(seed) {
            throw ValidationError("--seed \(seed): must be between 0 and \(Int32.max).")
        }
    }
}

/// Options for plots, TensorBoard and logs of a training run.
package struct WatchOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Path of a PNG file for the loss curves, updated with each preview.",
            valueName: "file"))
    var plot: String?

    @Option(
        help: ArgumentHelp(
            "Path of a folder for TensorBoard event files.", valueName: "folder"))
    var tensorboard: String?

    @Option(
        help: ArgumentHelp(
            "Path of a log file to append to, as JSON with timestamps, one object per line.",
            valueName: "file"))
    var log: String?

    package init() {}

    package func validate() throws {
        if let plot { try Self.validate(plot: plot) }
    }

    func extras() throws -> TrainingWatch.Extras {
        TrainingWatch.Extras(
            plot: try plot.map { try Paths.checkOutput($0, option: "--plot") },
            tensorboard: tensorboard.map { URL(filePath: $0) })
    }

    package static func validate(plot: String) throws {
        guard plot.lowercased().hasSuffix(".png") else {
            throw ValidationError("--plot \(plot): curves are drawn as PNG; use a name such as curves.png.")
        }
    }
}

/// Option with the path of the project folder.
package struct WorkspaceOption: ParsableArguments {
    @Option(help: ArgumentHelp("Path of the project folder.", valueName: "folder"))
    package var workspace: String

    package init() {}

    package var url: URL { URL(filePath: workspace) }
}

extension TrainingSettings {
    package var trainingPreset: TrainingPreset { TrainingPreset(rawValue: preset) ?? .quick }
}

extension ProjectSettings {
    /// Overrides the settings of the file with the flags of this run.
    package mutating func take(
        _ run: RunOptions, _ training: TrainingOptions? = nil, _ safety: SafetyOptions? = nil
    ) {
        if let device = run.device { self.training.device = device }
        if let preset = training?.preset { self.training.preset = preset.rawValue }
        if let seed = training?.seed { self.training.seed = seed }
        safety?.change(&self.training)
    }
}
