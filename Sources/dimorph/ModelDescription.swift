import Architectures
import Commands
import Foundation
import Media
import Provenance
import Tensors
import Training
import Workspace

/// Output of `dimorph info`: names and values in order.
struct ModelDescription {
    private var entries: [(name: String, value: String)] = []

    var text: String {
        let width = entries.map(\.name.count).max() ?? 0
        return entries.map {
            "\($0.name.padding(toLength: width + 2, withPad: " ", startingAt: 0))\($0.value)"
        }
        .joined(separator: "\n")
    }

    func json() throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(Dictionary(entries) { first, _ in first })
    }

    private mutating func add(_ name: String, _ value: String) { entries.append((name, value)) }

    init(video: URL) throws {
        let reader = try VideoReader(video)
        let info = reader.info
        add("video", video.path)
        add("picture", "\(info.width)×\(info.height), \(info.codec), \(info.pixelFormat)")
        if !info.pixelShape.isSquare {
            let (aspect, size) = (info.pixelAspect, info.squareSize)
            add(
                "pixels",
                "\(aspect.numerator):\(aspect.denominator) (not square), shown as \(size.width)×\(size.height)"
            )
        }
        add("frames", info.frameCount.map(String.init) ?? "unknown")
        add(
            "frame rate",
            String(format: info.isVariableRate ? "%.3f on average, variable" : "%.3f", info.frameRate.value))
        add("duration", String(format: "%.2f s", info.duration))
        add("sound", info.hasAudio ? info.audioCodecs.joined(separator: ", ") : "none")
        if !info.subtitleCodecs.isEmpty { add("subtitles", info.subtitleCodecs.joined(separator: ", ")) }
        if info.chapters > 0 { add("chapters", "\(info.chapters)") }
        if info.rotation != 0 { add("rotation", "\(info.rotation)°") }
        for (key, value) in reader.metadata.sorted(by: { $0.key < $1.key }) { add("metadata \(key)", value) }
    }

    init(workspace: Workspace) throws {
        add("workspace", workspace.folder.path)
        for set in try workspace.index.sets() {
            let count = try workspace.index.count(ofSet: set.name)
            let clips = try workspace.index.clips(ofSet: set.name)
            let people = try Footage(workspace, name: set.name).people().map(\.name)
            let state = set.isPacked ? "packed" : "unfinished"
            add(
                "set \(set.name)",
                people.isEmpty
                    ? "\(counted(count.kept, "face")) of \(count.seen) seen, \(counted(clips.count, "clip")), \(state)"
                    : "footage of \(people.joined(separator: ", ")); \(counted(count.seen, "face")) without a set, "
                        + counted(clips.count, "clip"))
            for clip in clips {
                add(
                    "  clip",
                    "\(clip.path), \(clip.frameCount.map { counted($0, "frame") } ?? "not read completely")")
            }
        }
        guard FileManager.default.fileExists(atPath: workspace.modelFile.path) else {
            add("model", "none yet")
            return
        }
        let card = try ModelFile(workspace.modelFile).card
        let names = card.people.map(\.name)
        let others = names.count > 2 ? ", with \(names.dropFirst(2).joined(separator: ", "))" : ""
        add("model", "\(card.architecture), \(names.prefix(2).joined(separator: " → "))\(others)")
        add("  trained", "\(card.iterations) iterations in \(ProgressEvent.duration(card.seconds))")
        add(
            "  held-out error",
            card.test?[TrainingFigure.testError.rawValue].map { String(format: "%.4f", $0) } ?? "not measured"
        )
        if let history = try workspace.index.trainingHistory() { add(history) }
    }

    private mutating func add(_ history: TrainingHistory) {
        if let trend = history.trend { add("  trend", trend.sentence) }
        if let last = history.returns.last, let share = last.figures[.slowed] {
            add(
                "  rollbacks",
                "\(history.returns.count), last to iteration \(last.iteration); learning rate since then "
                    + "\(ConvergenceEstimate.percent(share)) of the recipe's value")
        }
        guard let best = history.greatest(.swapScore), let score = best.figures[.swapScore] else { return }
        let end = history.points.map(\.seconds).max() ?? best.seconds
        let ago =
            end > best.seconds
            ? ", \(ConvergenceEstimate.words(end - best.seconds)) of training before the end" : ""
        add("  best swaps", "iteration \(best.iteration) (score \(String(format: "%.3f", score)))\(ago)")
    }

    private init() {}

    static var installation: ModelDescription {
        var facts = ModelDescription()
        facts.add("version", Version.current)
        facts.add("home", Installation.home?.path ?? "unknown")
        facts.add("weights", (try? Installation.weights().path) ?? "missing: run Scripts/setup")
        do {
            let library = try CredentialsLibrary(at: Installation.contentCredentials)
            facts.add("signing", "\(library.version); certificates in \(Installation.signing.folder.path)")
        } catch {
            facts.add("signing", "\(error)")
        }
        do {
            facts.add("device", try Device.best().description)
        } catch {
            facts.add("engine", "\(error)")
        }
        return facts
    }
}
