import Architectures
import Faces
import Foundation
import NeuralNetworks
import Tensors
import Workspace

/// Trains a model on two face sets, from the beginning or from where an earlier run was.
///
/// Everything on the engine happens on the calling thread; figures, previews and files leave it.
package final class Trainer {
    package struct Options: Sendable {
        package var stop: StopRule
        package var recipe = Recipe()
        /// The network's size; a model that is gone on with keeps its own.
        package var network = NetworkDesign.hybrid(.small)
        /// A model of other people that a new one starts from: parts that both have are taken from it, but for those
        /// below the places `fresh`, such as `intermediate`.
        package var startingFrom: URL?
        package var fresh: [String] = []
        /// What people call that network.
        package var architecture = "dimorph-s"
        package var seed: UInt64 = 1
        package var device: Device = .cpu
        /// Seconds between two checkpoints, and between two previews.
        package var checkpointEvery = 30.0
        package var previewEvery = 30.0

        package init(stop: StopRule) { self.stop = stop }
    }

    /// How a training ended.
    package struct Summary: Sendable, Codable {
        package var iterations: Int
        package var seconds: Double
        package var heldOutError: Double
        /// Iterations that an earlier run had done.
        package var resumedFrom: Int
        package var model: URL
    }

    package static let fewestFaces = 20

    private let options: Options
    private let files: CheckpointFiles
    private let progress: ProgressHandler
    private let preview: (TrainingPreview) throws -> Void

    private let people: [PersonFaces]
    private let network: any SwapNetwork
    private let store: ParameterStore
    /// What previews and swaps are drawn with; the network itself where nothing is averaged.
    private let averaged: any SwapNetwork
    private let averagedStore: ParameterStore
    private let optimizer: any Optimizer
    private let step: TrainingStep
    private let examiner: Examiner
    private var card: ModelCard
    private let resumedFrom: Int

    /// - Parameters:
    ///   - sets: the source's faces, then the target's.
    ///   - folder: where checkpoints and the model go.
    ///   - preview: takes the preview sheets; the caller writes them.
    package init(
        sets: [PackedSet], folder: URL, options: Options, progress: @escaping ProgressHandler,
        preview: @escaping (TrainingPreview) throws -> Void
    ) throws {
        self.options = options
        self.progress = progress
        self.preview = preview
        for set in sets where set.count < Self.fewestFaces {
            throw TrainingError(
                .tooFewFaces,
                "The set '\(set.name)' has \(set.count) faces and training needs \(Self.fewestFaces) or more: "
                    + "extract longer clips of this person")
        }
        try Workspace.makeFolder(folder)
        files = CheckpointFiles(folder: folder)
        let earlier = try files.newest()
        let design = earlier?.card.design ?? options.network
        let form = design.form(people: sets.map(\.name))
        people = try sets.map {
            try PersonFaces($0, form: form, balance: options.recipe.balance, device: options.device)
        }
        if let earlier {
            try Self.check(earlier.card, fits: people.map(\.card))
            card = earlier.card
            (network, store) = try earlier.network("model", device: options.device)
        } else {
            card = ModelCard(
                architecture: options.architecture, design: design, crop: sets[0].crop.rawValue,
                measures: FaceMeasures.names, people: people.map(\.card), seed: options.seed)
            let starts = try Self.starts(of: people, for: design)
            (network, store) = try options.newNetwork { scope in
                try design.network(scope, people: form.people, starts: starts)
            }
        }
        if options.recipe.averaging <= 0 {
            (averaged, averagedStore) = (network, store)
        } else if let earlier, earlier.holds("average") {
            (averaged, averagedStore) = try earlier.network("average", device: options.device)
        } else {
            averagedStore = ParameterStore(copying: store)
            averaged = try design.network(Scope(averagedStore), people: form.people)
        }
        card.recipe = try SettingsDocument.json(of: options.recipe)
        try store.requireGradients(frozen: options.recipe.frozen)
        optimizer = try options.recipe.optimizer.optimizer(
            of: store, seed: card.seed, resuming: earlier?.file)
        step = try TrainingStep(
            network: network, people: people, recipe: options.recipe, seed: card.seed, optimizer: optimizer,
            average: averagedStore === store
                ? nil : MovingAverage(of: store, in: averagedStore, decay: options.recipe.averaging),
            device: options.device)
        examiner = try Examiner(
            network: averaged, people: people, loss: options.recipe.loss, device: options.device)
        resumedFrom = earlier?.card.iterations ?? 0
    }

    /// What fresh decoders know of their people, for networks that begin with it.
    private static func starts(
        of people: [PersonFaces], for design: NetworkDesign
    ) throws -> [String: DecoderStart] {
        guard let channels = design.startingPatches else { return [:] }
        return try Dictionary(
            people.map { ($0.card.name, try $0.decoderStart(channels: channels)) }
        ) { first, _ in first }
    }

    /// Trains until the rule says stop. When the task is cancelled the model is saved and `CancellationError`
    /// thrown.
    package func run() throws -> Summary {
        report(
            "training \(card.people.map(\.name).joined(separator: " and ")) with \(store.count) parameters")
        let clock = ContinuousClock()
        let (begin, before) = (clock.now, card.seconds)
        var (lastCheckpoint, lastPreview, lastReport) = (clock.now, clock.now, clock.now)
        var reported = card.iterations
        var sums: Tensor?
        while !options.stop.isReached(
            iterations: card.iterations, seconds: card.seconds, error: card.heldOutError)
        {
            if Task.isCancelled {
                try save()
                throw CancellationError()
            }
            let share = options.stop.progress(iterations: card.iterations, seconds: card.seconds)
            let errors = try step(iteration: card.iterations, progress: share)
            sums = try sums.map { try $0 + errors } ?? errors
            card.iterations += 1
            card.seconds = before + (clock.now - begin).seconds
            if (clock.now - lastReport).seconds >= 1 {
                let steps = card.iterations - reported
                try report(sums, over: steps, rate: Double(steps) / (clock.now - lastReport).seconds)
                (lastReport, reported, sums) = (clock.now, card.iterations, nil)
            }
            if (clock.now - lastPreview).seconds >= options.previewEvery {
                try examine()
                lastPreview = clock.now
            }
            if (clock.now - lastCheckpoint).seconds >= options.checkpointEvery {
                try checkpoint()
                lastCheckpoint = clock.now
            }
        }
        try examine()
        try save()
        return Summary(
            iterations: card.iterations, seconds: card.seconds, heldOutError: card.heldOutError ?? .nan,
            resumedFrom: resumedFrom, model: files.model)
    }

    /// One step at each rate, until the error breaks out.
    func range(_ rates: [Double]) throws -> LearningRateRange {
        var range = LearningRateRange()
        for (index, rate) in rates.enumerated() {
            try Task.checkCancellation()
            let errors = try step(iteration: card.iterations + index, progress: 0, rate: rate)
            guard range.add(rate: rate, error: try errors.mean().item()) else { break }
            progress(
                ProgressEvent(
                    stage: "train", fraction: Double(index + 1) / Double(rates.count),
                    values: ["rate": rate, "error": range.points[index].error]))
        }
        return range
    }

    private func examine() throws {
        card.heldOutError = try examiner.heldOutError()
        try preview(try examiner.preview(iteration: card.iterations))
    }

    private func checkpoint() throws {
        try files.save(
            card: card, network: store, average: averagedStore === store ? nil : averagedStore,
            optimizer: optimizer)
    }

    private func save() throws {
        try checkpoint()
        try files.saveModel(card: card, average: averagedStore)
    }

    private func report(_ message: String) {
        progress(
            ProgressEvent(stage: "train", message: message, values: ["iteration": Double(card.iterations)]))
    }

    /// One line of figures: the errors are means since the last line.
    private func report(_ sums: Tensor?, over steps: Int, rate: Double) throws {
        guard let sums, steps > 0 else { return }
        let errors = try (sums / Double(steps)).values(as: Float.self).map(Double.init)
        guard errors.allSatisfy(\.isFinite) else {
            throw TrainingError(
                .diverged,
                "The training has diverged at iteration \(card.iterations): run again, it goes on from the last checkpoint"
            )
        }
        var values = [
            "iteration": Double(card.iterations), "iterations_per_second": rate, "loss_source": errors[0],
            "loss_target": errors[1],
        ]
        values["held_out"] = card.heldOutError
        progress(
            ProgressEvent(
                stage: "train",
                fraction: options.stop.progress(iterations: card.iterations, seconds: card.seconds),
                remaining: options.stop.remaining(
                    iterations: card.iterations, seconds: card.seconds, rate: rate),
                values: values))
    }

    /// The card of the model that a run in this folder would go on with; nil where it would begin anew.
    package static func card(in folder: URL) throws -> ModelCard? {
        try CheckpointFiles(folder: folder).newest()?.card
    }

    /// A checkpoint of other people, or of other faces of them, is not to be trained on.
    private static func check(_ card: ModelCard, fits people: [ModelCard.Person]) throws {
        guard card.measures == FaceMeasures.names, card.people == people else {
            throw TrainingError(
                .mismatch,
                "The model in this workspace was trained on other faces (\(card.people.map(\.name).joined(separator: ", "))): "
                    + "use another --workspace, or remove its model folder to begin anew")
        }
    }
}

extension HybridSettings {
    /// The network of minutes on a CPU: the eyes' measures steer the upper face, the mouth's the lower, the
    /// turn and the mirror's mark both.
    package static var small: HybridSettings {
        func places(_ region: FaceMeasures.Region) -> [Int] {
            FaceMeasures.regions.indices.filter { [region, .turn].contains(FaceMeasures.regions[$0]) }
                + [FaceMeasures.count]
        }
        return HybridSettings(upperMeasures: places(.eyes), lowerMeasures: places(.mouth))
    }
}

extension Duration {
    fileprivate var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
