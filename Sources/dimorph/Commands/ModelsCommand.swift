import Architectures
import ArgumentParser
import Commands
import Foundation
import Training

struct ModelsCommand: StageCommand {
    static let configuration = CommandConfiguration(
        commandName: "models",
        abstract: "Lists the architectures with their purpose, size and cost.",
        discussion: """
            Parameters are those of a model of two people. Multiplications are those of one face swap. Memory is an estimate \
            for training with the default recipe: weights, gradients, the two moments of the optimizer, the moving average of \
            the weights if one is used, the activations of one batch per person, and the program; the face data is not \
            included.

            df and liae accept the options u, d, t and c in any combination, such as df-udt. \
            Documentation/Architectures.md describes each.
            """)

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Face resolution in pixels, for architectures with a variable resolution.", valueName: "pixels")
    )
    var resolution: Int?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Batch size per person (default: that of the recipe).",
            valueName: "count"))
    var batch: Int?

    @OptionGroup var common: OutputOptions

    func validate() throws {
        if let resolution, !(16...1024).contains(resolution) {
            throw ValidationError("--resolution \(resolution): must be between 16 and 1024.")
        }
        if let batch, !(1...4096).contains(batch) {
            throw ValidationError("--batch \(batch): must be between 1 and 4096.")
        }
    }

    var printsOnly: Bool { true }

    func execute(_ console: Console) throws {
        var (listed, refused) = ([ArchitectureReport](), [String]())
        for name in NetworkDesign.names {
            do {
                listed.append(try ArchitectureReport(name, resolution: resolution, batch: batch))
            } catch let error as ModelError where error.code == .unsuitable {
                refused.append(name)
            }
        }
        if !listed.isEmpty { console.result(ArchitectureTable(listed).text) }
        for report in listed { try console.object(report) }
        if let resolution, !refused.isEmpty {
            console.say("not available at \(resolution) px: \(refused.joined(separator: ", "))")
        }
    }
}

/// Reported properties of one architecture.
struct ArchitectureReport: Encodable {
    let name: String
    let resolution: Int
    /// Maximum number of people; `nil` if unlimited.
    let mostPeople: Int?
    let parameters: Int
    let multiplicationsPerFace: Int
    let batch: Int
    /// Estimate, in bytes.
    let trainingMemory: TrainingMemory
    let trainingMemoryTotal: Int
    let purpose: String

    init(_ name: String, resolution: Int?, batch: Int?) throws {
        let design = try NetworkDesign(named: name, resolution: resolution)
        let size = try NetworkSize(of: design)
        let recipe = Recipe.usual(for: design)
        let memory = TrainingMemory(size, batch: batch ?? recipe.batch, averaged: recipe.averaging > 0)
        self.name = name
        self.resolution = size.resolution
        mostPeople = design.takesManyPeople ? nil : 2
        parameters = size.parameters
        multiplicationsPerFace = size.multiplications
        self.batch = batch ?? recipe.batch
        (trainingMemory, trainingMemoryTotal) = (memory, memory.total)
        purpose = NetworkDesign.purpose(of: name)
    }
}

/// Table of the architectures, each followed by its purpose.
struct ArchitectureTable {
    let text: String

    init(_ reports: [ArchitectureReport]) {
        let head = ["architecture", "px", "people", "parameters", "multiplications", "batch", "memory"]
        let rows = reports.map { report in
            [
                report.name, "\(report.resolution)", report.mostPeople.map { "\($0)" } ?? "any",
                String(format: "%.1f M", Double(report.parameters) / 1e6),
                String(format: "%.2f G", Double(report.multiplicationsPerFace) / 1e9),
                "\(report.batch)",
                String(format: "%.1f GB", Double(report.trainingMemoryTotal) / 1e9),
            ]
        }
        let widths = head.indices.map { column in ([head] + rows).map { $0[column].count }.max() ?? 0 }
        func line(_ cells: [String]) -> String {
            zip(cells, widths).enumerated().map { column, cell in
                let space = String(repeating: " ", count: cell.1 - cell.0.count)
                return column == 0 ? cell.0 + space : space + cell.0
            }.joined(separator: "  ")
        }
        let lines = zip(reports, rows).flatMap { [line($1)] + Self.wrapped($0.purpose) }
        text = ([line(head)] + lines).joined(separator: "\n")
    }

    /// Wraps text to indented lines of at most 100 characters.
    private static func wrapped(_ words: String) -> [String] {
        words.split(separator: " ").reduce(into: [String]()) { lines, word in
            if let last = lines.last, last.count + word.count < 100 {
                lines[lines.count - 1] = last + " " + word
            } else {
                lines.append("    " + word)
            }
        }
    }
}
