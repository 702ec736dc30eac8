import ArgumentParser
import Foundation
import Training
import Workspace

/// How a command reports.
package protocol ReportOptions: ParsableArguments, Sendable {
    var json: Bool { get }
}

/// What a command takes that needs no engine.
package struct OutputOptions: ReportOptions {
    @Flag(help: "Report progress and results as JSON, one object a line, on standard output.")
    package var json = false

    package init() {}
}

/// What every stage takes.
package struct RunOptions: ReportOptions {
    @Option(help: ArgumentHelp("Where to compute: auto, cpu, cuda, cuda:1 …, or mps.", valueName: "device"))
    package var device: String?

    @Flag(help: "Report progress and results as JSON, one object a line, on standard output.")
    package var json = false

    package init() {}

    package func validate() throws {
        guard let device else { return }
        let pattern = /auto|cpu|mps|cuda(:[0-9]{1,3})?/
        guard device.wholeMatch(of: pattern) != nil else {
            throw ValidationError("--device \(device): there are auto, cpu, cuda, cuda:N and mps.")
        }
    }
}

/// When training ends.
package struct StopOptions: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Train for this many minutes in all.", valueName: "minutes"))
    var minutes: Double?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Train for this many iterations in all.", valueName: "count"))
    var iterations: Int?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Train until the error on held-out frames is this small (mean absolute difference, 0 to 1; 0.02 is good).",
            valueName: "error"))
    var targetError: Double?

    @Flag(
        help: ArgumentHelp(
            "Train until the error on held-out frames gains less than 1 % an hour, or grows; ten minutes at least."
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
            throw ValidationError("--target-error \(targetError): must lie between 0 and 1, such as 0.02.")
        }
    }

    /// The rule; without any option as long as the preset says.
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
            "quick (10 minutes where nothing else is said), standard (8 hours) or film (3 days, in stages).",
            valueName: "preset"))
    package var preset: TrainingPreset?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Number that all chance derives from.", valueName: "number"))
    package var seed: Int?

    package init() {}

    package func validate() throws {
        if let seed, !(0...Int(Int32.max)).contains(seed) {
            throw ValidationError("--seed \(seed): must lie between 0 and \(Int32.max).")
        }
    }
}

/// How a training is watched.
package struct WatchOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Draw the training's curves into this PNG file, at each preview and at the end.",
            valueName: "file"))
    var plot: String?

    @Option(
        help: ArgumentHelp(
            "Write figures and previews for TensorBoard into this folder.", valueName: "folder"))
    var tensorboard: String?

    @Option(
        help: ArgumentHelp(
            "Append all that is said to this file, as JSON with the time, one object a line.",
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

/// Where a project lies.
package struct WorkspaceOption: ParsableArguments {
    @Option(help: ArgumentHelp("The project's folder.", valueName: "folder"))
    package var workspace: String

    package init() {}

    package var url: URL { URL(filePath: workspace) }
}

extension TrainingSettings {
    package var trainingPreset: TrainingPreset { TrainingPreset(rawValue: preset) ?? .quick }
}

extension ProjectSettings {
    /// Lets the flags of this run override the file.
    package mutating func take(
        _ run: RunOptions, _ training: TrainingOptions? = nil, _ safety: SafetyOptions? = nil
    ) {
        if let device = run.device { self.training.device = device }
        if let preset = training?.preset { self.training.preset = preset.rawValue }
        if let seed = training?.seed { self.training.seed = seed }
        safety?.change(&self.training)
    }
}
