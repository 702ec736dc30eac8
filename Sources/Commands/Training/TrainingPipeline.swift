import Architectures
import Foundation
import Tensors
import Training
import Vision
import Workspace

/// Training in a workspace: from the command's options to a model, with progress reports.
package struct TrainingPipeline {
    private let session: Session
    private let previews: PreviewPublisher

    private var workspace: Workspace { session.workspace }
    private var console: Console { session.console }

    package init(_ session: Session, signer: OutputSigner) {
        self.session = session
        previews = PreviewPublisher(signer: signer, console: session.console)
    }

    /// Face sets → model.
    ///
    /// - Parameters:
    ///   - names: the source's set, the target's, and those of further people, who only train the encoder.
    ///   - choice: network and recipe, if specified.
    package func train(
        _ names: [String], stop: StopRule, choice: TrainingChoice = TrainingChoice(),
        watching extras: TrainingWatch.Extras = .init()
    ) throws {
        try session.working { try run(names, stop: stop, choice: choice, watching: extras) }
    }

    private func run(
        _ names: [String], stop: StopRule, choice: TrainingChoice, watching extras: TrainingWatch.Extras
    ) throws {
        let sets = try packed(names)
        let consents = try session.gate.check(names)
        try refuseClosedModels(choice)
        guard session.processes.isFirst else { return try help(sets, stop: stop, choice: choice) }
        try Workspace.makeFolder(workspace.previewsFolder)
        // The trainer's previews go through the watch, which is created after the trainer's start iteration
        // is known.
        var watch: TrainingWatch?
        let options = try options(sets, stop, choice)
        let isNew = try Trainer.card(in: workspace.modelFolder) == nil
        let trainer = try Trainer(
            sets: sets, folder: workspace.modelFolder, options: options, progress: console.progress
        ) { try watch?.show($0) }
        if isNew, choice.startingFrom == nil { reportStart(options, usesBase: choice.usesBase) }
        // All checks that could reject this training have passed.
        let facts = OutputDescription(consents: try consents.record())
        let own = try TrainingWatch(
            workspace, run: trainer.record(), preview: workspace.newestPreview, extras: extras,
            publish: { [previews] in try previews.publish($0, to: $1, facts) })
        watch = own
        if let history = try workspace.index.trainingHistory() { trainer.metrics.recall(history) }
        trainer.metrics.record = { try own.note($0) }
        trainer.metrics.recordReturn = { try own.goBack($0, $1) }
        do {
            let (weights, device) = (try Installation.weights(), session.device)
            trainer.judge { try CropValidator(weights: weights, device: device, faces: $0) }
        } catch { console.say("note: no swap metrics are computed and no best model is selected: \(error)") }
        let summary: Trainer.Summary
        do { summary = try trainer.run() } catch {
            // The reason for stopping is more important than the last metrics.
            try? own.close()
            throw error
        }
        try own.close()
        tell(summary, extras)
        session.processes.processGroup?.leave()
    }

    /// Reports the initialization of a new model if the command does not specify it.
    private func reportStart(_ options: Trainer.Options, usesBase: Bool) {
        if let base = options.startingFrom {
            console.say(
                "the model starts from \(base.lastPathComponent), which was trained on rendered people")
        } else if usesBase, options.network.hasBase, Installation.baseModel == nil {
            console.say(
                "note: the model starts from random parameters: Models/dimorph-s-base.safetensors is missing in Dimorph's folder"
            )
        }
    }

    /// Trains as one of the ranks that do not write files.
    private func help(_ sets: [PackedSet], stop: StopRule, choice: TrainingChoice) throws {
        let trainer = try Trainer(
            sets: sets, folder: workspace.modelFolder, options: options(sets, stop, choice),
            progress: { _ in }, preview: { _ in })
        _ = try trainer.run()
        session.processes.processGroup?.leave()
    }

    /// Reports a forecast without training.
    func forecast(_ names: [String], stop: StopRule, choice: TrainingChoice) throws {
        try session.gate.refuseClosed(names)
        let sets = try packed(names)
        let forecast = try Trainer.forecast(sets: sets, options: options(sets, stop, choice))
        console.report(
            ProgressEvent(
                stage: "train", message: "forecast",
                values: [
                    "iterations_per_second": forecast.stepsPerSecond, "memory_bytes": Double(forecast.memory),
                ]))
        console.result("forecast: \(forecast.sentence(stop))")
    }

    /// Runs a learning-rate range test, and saves nothing.
    func findRate(_ names: [String], stop: StopRule, choice: TrainingChoice) throws {
        try session.gate.refuseClosed(names)
        let sets = try packed(names)
        let range = try Trainer.rateRange(
            sets: sets, folder: workspace.modelFolder, options: options(sets, stop, choice),
            progress: console.progress)
        try console.object(range)
        for point in range.points {
            console.result(String(format: "%9.2e  error %.4f", point.rate, point.smoothed))
        }
        let words = range.suggestion.map {
            String(format: "the error falls fastest at %.1e: train with --set rate.peak=%.1e or less", $0, $0)
        }
        console.result(words ?? "the error does not decrease: the model may be trained already")
    }

    private func packed(_ sets: [String]) throws -> [PackedSet] {
        try sets.map { name in
            let set = try PackedSet(mapping: workspace.packed(set: name))
            guard set.name == name else {
                throw InputError(
                    "\(set.file.url.path) holds the faces of the set '\(set.name)', whose consent does not count for "
                        + "'\(name)'; pack '\(name)' by `dimorph faces pack \(name)`")
            }
            return set
        }
    }

    /// Rejects resuming or initializing from a model that was closed by a correction.
    private func refuseClosedModels(_ choice: TrainingChoice) throws {
        let closed = try ClosedModels(workspace)
        try closed.refuseTraining()
        if let other = choice.startingFrom { try closed.refuse(other) }
    }

    /// Prints the recipe that `train` would use.
    func showRecipe(_ names: [String], stop: StopRule, choice: TrainingChoice) throws {
        let options = try options(packed(names), stop, choice)
        console.result(
            "# Recipe of \(options.architecture)\n" + (try SettingsDocument.text(of: options.recipe)))
        try console.object(options.recipe)
    }

    /// The training configuration: the choice, completed by the model's own settings or the preset's.
    private func options(_ sets: [PackedSet], _ stop: StopRule, _ choice: TrainingChoice) throws
        -> Trainer.Options
    {
        let preset = workspace.settings.training.trainingPreset
        let earlier = try Trainer.card(in: workspace.modelFolder)
        var choice = choice
        if earlier == nil, choice.leavesNetworkOpen, session.processes.processGroup != nil,
            preset.networks.count > 1
        {
            throw InputError(
                "Several processes would have to measure networks, and might choose different ones: name one with --architecture"
            )
        }
        if earlier == nil, choice.leavesNetworkOpen {
            choice.architecture = try preset.network(minutes: stop.minutes ?? preset.minutes) { name in
                let side = try NetworkDesign(named: name).form(people: []).outputSide
                guard let small = sets.prefix(2).first(where: { $0.cropSide < Double(side) }) else {
                    return true
                }
                console.say(
                    "\(name): passed over, since it draws \(side) px and the faces of '\(small.name)' are packed \(Int(small.cropSide)) px wide; "
                        + "for large faces set extraction.packed_size = \(Int((Double(side) * (1 + small.margin) / 8).rounded(.up)) * 8) "
                        + "(and crop_size to no less) and extract again")
                return false
            } forecast: { name in
                var candidate = choice
                candidate.architecture = name
                let forecast = try Trainer.forecast(
                    sets: sets, options: trainerOptions(sets, stop, candidate, goingOnWith: nil), steps: 3)
                console.say("\(name): \(forecast.sentence(stop))")
                return forecast
            }
        }
        return try trainerOptions(sets, stop, choice, goingOnWith: earlier)
    }

    /// - Parameter earlier: card of the model to resume.
    private func trainerOptions(
        _ sets: [PackedSet], _ stop: StopRule, _ choice: TrainingChoice, goingOnWith earlier: ModelCard?
    ) throws -> Trainer.Options {
        let settings = workspace.settings.training
        let network = try choice.network(goingOnWith: earlier, usual: "dimorph-s")
        var options = Trainer.Options(stop: stop)
        (options.architecture, options.network) = (network.name, network.design)
        options.recipe = try choice.recipe(
            goingOnWith: earlier, for: network.design, preset: settings.trainingPreset)
        options.startingFrom =
            earlier == nil
            ? try choice.start(
                of: network.design, crops: sets.map(\.crop), base: Installation.baseModel)
            : choice.startingFrom
        (options.fresh, options.choice) = (choice.fresh, choice.keep)
        options.seed = UInt64(settings.seed)
        options.processGroup = session.processes.processGroup
        options.stopFile = workspace.stopFile
        options.device = session.device
        // Loaded only if the loss needs it: a training node may not have the face networks.
        options.identityJudge = { crop, device in
            try VisionIdentityEmbedder(weights: Installation.weights(), crop: crop, device: device)
        }
        options.checkpointEvery = settings.checkpointEvery
        options.keeping = CheckpointKeeping(
            last: settings.checkpoints, snapshotEvery: settings.snapshotEvery, snapshots: settings.snapshots)
        options.previewEvery = settings.previewEvery
        return options
    }

    /// Reported metrics of a model, on faces that were not used for training, model selection or stopping.
    private static func figures(_ summary: Trainer.Summary) -> String {
        guard let error = summary.test[.testError], let similarity = summary.test[.testSimilarity] else {
            return "no figures: too few faces are kept from training"
        }
        return
            "on held-out faces error \(String(format: "%.4f", error)), SSIM \(String(format: "%.3f", similarity))"
    }

    private func tell(_ summary: Trainer.Summary, _ extras: TrainingWatch.Extras) {
        var values = [
            "iteration": Double(summary.iterations), "seconds": summary.seconds,
            "resumed_from": Double(summary.resumedFrom),
            "judging_share": summary.judgingShare, "returns": Double(summary.returns),
        ]
        values["held_out"] = summary.heldOutError
        values["held_out_ssim"] = summary.heldOutSimilarity
        for (figure, value) in summary.test {
            values[figure.rawValue.hasPrefix("test") ? figure.rawValue : "test_\(figure.rawValue)"] = value
        }
        values["gain_per_hour"] = summary.trend?.gain
        values["best_score"] = summary.best?.score
        values["best_iteration"] = summary.best.map { Double($0.iterations) }
        var files = ["model": summary.model.path, "preview": workspace.newestPreview.path]
        if summary.best != nil { files["best"] = workspace.bestModelFile.path }
        files["plot"] = extras.plot?.path
        files["tensorboard"] = extras.tensorboard?.path
        console.report(
            ProgressEvent(stage: "train", message: "done", fraction: 1, values: values, files: files))
        let resumed = summary.resumedFrom > 0 ? ", continued at \(summary.resumedFrom)" : ""
        console.result(
            "model: \(summary.iterations) iterations in \(ProgressEvent.duration(summary.seconds))\(resumed), "
                + Self.figures(summary))
        if !summary.remark.isEmpty { console.result("  \(summary.remark)") }
        if summary.returns > 0 {
            console.result(
                "  went back to an earlier checkpoint \(summary.returns) times; the lines above say why")
        }
        guard let best = summary.best else { return }
        let place =
            best.iterations == summary.iterations
            ? "the last" : "of iteration \(best.iterations), in \(workspace.bestModelFile.path)"
        console.result(
            "  best swaps: \(place) (score \(String(format: "%.3f", best.score))); swap metrics took "
                + "\(ConvergenceEstimate.percent(summary.judgingShare)) of the time")
    }
}
