import Foundation
import Testing

@Suite("The list of architectures")
struct ModelsTests {
    private struct Report: Decodable {
        let name: String
        let resolution: Int
        let mostPeople: Int?
        let parameters: Int
        let trainingMemory: [String: Int]
        let trainingMemoryTotal: Int
        let purpose: String
    }

    private func reports(_ arguments: String...) throws -> [String: Report] {
        let outcome = try Program.start(["models", "--json"] + arguments).finish()
        #expect(outcome.status == 0)
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        let all = try outcome.output.split(separator: "\n").map {
            try decoder.decode(Report.self, from: Data($0.utf8))
        }
        return Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })
    }

    @Test("tells what each costs, and more for a larger batch")
    func costs() throws {
        let (eight, sixteen) = (try reports("--batch", "8"), try reports("--batch", "16"))
        #expect(eight["original"]?.parameters == 82_062_470 && eight["liae-ud"]?.mostPeople == 2)
        for (name, report) in eight {
            #expect(report.trainingMemory.values.reduce(0, +) == report.trainingMemoryTotal)
            #expect(report.purpose.hasSuffix("."), "\(name)")
            let more = try #require(sixteen[name])
            let activations = report.trainingMemory["activations"] ?? 0
            #expect(more.trainingMemoryTotal - report.trainingMemoryTotal == activations)
        }
    }

    @Test("leaves out what cannot have a resolution, and says so")
    func resolutions() throws {
        let outcome = try Program.start(["models", "--resolution", "144"]).finish()
        #expect(outcome.status == 0 && outcome.output.contains(/original +144/))
        #expect(outcome.errors.contains("not available at 144 px") && outcome.errors.contains("df-ud"))
        #expect(!outcome.output.contains("df-ud"))
    }
}
